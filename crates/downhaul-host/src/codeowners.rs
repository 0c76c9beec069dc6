//! Who owns a path, as a `CODEOWNERS` file says: GitHub's syntax, and GitLab's sections.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

/// Where the file is looked for, in this order.
pub const OWNERS_PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// A `CODEOWNERS` file.
#[derive(Debug, Clone, Default)]
pub struct OwnersFile {
    sections: Vec<Section>,
}

/// Within a section the last rule that fits wins; sections add up.
#[derive(Debug, Clone, Default)]
struct Section {
    rules: Vec<Rule>,
    /// Who owns what its rules name nobody for.
    owners: Vec<String>,
}

#[derive(Debug, Clone)]
struct Rule {
    globs: Vec<GlobMatcher>,
    /// `None` for a rule that takes paths out.
    owners: Option<Vec<String>>,
}

impl OwnersFile {
    /// Reads a file. A line that cannot be understood owns nothing, as on the hosts themselves.
    pub fn parse(text: &str) -> Self {
        let mut sections = vec![Section::default()];
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match section(line) {
                Some(owners) => sections.push(Section { rules: Vec::new(), owners }),
                None => {
                    if let (Some(section), Some(rule)) = (sections.last_mut(), rule(line)) {
                        section.rules.push(rule);
                    }
                }
            }
        }
        OwnersFile { sections }
    }

    /// Every owner that the file names, each once.
    pub fn names(&self) -> BTreeSet<&str> {
        let lists = self.sections.iter().flat_map(|section| {
            let of_rules = section.rules.iter().filter_map(|rule| rule.owners.as_deref());
            of_rules.chain([section.owners.as_slice()])
        });
        lists.flatten().map(String::as_str).collect()
    }

    /// The owners of a path relative to the top of the repository, as they are written: `@alice`, `@acme/checkout`.
    pub fn of(&self, path: &str) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for owner in self.sections.iter().flat_map(|section| section.of(path)) {
            if !all.contains(owner) {
                all.push(owner.clone());
            }
        }
        all
    }
}

impl Section {
    fn of(&self, path: &str) -> &[String] {
        let last = self.rules.iter().rev().find(|rule| rule.globs.iter().any(|glob| glob.is_match(path)));
        match last.map(|rule| rule.owners.as_deref()) {
            Some(Some([])) => &self.owners,
            Some(Some(owners)) => owners,
            Some(None) | None => &[],
        }
    }
}

/// `[Name]`, `^[Name][2] @owner`: the owners that the head of a section names.
fn section(line: &str) -> Option<Vec<String>> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = rest.split_once(']')?;
    let rest = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.1,
        None => rest,
    };
    Some(owners(rest))
}

fn rule(line: &str) -> Option<Rule> {
    let (pattern, rest) = split_pattern(line);
    match pattern.strip_prefix('!') {
        Some(pattern) => Some(Rule { globs: globs(pattern)?, owners: None }),
        None => Some(Rule { globs: globs(&pattern)?, owners: Some(owners(rest)) }),
    }
}

/// The pattern ends at the first blank that is not escaped.
fn split_pattern(line: &str) -> (String, &str) {
    let mut pattern = String::new();
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => pattern.extend(chars.next().map(|(_, c)| c)),
            c if c.is_whitespace() => return (pattern, &line[at..]),
            c => pattern.push(c),
        }
    }
    (pattern, "")
}

fn owners(text: &str) -> Vec<String> {
    text.split_whitespace().take_while(|word| !word.starts_with('#')).map(str::to_owned).collect()
}

/// A pattern as `.gitignore` reads it: a slash within it anchors it, a folder stands for all that is below it.
fn globs(pattern: &str) -> Option<Vec<GlobMatcher>> {
    let folder = pattern.ends_with('/');
    let bare = pattern.trim_end_matches('/');
    let anchored = bare.contains('/');
    let bare = bare.trim_start_matches('/');
    let start = if anchored || bare.starts_with("**") { "" } else { "**/" };
    // `docs/*` is what lies in the folder itself, not what lies deeper.
    let only_here = bare.ends_with("/*");
    let whole = [format!("{start}{bare}")].into_iter().filter(|_| !folder);
    let below = [format!("{start}{bare}/**")].into_iter().filter(|_| !only_here);
    whole
        .chain(below)
        .map(|glob| Some(GlobBuilder::new(&glob).literal_separator(true).build().ok()?.compile_matcher()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rule_that_fits_wins() {
        let owners = OwnersFile::parse(
            "# who owns what\n*  @acme/all\n*.ts @front  # comment\n/docs/ @writers\ndocs/*  docs@acme.example\n\
             apps/ @apps @alice\n/build/logs/ @ops\napps/shop/open\nwith\\ blank/ @b\n",
        );
        let is = |path: &str, expected: &[&str]| assert_eq!(owners.of(path), expected, "{path}");
        is("README.md", &["@acme/all"]);
        is("web/a/b.ts", &["@front"]);
        is("docs/a.md", &["docs@acme.example"]);
        is("docs/deep/a.md", &["@writers"]);
        is("x/docs/deep/a.md", &["@acme/all"]);
        is("x/apps/y/z.rs", &["@apps", "@alice"]);
        is("apps/shop/open", &[]);
        is("build/logs/a/b.log", &["@ops"]);
        is("x/build/logs/b.log", &["@acme/all"]);
        is("with blank/a", &["@b"]);
    }

    #[test]
    fn sections_add_up() {
        let owners =
            OwnersFile::parse("* @all\n[Back] @back\n*.go\nlegacy/ @old\n!legacy/new/\n^[Docs][2] @writers\n*.md\n");
        assert_eq!(owners.of("a.go"), ["@all", "@back"]);
        assert_eq!(owners.of("legacy/a.go"), ["@all", "@old"]);
        assert_eq!(owners.of("legacy/new/a.go"), ["@all"]);
        assert_eq!(owners.of("a.md"), ["@all", "@writers"]);
    }
}
