//! The table of results, and its place in `docs/corpus.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::score::Score;

const BEGIN: &str = "<!-- corpus:begin (cargo xtask corpus --write) -->";
const END: &str = "<!-- corpus:end -->";

/// Markdown: one row a language, their sum, and the kinds that were taken for each other.
pub(super) fn render(scores: &BTreeMap<String, Score>) -> String {
    let mut text = String::from(
        "| language | cases | references | traps | found | false | precision | recall | wrong keys |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (language, score) in scores {
        row(&mut text, language, score);
    }
    let total = Score::total(scores.values());
    row(&mut text, "**all**", &total);
    for ((expected, reported), count) in &total.confusions {
        let _ = write!(text, "\nKind: {count} × {reported} where it is {expected}.");
    }
    if !total.confusions.is_empty() {
        text.push('\n');
    }
    text
}

fn row(text: &mut String, name: &str, score: &Score) {
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} | {} | {:.3} | {:.3} | {} |",
        score.cases,
        score.references,
        score.traps,
        score.found,
        score.false_answers,
        score.precision(),
        score.recall(),
        score.wrong_keys
    );
}

/// Puts the table between the two marks of the page.
pub(super) fn write(page: &Path, rendered: &str) -> Result<()> {
    let text = std::fs::read_to_string(page).with_context(|| page.display().to_string())?;
    std::fs::write(page, replaced(&text, rendered)?).with_context(|| page.display().to_string())
}

/// Whether the page has this table.
pub(super) fn is_fresh(page: &Path, rendered: &str) -> Result<bool> {
    let text = std::fs::read_to_string(page).with_context(|| page.display().to_string())?;
    Ok(replaced(&text, rendered)? == text)
}

fn replaced(page: &str, rendered: &str) -> Result<String> {
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("the page has no `{BEGIN}`"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the page has no `{END}`"))?;
    Ok(format!("{before}{BEGIN}\n\n{rendered}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_and_the_sum() {
        let go = Score { cases: 1, references: 4, traps: 2, found: 3, false_answers: 1, ..Score::default() };
        let rust = Score { cases: 2, references: 4, traps: 3, found: 4, ..Score::default() };
        let text = render(&BTreeMap::from([("go".to_owned(), go), ("rust".to_owned(), rust)]));
        assert!(text.contains("| go | 1 | 4 | 2 | 3 | 1 | 0.750 | 0.750 | 0 |"), "{text}");
        assert!(text.ends_with("| **all** | 3 | 8 | 5 | 7 | 1 | 0.875 | 0.875 | 0 |\n"), "{text}");
    }

    #[test]
    fn the_page_keeps_the_rest() {
        let page = format!("# Top\n\n{BEGIN}\nold\n{END}\n\nbelow\n");
        let fresh = replaced(&page, "| new |\n").unwrap();
        assert_eq!(fresh, format!("# Top\n\n{BEGIN}\n\n| new |\n\n{END}\n\nbelow\n"));
        assert_eq!(replaced(&fresh, "| new |\n").unwrap(), fresh);
        assert!(replaced("no marks", "x").is_err());
    }
}
