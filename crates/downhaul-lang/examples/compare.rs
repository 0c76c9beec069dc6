//! Reads files by the quick parser of their language and by tree-sitter, and shows where the two differ in what they
//! say: `cargo run --release --example compare FOLDER…`.

use std::path::{Path, PathBuf};

use downhaul_lang::{Catalog, Parsed};

fn main() {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let work = std::thread::Builder::new().stack_size(64 << 20).spawn(move || compare(paths));
    work.expect("a thread").join().expect("no panic");
}

fn compare(mut paths: Vec<PathBuf>) {
    let (mut same, mut broken, mut different) = (0, 0, 0);
    while let Some(path) = paths.pop() {
        if path.is_dir() && !path.is_symlink() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            paths.extend(entries.map(|entry| entry.path()));
            continue;
        }
        let Some((quick, thorough)) = both(&path) else { continue };
        if let Some(difference) = quick.difference(&thorough) {
            if thorough.broken.is_empty() {
                different += 1;
                say(&format!("{}: {difference}", path.display()));
            } else {
                broken += 1;
            }
        } else {
            same += 1;
        }
    }
    say(&format!("{same} the same, {different} different, {broken} that tree-sitter does not read without errors"));
}

fn say(line: &str) {
    std::io::Write::write_all(&mut std::io::stdout(), format!("{line}\n").as_bytes()).expect("somebody listens");
}

fn both(path: &Path) -> Option<(Parsed, Parsed)> {
    let catalog = Catalog::load();
    let language = catalog.language_of(path.to_str()?)?;
    if !catalog.language(language).has_quick_parser() {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    Some((catalog.read(language, &text).ok()?, catalog.read_thoroughly(language, &text).ok()?))
}
