//! CODEOWNERS: found where code hosts look for it, and resolved for the files that hold references.

use std::collections::BTreeSet;
use std::path::Path;

use downhaul_core::{CodeOwners, Reference};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Where code hosts look, in their order.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// The owners of the files that the references stand in; `None` when the repository names no owners.
pub(crate) fn read(root: &Path, references: &[Reference]) -> Option<CodeOwners> {
    let file = PLACES.into_iter().find(|place| root.join(place).is_file())?;
    let text = String::from_utf8_lossy(&std::fs::read(root.join(file)).ok()?).into_owned();
    let lines = parse(&text);
    let paths: BTreeSet<&str> = references.iter().map(|reference| &*reference.location.path).collect();
    let names: BTreeSet<&String> = lines.iter().flat_map(|line| &line.owners).collect();
    Some(CodeOwners {
        file: file.to_owned(),
        by_path: paths.into_iter().map(|path| (path.to_owned(), owners(&lines, path))).collect(),
        names: names.into_iter().cloned().collect(),
    })
}

/// A pattern and who owns what it matches.
struct Line {
    pattern: Gitignore,
    owners: Vec<String>,
}

/// The patterns are those of `.gitignore`; what cannot be understood owns nothing, as on code hosts.
fn parse(text: &str) -> Vec<Line> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '[', '^']));
    lines
        .filter_map(|line| {
            let mut words = words(line).into_iter();
            let mut builder = GitignoreBuilder::new("");
            builder.add_line(None, &words.next()?).ok()?;
            let owners = words.take_while(|word| !word.starts_with('#')).collect();
            Some(Line { pattern: builder.build().ok()?, owners })
        })
        .collect()
}

/// Words of a line; `\ ` is a space within one.
fn words(line: &str) -> Vec<String> {
    let kept = line.replace("\\ ", "\u{0}");
    kept.split_whitespace().map(|word| word.replace('\u{0}', " ")).collect()
}

/// The last line that matches decides, even if it names nobody.
fn owners(lines: &[Line], path: &str) -> Vec<String> {
    let matches = |line: &&Line| line.pattern.matched_path_or_any_parents(path, false).is_ignore();
    lines.iter().rev().find(matches).map(|line| line.owners.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_match_decides() {
        let lines = parse(
            "# who owns what\n* @acme/all\n/apps/ @acme/apps @ann # the apps\n*.py ann@acme.example\n\
             docs/* @acme/docs\n/apps/free/\n/a\\ b/ @acme/space\n",
        );
        let of = |path| owners(&lines, path).join(" ");
        assert_eq!(of("README"), "@acme/all");
        assert_eq!(of("apps/web/a.ts"), "@acme/apps @ann");
        assert_eq!(of("apps/web/a.py"), "ann@acme.example");
        assert_eq!(of("docs/a"), "@acme/docs");
        assert_eq!(of("apps/free/a.ts"), "");
        assert_eq!(of("a b/c"), "@acme/space");
    }
}
