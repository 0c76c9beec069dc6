//! The gate from outside: comments, exemptions, the baseline, policies that extend each other, and what decided.

use std::path::Path;

use serde_json::Value;

use crate::harness::{Run, downhaul, run, tree, write};

const HEAD: &str = "import { initialize } from 'unleash-client';\n\
                    const unleash = initialize({ url: 'u', appName: 'a' });\n";

/// Two calls whose fallbacks disagree: a finding that needs no server. `above` stands above the first of them.
fn code(flag: &str, above: &str) -> String {
    format!(
        "{HEAD}{above}export const a = () => unleash.isEnabled('{flag}', {{}}, true);\n\
         export const b = () => unleash.isEnabled('{flag}', {{}}, false);\n\
         export const c = () => unleash.isEnabled('{flag}', {{}}, false);\n"
    )
}

const POLICY: &str = "version = 1\n[gate]\nfail_on = \"warning\"\n";

fn check(folder: &Path, arguments: &[&str]) -> Run {
    run(downhaul(folder).args(["check", "--offline", "--as-of", "2026-06-01", "--format", "json"]).args(arguments))
}

/// `rule/reason kind-of-suppression`.
fn findings(run: &Run) -> Vec<String> {
    let json = run.json();
    let line = |finding: &Value| {
        let kind = finding["suppressed"]["kind"].as_str().map(|kind| format!(" {kind}")).unwrap_or_default();
        format!("{}/{}{kind}", finding["rule"].as_str().unwrap_or("?"), finding["reason"].as_str().unwrap_or("?"))
    };
    json["findings"].as_array().expect("a list").iter().map(line).collect()
}

const OPEN: &str = "conflicting-defaults/differing-fallbacks";

#[test]
fn a_comment_accepts_a_finding_in_every_language_that_is_read() {
    let folder = tree(&[("downhaul.toml", POLICY), ("src/a.ts", &code("x", ""))]);
    let before = check(folder.path(), &[]).exits(1);
    let rule = findings(&before)[0].split('/').next().expect("a rule").to_owned();
    assert_eq!(rule, "conflicting-defaults");
    let line = before.json()["findings"][0]["location"]["line"].as_u64().expect("a line");
    assert_eq!(line, 3);
    let mark = "// downhaul: ignore conflicting-defaults reason=\"two services, one flag\" until=2026-06-30\n";
    write(folder.path(), "src/a.ts", code("x", mark).as_bytes());
    let after = check(folder.path(), &[]).exits(0);
    assert_eq!(after.json()["findings"][0]["suppressed"]["kind"], "inline");
    assert_eq!(after.json()["findings"][0]["suppressed"]["justification"], "two services, one flag, until 2026-06-30");
    // A month later it has come to its end.
    let late =
        run(downhaul(folder.path()).args(["check", "--offline", "--as-of", "2026-07-01", "--format", "json"])).exits(1);
    assert!(findings(&late).iter().any(|finding| finding == "exempt-expired/expired"), "{:?}", findings(&late));
    // And when the code is put right it is left over.
    write(folder.path(), "src/a.ts", code("x", mark).replace("true", "false").as_bytes());
    assert_eq!(findings(&check(folder.path(), &[]).exits(1)), ["exempt-unused/nothing-found"]);
}

#[test]
fn marks_in_python_and_in_files_without_a_flag_are_read_too() {
    let folder = tree(&[
        ("downhaul.toml", POLICY),
        ("a.py", "# downhaul: ignore conflicting-defaults reason=\"gone long ago\"\nx = 1\n"),
        ("docs/a.md", "    // downhaul: ignore conflicting-defaults reason=\"an example\"\n"),
    ]);
    let run = check(folder.path(), &[]).exits(1);
    assert_eq!(findings(&run), ["exempt-unused/nothing-found"]);
    assert_eq!(run.json()["findings"][0]["location"]["path"], "a.py");
}

#[test]
fn the_sarif_has_accepted_findings_as_suppressions() {
    let mark = "// downhaul: ignore conflicting-defaults reason=\"known\"\n";
    let folder = tree(&[("downhaul.toml", POLICY), ("src/a.ts", &code("x", mark))]);
    let sarif = |format| run(downhaul(folder.path()).args(["check", "--offline", "--format", format])).exits(0).json();
    // GitHub would show them as open, so they have to be asked for.
    assert_eq!(sarif("sarif")["runs"][0]["results"].as_array().expect("results").len(), 0);
    let whole = sarif("sarif-full");
    let results = whole["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["suppressions"][0]["kind"], "inSource");
    assert_eq!(results[0]["suppressions"][0]["justification"], "known");
}

#[test]
fn a_baseline_silences_the_present_and_shrinks() {
    let folder = tree(&[("downhaul.toml", POLICY), ("src/a.ts", &code("x", ""))]);
    let at = folder.path();
    let baseline = |arguments: &[&str]| {
        run(downhaul(at)
            .args(["--offline", "--as-of", "2026-06-01", "baseline"])
            .args(arguments)
            .args(["--on-server-error", "warn"]))
    };
    let missing = check(at, &["--baseline", "nowhere.json"]).exits(2);
    assert!(missing.stderr.contains("nowhere.json"), "{}", missing.stderr);
    baseline(&["prune"]).exits(2);
    let written = baseline(&["write"]).exits(0);
    assert!(written.stderr.contains("1 finding is accepted (1 new, 0 gone)"), "{}", written.stderr);
    let file = std::fs::read_to_string(at.join("downhaul.baseline.json")).expect("the baseline");
    assert_eq!(findings(&check(at, &[]).exits(0)), [format!("{OPEN} baseline")]);
    // What comes later is not silenced, and gets onto the list with a reason only.
    write(at, "src/b.ts", code("y", "").as_bytes());
    check(at, &[]).exits(1);
    let refused = baseline(&["write"]).exits(2);
    assert!(refused.stderr.contains("nothing was written"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(at.join("downhaul.baseline.json")).expect("the baseline"), file);
    baseline(&["prune"]).exits(0);
    check(at, &[]).exits(1);
    baseline(&["write", "--reason", "moves next week"]).exits(0);
    let accepted = check(at, &[]).exits(0).json();
    assert_eq!(
        accepted["findings"][1]["suppressed"]["justification"],
        "in the baseline since 2026-06-01: moves next week"
    );
    write(at, "src/b.ts", b"");
    let pruned = baseline(&["prune"]).exits(0);
    assert!(pruned.stderr.contains("1 finding is accepted (0 new, 1 gone)"), "{}", pruned.stderr);
    assert_eq!(std::fs::read_to_string(at.join("downhaul.baseline.json")).expect("the baseline"), file);
}

#[test]
fn policies_extend_each_other_and_locks_hold() {
    let org = "version = 1\n[rules.conflicting-defaults]\nseverity = \"error\"\nlocked = true\n\
               [[override]]\nflag = \"x\"\n[override.rules.never-live-flag]\nafter_days = 5\n";
    let own = "version = 1\nextends = [\"org/policy.toml\"]\n[gate]\nfail_on = \"error\"\n\
               [[override]]\nflag = \"y\"\n[override.rules.never-live-flag]\nafter_days = 6\n";
    let folder = tree(&[("org/policy.toml", org), ("downhaul.toml", own), ("src/a.ts", &code("x", ""))]);
    let at = folder.path();
    check(at, &[]).exits(1);
    let shown = run(downhaul(at).args(["config", "show"])).exits(0).stdout;
    for (key, origin) in [
        ("rules.conflicting-defaults.severity ", "org/policy.toml:3"),
        ("gate.fail_on ", "downhaul.toml:4"),
        ("override[0].rules.never-live-flag.after_days", "org/policy.toml:8"),
        ("override[1].rules.never-live-flag.after_days", "downhaul.toml:8"),
        ("rules.never-live-flag.severity ", "default"),
    ] {
        let line = shown.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("{key}\n{shown}"));
        assert!(line.ends_with(origin), "{line}");
    }
    for (loosened, place) in [
        ("[rules.conflicting-defaults]\nseverity = \"note\"\n", "downhaul.toml:4: rules.conflicting-defaults.severity"),
        ("[rules.conflicting-defaults]\nlocked = false\n", "downhaul.toml:4: rules.conflicting-defaults.locked"),
        (
            "[[override]]\nflag = \"x\"\n[override.rules.conflicting-defaults]\nseverity = \"off\"\n",
            "downhaul.toml:6: override[0].rules.conflicting-defaults.severity",
        ),
    ] {
        let own = format!("version = 1\nextends = [\"org/policy.toml\"]\n{loosened}");
        write(at, "downhaul.toml", own.as_bytes());
        let refused = check(at, &[]).exits(2);
        assert!(refused.stderr.contains(place), "{}", refused.stderr);
    }
}

#[test]
fn files_that_extend_each_other_in_a_circle_are_refused() {
    let folder = tree(&[
        ("downhaul.toml", "version = 1\nextends = [\"a.toml\"]\n"),
        ("a.toml", "version = 1\nextends = [\"downhaul.toml\"]\n"),
    ]);
    let refused = check(folder.path(), &[]).exits(2);
    assert!(refused.stderr.contains("in a circle"), "{}", refused.stderr);
    write(folder.path(), "downhaul.toml", b"version = 1\nextends = [\"https://a.example/policy.toml\"]\n");
    let remote = check(folder.path(), &[]).exits(2);
    assert!(remote.stderr.contains("no local file"), "{}", remote.stderr);
}

#[test]
fn errors_in_a_policy_name_file_and_line() {
    let folder = tree(&[("downhaul.toml", "version = 1\n\n[rules.never-live-flag]\nafter_day = 3\n")]);
    let refused = check(folder.path(), &[]).exits(2);
    let message =
        "downhaul.toml:4: rules.never-live-flag.after_day: there is no such option; did you mean `after_days`?";
    assert!(refused.stderr.contains(message), "{}", refused.stderr);
    let exempt =
        "version = 1\n[[exempt]]\nrule = \"never-live-flag\"\nflag = \"a\"\nreason = \"x\"\nexpires = 2026-06-30\n";
    write(folder.path(), "downhaul.toml", exempt.as_bytes());
    let refused = check(folder.path(), &[]).exits(2);
    assert!(
        refused.stderr.contains("downhaul.toml:2: exempt[0]: an exemption needs `approved_by`"),
        "{}",
        refused.stderr
    );
    let language = "version = 1\n[[override]]\nlanguage = \"pyton\"\npreset = \"starter\"\n";
    write(folder.path(), "downhaul.toml", language.as_bytes());
    let refused = check(folder.path(), &[]).exits(2);
    let message = "downhaul.toml:3: override[0].language: there is no language `pyton`; did you mean `python`?";
    assert!(refused.stderr.contains(message), "{}", refused.stderr);
}
