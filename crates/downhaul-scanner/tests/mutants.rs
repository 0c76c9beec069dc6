//! Sources of every language, damaged: no panic, no endless work, and the same answer twice.
//!
//! The usual run is short and always the same. `cargo xtask fuzz` makes it long: it sets `DOWNHAUL_FUZZ_SECONDS` (for
//! each language), `DOWNHAUL_FUZZ_SEED` and `DOWNHAUL_FUZZ_LANGUAGE`. What went wrong once is kept in `mutants/` and
//! scanned in each run.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use downhaul_lang::Catalog;

use common::scan_folder;

/// Keys that the corpus is about, so that the mutants are worth parsing.
const KEYS: &[&str] = &["new-checkout", "dark-mode", "beta", "checkout_v2", "newCheckout"];

/// Longer than any mutant may take in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What code is full of; a piece of it at a wrong place is what parsers like least.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "${",
    "#{",
    "\\",
    "/*",
    "*/",
    "//",
    "#",
    "=>",
    "->",
    "::",
    ".",
    "?.",
    "!",
    "@",
    "=",
    "==",
    ":",
    ";",
    ",",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{feff}",
    "é",
    "😀",
    "class ",
    "function ",
    "def ",
    "import ",
    "from ",
    "return ",
    "enum ",
    "const ",
    "if ",
    "for ",
    "while ",
    "new-checkout",
    "isEnabled(",
    "is_enabled(",
    "'new-checkout'",
    "\"beta\"",
    "<<~EOS\n",
    "\"\"\"",
    "'''",
    "r#\"",
    "self.",
    "this.",
    "match ",
    "switch ",
];

/// Pieces that nest, as they open and as they close.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("f(", ")"),
    ("<a>", "</a>"),
    ("A<", ">"),
    ("{a:", "}"),
    ("!", ""),
    ("a.", "b"),
    ("a+", "b"),
    ("x=>", "y"),
    ("if(a){", "}"),
    ("class A{", "}"),
    ("function f(){", "}"),
    ("a?b:", "c"),
    ("`${", "}`"),
    ("f(a)(", ")"),
    ("def f():\n ", ""),
    ("a[", "]"),
    ("not ", ""),
    ("&", ""),
    ("match a{b=>", "}"),
];

/// A small generator of numbers: the same seed gives the same mutants on any machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Damages a source.
fn mutate(dice: &mut Dice, source: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut text = source.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(text.len() + 1);
        let length = 1 << dice.below(9);
        let end = (at + dice.below(length) + 1).min(text.len());
        match dice.below(12) {
            0 if at < text.len() => text[at] ^= 1 << dice.below(8),
            1 if at < text.len() => text[at] = dice.roll().to_le_bytes()[0],
            2 => drop(text.drain(at..end)),
            3 => text.truncate(at),
            4 => drop(text.drain(..at)),
            5 => {
                let copy = text[at..end].to_vec();
                let times = 1 + dice.below(40);
                text.splice(at..at, copy.repeat(times));
            }
            6 => {
                let other = dice.pick(others);
                let from = dice.below(other.len() + 1);
                let to = (from + dice.below(2_000)).min(other.len());
                text.splice(at..at, other[from..to].iter().copied());
            }
            7 | 8 => drop(text.splice(at..at, dice.pick(PIECES).bytes())),
            9 => {
                let (open, close) = dice.pick(NESTS);
                let times = 1 << dice.below(13);
                let nest = format!("{}{}", open.repeat(times), close.repeat(dice.below(2) * times));
                text.splice(at..at, nest.into_bytes());
            }
            10 => text.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' '),
            _ => {
                let other = dice.below(text.len() + 1);
                let (from, to) = (at.min(other), at.max(other));
                text[from..to].reverse();
            }
        }
        text.truncate(400_000);
    }
    text
}

/// All sources of the corpus and of the fixtures, by their extension.
fn sources() -> BTreeMap<String, Vec<Vec<u8>>> {
    fn gather(folder: &Path, found: &mut BTreeMap<String, Vec<Vec<u8>>>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                gather(&path, found);
            } else if Catalog::load().language_of(&path.to_string_lossy()).is_some() {
                let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
                found.entry(extension).or_default().push(fs::read(&path).unwrap());
            }
        }
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found = BTreeMap::new();
    for folder in ["corpus", "scan"] {
        gather(&fixtures.join(folder), &mut found);
    }
    found
}

/// Scans a folder with these files, twice if it is quick. The reason if something is wrong.
fn trouble(files: &[(String, Vec<u8>)]) -> Option<String> {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(root.path().join(name), text).unwrap();
    }
    let began = Instant::now();
    let scan = catch_unwind(AssertUnwindSafe(|| scan_folder(root.path(), KEYS)));
    let took = began.elapsed();
    match scan {
        Err(_) => Some("a panic".to_owned()),
        Ok(_) if took > PATIENCE => Some(format!("{took:?}")),
        Ok(scan) => {
            let again = scan_folder(root.path(), KEYS);
            (scan != again).then(|| "two answers".to_owned())
        }
    }
}

/// Scans mutants, some of them side by side; those that are too much for the scanner are written to a file.
fn check(seed: u64, extension: &str, sources: &[Vec<u8>]) {
    let mut dice = Dice(seed);
    let files: Vec<(String, Vec<u8>)> = (0..8)
        .map(|index| {
            let source = dice.pick(sources).clone();
            (format!("m{index}.{extension}"), mutate(&mut dice, &source, sources))
        })
        .collect();
    // A stack that overflows takes the process with it; the files must be there then.
    let kept = std::env::temp_dir().join(format!("downhaul-mutant-{extension}-{seed}"));
    fs::create_dir_all(&kept).unwrap();
    for (name, text) in &files {
        fs::write(kept.join(name), text).unwrap();
    }
    let Some(why) = trouble(&files) else {
        fs::remove_dir_all(&kept).unwrap();
        return;
    };
    let alone = files.iter().find(|file| trouble(std::slice::from_ref(*file)).is_some());
    let which = alone.map_or("all of them together", |(name, _)| name.as_str());
    panic!("{why}: {which} in {}; seed {seed}", kept.display());
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn mutants_do_no_harm() {
    let only = std::env::var("DOWNHAUL_FUZZ_LANGUAGE").ok();
    let seconds = number("DOWNHAUL_FUZZ_SECONDS");
    let first = number("DOWNHAUL_FUZZ_SEED").unwrap_or(1);
    for (extension, sources) in sources() {
        if only.as_ref().is_some_and(|only| *only != extension) {
            continue;
        }
        let began = Instant::now();
        let is_over = |seed: u64| match seconds {
            Some(seconds) => began.elapsed() > Duration::from_secs(seconds),
            None => seed >= first + 2,
        };
        let mut seed = first;
        while !is_over(seed) {
            check(seed, &extension, &sources);
            seed += 1;
        }
        #[allow(clippy::print_stderr, reason = "who waits for minutes wants to know what for")]
        if seconds.is_some() {
            eprintln!(
                "{extension}: {} mutants of {} sources, seeds {first} to {}",
                (seed - first) * 8,
                sources.len(),
                seed - 1
            );
        }
    }
}

#[test]
fn what_went_wrong_once_goes_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants");
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    assert!(!entries.is_empty(), "the regression cases are gone");
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(trouble(&[(name.clone(), fs::read(&path).unwrap())]), None, "{name}");
    }
}
