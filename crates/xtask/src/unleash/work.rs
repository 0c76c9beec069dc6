//! The work folder: where things are, what was started, and the secrets.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::postgres::Cluster;
use super::process::Mark;
use super::server::Wish;
use super::{PINNED, api};

/// An open work folder. One process at a time holds it.
pub(super) struct Work {
    dir: PathBuf,
    /// Held until the process ends.
    _lock: File,
}

/// The folder for what npm installs. One process at a time holds it.
pub(super) struct Programs {
    /// The folder.
    pub(super) dir: PathBuf,
    /// Held until dropped.
    _lock: File,
}

/// What `up` started last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Running {
    /// Version of the server.
    pub(super) version: String,
    /// Whether the server kept its own limit on searches.
    pub(super) default_limits: bool,
    /// Where the server listens.
    pub(super) port: u16,
    /// The server; `None` once it was stopped.
    pub(super) server: Option<Mark>,
    /// Its PostgreSQL.
    pub(super) cluster: Cluster,
}

/// Made once for a work folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Secrets {
    /// Of the PostgreSQL superuser.
    pub(super) database_password: String,
    /// Of the user `admin`.
    pub(super) admin_password: String,
    /// Admin API token.
    pub(super) admin_token: String,
    /// Backend API token, environment production.
    pub(super) production_token: String,
    /// Backend API token, environment development.
    pub(super) development_token: String,
    /// Frontend API token, environment production.
    pub(super) frontend_token: String,
}

/// What a seeding left: personal access tokens by user name, which of them may only read, and the flags of the estate
/// that this version of the server cannot have.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Tokens {
    reader: Option<String>,
    by_user: BTreeMap<String, String>,
    #[serde(default)]
    left_out: Vec<String>,
}

impl Tokens {
    /// Takes one more.
    pub(super) fn insert(&mut self, user: &str, token: String, reads_only: bool) {
        if reads_only {
            self.reader.get_or_insert_with(|| user.to_owned());
        }
        self.by_user.insert(user.to_owned(), token);
    }

    /// Remembers flags that were not made.
    pub(super) fn leaving_out(self, left_out: Vec<String>) -> Self {
        Tokens { left_out, ..self }
    }

    /// Flags of the estate that were not made.
    pub(super) fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The token of a user who may only read.
    pub(super) fn reader(&self) -> Option<&str> {
        self.of(self.reader.as_deref()?)
    }

    /// The token of a user.
    pub(super) fn of(&self, user: &str) -> Option<&str> {
        self.by_user.get(user).map(String::as_str)
    }

    /// Whether nobody has one.
    pub(super) fn is_empty(&self) -> bool {
        self.by_user.is_empty()
    }

    /// All, by user name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.by_user.iter()
    }
}

impl Running {
    /// Where the server is.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether both processes live and the server answers.
    pub(super) fn is_up(&self) -> bool {
        self.cluster.is_alive() && self.server.as_ref().is_some_and(Mark::is_alive) && api::is_healthy(&self.url())
    }

    /// Whether this is what was asked for.
    pub(super) fn fits(&self, wish: &Wish) -> bool {
        self.version == wish.version && self.default_limits == wish.default_limits
    }

    /// Where the server's data are, for `psql`.
    pub(super) fn database_url(&self, secrets: &Secrets) -> String {
        self.cluster.database(&self.version, secrets).url()
    }
}

impl Work {
    /// Opens `dir`, or the folder for this version in cargo's target folder, and waits until nobody else uses it.
    pub(super) fn open(dir: Option<&Path>, version: &str) -> Result<Self> {
        let own = || if version == PINNED { default_dir() } else { default_dir().join(format!("of-{version}")) };
        let dir = dir.map_or_else(own, Path::to_path_buf);
        for name in ["log", "tokens"] {
            fs::create_dir_all(dir.join(name)).with_context(|| format!("cannot make {}", dir.display()))?;
        }
        let dir = dir.canonicalize().with_context(|| format!("cannot resolve {}", dir.display()))?;
        let lock = File::create(dir.join("lock")).context("cannot make the lock file")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                crate::note(&format!("waiting for another xtask that uses {}", dir.display()));
                lock.lock().context("cannot lock the work folder")?;
            }
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the work folder"),
        }
        Ok(Work { dir, _lock: lock })
    }

    /// The folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What npm installs goes to one place for all work folders: it is large, and no run changes it.
    pub(super) fn programs(&self) -> Result<Programs> {
        let dir = default_dir().join("programs");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let lock = File::create(dir.join("lock")).context("cannot make the lock file")?;
        lock.lock().context("cannot lock the folder for programs")?;
        Ok(Programs { dir: dir.canonicalize()?, _lock: lock })
    }

    /// A log file by name.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.dir.join("log").join(name)
    }

    /// What was started last; `None` if nothing ever was.
    pub(super) fn running(&self) -> Result<Option<Running>> {
        read_json(&self.dir.join("running.json"))
    }

    /// Remembers what was started.
    pub(super) fn save_running(&self, running: &Running) -> Result<()> {
        write_private(&self.dir.join("running.json"), running)
    }

    /// The secrets, made at the first call.
    pub(super) fn secrets(&self) -> Result<Secrets> {
        let path = self.dir.join("secrets.json");
        if let Some(secrets) = read_json(&path)? {
            return Ok(secrets);
        }
        let secrets = Secrets {
            database_password: random_hex()?,
            admin_password: random_hex()?,
            admin_token: format!("*:*.{}", random_hex()?),
            production_token: format!("*:production.{}", random_hex()?),
            development_token: format!("*:development.{}", random_hex()?),
            frontend_token: format!("*:production.{}", random_hex()?),
        };
        write_private(&path, &secrets)?;
        Ok(secrets)
    }

    /// Tokens of the seeded users; empty before `seed` was through. Every version of the server has its own.
    pub(super) fn tokens(&self, version: &str) -> Result<Tokens> {
        Ok(read_json(&self.tokens_path(version))?.unwrap_or_default())
    }

    /// Remembers the tokens of the seeded users.
    pub(super) fn save_tokens(&self, version: &str, tokens: &Tokens) -> Result<()> {
        write_private(&self.tokens_path(version), tokens)
    }

    fn tokens_path(&self, version: &str) -> PathBuf {
        self.dir.join("tokens").join(format!("{version}.json"))
    }

    /// Deletes the data, the secrets and the logs. Nothing may run any more.
    pub(super) fn purge(&self) -> Result<()> {
        if let Some(running) = self.running()? {
            running.cluster.delete()?;
        }
        for name in ["log", "pgdata", "tokens"] {
            ignore_missing(fs::remove_dir_all(self.dir.join(name)))?;
        }
        for name in ["running.json", "secrets.json"] {
            ignore_missing(fs::remove_file(self.dir.join(name)))?;
        }
        Ok(())
    }
}

/// A port of the loopback address that is free now: `wanted` if it is.
pub(super) fn free_port(wanted: Option<u16>) -> Result<u16> {
    let listener = wanted
        .and_then(|port| TcpListener::bind(("127.0.0.1", port)).ok())
        .map_or_else(|| TcpListener::bind(("127.0.0.1", 0)), Ok)
        .context("no port is free on the loopback address")?;
    Ok(listener.local_addr()?.port())
}

/// The end of a log file, for an error message.
pub(super) fn tail(path: &Path) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(20)..].join("\n");
    format!("{last}\n(the whole log: {})", path.display())
}

/// Takes "it was not there" for success.
pub(super) fn ignore_missing(result: std::io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("cannot delete"),
        _ => Ok(()),
    }
}

fn default_dir() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| crate::workspace_root().join("target")).join("unleash")
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    match serde_json::from_str(&text) {
        Ok(value) => Ok(Some(value)),
        Err(error) => bail!("{} is damaged ({error}): stop what runs in this folder and delete it", path.display()),
    }
}

/// Writes a file that only its owner may read, all of it or nothing.
fn write_private<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let new = path.with_extension("json.new");
    ignore_missing(fs::remove_file(&new))?;
    let write = || -> Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(&serde_json::to_vec_pretty(value)?)?;
        fs::rename(&new, path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// 224 bits from the system, in hexadecimal.
pub(super) fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 28];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).context("no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn secrets_are_made_once_and_are_for_their_owner_only() {
        let dir = tempfile::tempdir().expect("a folder");
        let work = Work::open(Some(dir.path()), PINNED).expect("opens");
        let first = work.secrets().expect("made");
        let again = work.secrets().expect("read");
        assert_eq!(first.admin_token, again.admin_token);
        assert_ne!(first.admin_password, first.database_password);
        let mode = fs::metadata(dir.path().join("secrets.json")).expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_record_is_an_error_and_not_an_empty_one() {
        let dir = tempfile::tempdir().expect("a folder");
        let work = Work::open(Some(dir.path()), PINNED).expect("opens");
        fs::write(dir.path().join("running.json"), "{").expect("written");
        assert!(work.running().is_err());
    }

    #[test]
    fn the_first_user_who_only_reads_is_the_reader() {
        let mut tokens = Tokens::default();
        assert_eq!(tokens.reader(), None);
        tokens.insert("ada", "a".to_owned(), false);
        tokens.insert("vic", "v".to_owned(), true);
        tokens.insert("wil", "w".to_owned(), true);
        assert_eq!(tokens.reader(), Some("v"));
    }

    #[test]
    fn a_free_port_is_kept_and_a_taken_one_is_not() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).expect("binds");
        let port = taken.local_addr().expect("bound").port();
        assert_ne!(free_port(Some(port)).expect("another"), port);
        drop(taken);
        assert_eq!(free_port(Some(port)).expect("the same"), port);
    }
}
