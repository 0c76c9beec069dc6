//! The workflow to begin with, for the CI that the repository uses.

use std::path::Path;

use crate::args::Ci;

const GITHUB: (&str, &str) =
    (".github/workflows/downhaul.yml", include_str!("../../../../../examples/github/gate.yml"));

const GITLAB: (&str, &str) = (
    "downhaul.gitlab-ci.yml",
    "\
# In .gitlab-ci.yml:  include: downhaul.gitlab-ci.yml
# UNLEASH_URL and UNLEASH_TOKEN (masked) are variables of the project. The image needs downhaul in its PATH.
downhaul:
  stage: test
  variables:
    GIT_DEPTH: 0              # added lines are told by the history
  script:
    - downhaul check --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
",
);

/// Name and text of the file; none when none is wanted.
pub(crate) fn file(root: &Path, wanted: Option<Ci>) -> Option<(String, String)> {
    let is_gitlab = root.join(".gitlab-ci.yml").is_file();
    let guess = || if is_gitlab { Ci::Gitlab } else { Ci::Github };
    let (name, text) = match wanted.unwrap_or_else(guess) {
        Ci::Github => GITHUB,
        Ci::Gitlab => GITLAB,
        Ci::None => return None,
    };
    Some((name.to_owned(), text.to_owned()))
}
