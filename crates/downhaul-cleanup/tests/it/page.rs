//! `docs/cleanup.md` shows every case of `fixtures/cleanup`. `UPDATE_FIXTURES=1` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::{Case, files, is_update};
use similar::TextDiff;

const MARK: &str = "UPDATE_FIXTURES=1 cargo test -p downhaul-cleanup -->\n";

#[test]
fn the_page_shows_the_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cleanup.md");
    let page = fs::read_to_string(&path).expect("docs/cleanup.md");
    let head = page.find(MARK).expect("the mark") + MARK.len();
    let fresh = format!("{}{}", &page[..head], cases());
    if is_update() {
        fs::write(&path, &fresh).expect("docs/cleanup.md can be written");
        return;
    }
    assert!(page == fresh, "docs/cleanup.md is stale: UPDATE_FIXTURES=1 cargo test -p downhaul-cleanup");
}

fn cases() -> String {
    let mut text = String::new();
    let mut language = String::new();
    for case in Case::all() {
        let of = case.name.split('/').next().unwrap_or_default();
        if of != language {
            language = of.to_owned();
            let _ = writeln!(text, "\n## {language}");
        }
        let _ = writeln!(text, "\n### {}\n", case.facts.title);
        if let Some(more) = &case.facts.text {
            let _ = writeln!(text, "{more}\n");
        }
        let keep: Vec<String> =
            case.facts.keep.iter().map(|(flag, side)| format!("`downhaul clean {flag} --keep {side}`")).collect();
        let _ = writeln!(text, "{}\n", keep.join(", "));
        let after = files(&case.folder.join("after"));
        for (path, before) in &case.before {
            match after.get(path) {
                Some(after) if after == before => {}
                Some(after) => {
                    let diff = TextDiff::from_lines(before, after);
                    let diff = diff.unified_diff().context_radius(3).header(path, path).to_string();
                    let _ = writeln!(text, "```diff\n{diff}```\n");
                }
                None => {
                    let _ = writeln!(text, "`{path}` goes.\n");
                }
            }
        }
        for left in &case.facts.left {
            let _ = writeln!(text, "- left: {left}");
        }
    }
    format!("{}\n", text.trim_end())
}
