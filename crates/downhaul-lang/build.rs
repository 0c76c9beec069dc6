//! Gathers `languages/*/` and `sdks/*.toml` into one table, so that nobody lists their files by hand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut table = String::new();

    table.push_str("pub(crate) const LANGUAGES: &[LanguageFiles] = &[\n");
    let mut left_out = String::new();
    for folder in sorted(&here.join("languages")) {
        let id = folder.file_name().and_then(|name| name.to_str()).expect("language folders have plain names");
        if env::var_os(format!("CARGO_FEATURE_{}", id.to_ascii_uppercase())).is_none() {
            let _ = write!(left_out, "{id:?}, ");
            continue;
        }
        let queries: String = sorted(&folder)
            .iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "scm"))
            .filter(|path| !path.ends_with("cleanup.scm"))
            .fold(String::new(), |mut list, path| {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let _ = write!(list, "({name:?}, include_str!({path:?})), ");
                list
            });
        let facts = folder.join("language.toml");
        let cleanup = |name: &str| {
            let path = folder.join(name);
            if path.exists() { format!("Some(include_str!({path:?}))") } else { "None".to_owned() }
        };
        let (roles, cleanup) = (cleanup("cleanup.scm"), cleanup("cleanup.toml"));
        let _ = writeln!(
            table,
            "    LanguageFiles {{ id: {id:?}, facts: include_str!({facts:?}), queries: &[{queries}], \
             cleanup: {cleanup}, cleanup_roles: {roles} }},"
        );
    }
    let _ = writeln!(table, "];\n\npub(crate) const LEFT_OUT: &[&str] = &[{left_out}];");
    table.push_str("\npub(crate) const SDKS: &[(&str, &str)] = &[\n");
    for file in sorted(&here.join("sdks")) {
        let id = file.file_stem().and_then(|stem| stem.to_str()).expect("SDK files have plain names");
        let _ = writeln!(table, "    ({id:?}, include_str!({file:?})),");
    }
    table.push_str("];\n");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("table.rs"), table).expect("the output folder can be written");
}

/// The entries of a folder by name; a change in it builds the table anew.
fn sorted(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    paths
}
