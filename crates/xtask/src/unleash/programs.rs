//! The programs of PostgreSQL, wherever the machine keeps them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::Lacking;

/// Where PostgreSQL's programs are.
pub(super) struct Programs {
    /// Makes a cluster.
    pub(super) initdb: PathBuf,
    /// Starts it.
    pub(super) pg_ctl: PathBuf,
    /// Talks to it.
    pub(super) psql: PathBuf,
}

/// Looks in `PATH` and where Debian and Red Hat keep the server programs off it; the newest version wins there.
pub(super) fn find() -> Result<Programs> {
    let dirs = folders();
    let server = dirs.iter().find(|dir| dir.join("initdb").is_file() && dir.join("pg_ctl").is_file());
    let Some(server) = server else {
        return Err(Lacking(
            "PostgreSQL's server programs (initdb, pg_ctl) are missing: on Debian install the package postgresql"
                .to_owned(),
        )
        .into());
    };
    let psql = std::iter::once(server).chain(&dirs).map(|dir| dir.join("psql")).find(|file| file.is_file());
    let Some(psql) = psql else {
        return Err(Lacking("psql is missing: on Debian install the package postgresql-client".to_owned()).into());
    };
    Ok(Programs { initdb: server.join("initdb"), pg_ctl: server.join("pg_ctl"), psql })
}

/// A program in `PATH`.
pub(super) fn in_path(name: &str) -> Option<PathBuf> {
    path_folders().into_iter().map(|dir| dir.join(name)).find(|file| file.is_file())
}

fn path_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

fn folders() -> Vec<PathBuf> {
    let mut dirs = path_folders();
    dirs.extend(newest_first(versions_in(Path::new("/usr/lib/postgresql"))));
    dirs.extend(newest_first(
        versions_in(Path::new("/usr")).into_iter().filter(|(name, _)| name.starts_with("pgsql-")),
    ));
    dirs
}

/// The `bin` folders one level below `dir`, with the name of the level between.
fn versions_in(dir: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path().join("bin"))).collect()
}

fn newest_first(found: impl IntoIterator<Item = (String, PathBuf)>) -> Vec<PathBuf> {
    let number = |name: &str| -> u32 {
        let digits: String =
            name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    let mut numbered: Vec<(u32, PathBuf)> = found.into_iter().map(|(name, bin)| (number(&name), bin)).collect();
    numbered.sort_by(|a, b| b.cmp(a));
    numbered.into_iter().map(|(_, bin)| bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_sixteen_is_newer_than_nine() {
        let found = ["9.6", "16", "pgsql-12"].map(|name| (name.to_owned(), PathBuf::from(name)));
        assert_eq!(newest_first(found), ["16", "pgsql-12", "9.6"].map(PathBuf::from));
    }
}
