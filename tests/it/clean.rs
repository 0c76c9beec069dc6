//! `clean`: a diff, files written by rename, exit codes.

use std::fs;

use crate::harness::{downhaul, project, run, tree};

const SHOP: &str = "\
import { initialize } from 'unleash-client';
const unleash = initialize({ url: 'http://localhost', appName: 'shop' });
export function pay(cart) {
  if (unleash.isEnabled('new-checkout')) {
    return cart.fast();
  }
  return cart.slow();
}
";

#[test]
fn a_diff_is_printed_and_nothing_is_written() {
    let folder = tree(&[("shop.js", SHOP)]);
    let run = run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "on"])).exits(0);
    insta::assert_snapshot!("clean_diff", run.stdout);
    assert_eq!(fs::read_to_string(folder.path().join("shop.js")).unwrap(), SHOP);
}

#[test]
fn apply_writes_and_a_second_run_has_nothing_to_do() {
    let folder = tree(&[("shop.js", &format!("\u{feff}{SHOP}"))]);
    run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "off", "--apply"])).exits(0);
    let after = fs::read_to_string(folder.path().join("shop.js")).unwrap();
    assert!(after.starts_with('\u{feff}') && after.ends_with("  return cart.slow();\n}\n"), "{after}");
    assert!(!after.contains("new-checkout"), "{after}");
    let again = run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "off", "--format", "json"]));
    assert_eq!(again.exits(0).json()["flags"][0]["files"], serde_json::json!([]));
}

#[test]
fn what_is_left_is_listed_and_is_exit_code_1() {
    let folder = tree(&[("shop.js", SHOP), ("README.md", "The flag new-checkout is ours.\n")]);
    let found =
        run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "on", "--format", "json"])).exits(1);
    let left = &found.json()["flags"][0]["left"];
    assert_eq!(left[0]["location"]["path"], "README.md", "{left}");
}

const TWO: &str = "\
import { initialize } from 'unleash-client';
const unleash = initialize({ url: 'http://localhost', appName: 'shop' });
export const fast = unleash.isEnabled('new-checkout') ? 1 : 2;
";

const OTHER: &str = "\
import { initialize } from 'unleash-client';
const unleash = initialize({ url: 'http://localhost', appName: 'shop' });
export const dark = unleash.isEnabled('dark-mode') ? 'old and dark' : 'light';
";

#[test]
fn a_failing_check_puts_the_files_back() {
    let folder = tree(&[("shop.js", SHOP)]);
    let args = ["clean", "new-checkout", "--keep", "on", "--apply", "--verify", "grep -q isEnabled shop.js"];
    let found = run(downhaul(folder.path()).args(args).args(["--format", "json"])).exits(6);
    assert_eq!(found.json()["flags"][0]["outcome"], "refused");
    assert_eq!(fs::read_to_string(folder.path().join("shop.js")).unwrap(), SHOP);
}

#[test]
fn a_failing_check_is_pinned_on_its_flag() {
    let folder = tree(&[("a.js", TWO), ("b.js", OTHER)]);
    let args = ["clean", "new-checkout", "dark-mode", "--keep", "on", "--apply", "--verify", "grep -q isEnabled b.js"];
    let found = run(downhaul(folder.path()).args(args).args(["--format", "json"])).exits(6).json();
    assert_eq!((&found["flags"][0]["flag"], &found["flags"][0]["outcome"]), (&"dark-mode".into(), &"refused".into()));
    assert_eq!((&found["flags"][1]["flag"], &found["flags"][1]["outcome"]), (&"new-checkout".into(), &"done".into()));
    assert!(!fs::read_to_string(folder.path().join("a.js")).unwrap().contains("new-checkout"));
    assert_eq!(fs::read_to_string(folder.path().join("b.js")).unwrap(), OTHER);
}

#[test]
fn a_check_that_fails_anyway_is_told_and_nothing_is_changed() {
    let folder = tree(&[("shop.js", SHOP)]);
    let found =
        run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "on", "--apply", "--verify", "false"]))
            .exits(2);
    assert!(found.stderr.contains("fails without the change too"), "{}", found.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("shop.js")).unwrap(), SHOP);
}

#[test]
fn one_file_that_cannot_be_written_stops_all() {
    let folder = tree(&[("a.js", SHOP), ("b.js", SHOP)]);
    let locked = folder.path().join("b.js");
    let mut permissions = fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&locked, permissions).unwrap();
    let found = run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "on", "--apply"])).exits(2);
    assert!(found.stderr.contains("b.js is read-only"), "{}", found.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("a.js")).unwrap(), SHOP);
}

#[test]
fn a_slip_in_a_key_is_told() {
    let folder = tree(&[("shop.js", SHOP)]);
    let found = run(downhaul(folder.path()).args(["clean", "new-chekout", "--keep", "on"])).exits(2);
    assert!(found.stderr.contains("did you mean `new-checkout`?"), "{}", found.stderr);
}

#[test]
fn without_a_side_and_without_a_server_nothing_is_guessed() {
    let folder = tree(&[("shop.js", SHOP)]);
    let found = run(downhaul(folder.path()).args(["clean", "new-checkout"])).exits(2);
    assert!(found.stderr.contains("--keep"), "{}", found.stderr);
}

/// In the demo, whose files stay as they are.
fn demo(args: &[&str]) -> crate::harness::Run {
    let root = project().join("fixtures/demo");
    run(downhaul(&root).arg("clean").args(args).args(["--offline", "--format", "json", "--root"]).arg(&root))
}

#[test]
fn the_side_follows_from_what_production_serves() {
    let found = demo(&["one-page-checkout"]);
    let flag = &found.json()["flags"][0];
    assert_eq!(flag["keep"], "on", "{flag}");
    assert!(flag["because"].as_str().unwrap().contains("production"), "{flag}");
}

#[test]
fn a_rollout_in_progress_is_refused() {
    let flag = demo(&["covers.avif"]).exits(6).json()["flags"][0].clone();
    assert_eq!((&flag["keep"], &flag["outcome"]), (&"auto".into(), &"refused".into()));
    assert!(flag["reason"].as_str().unwrap().contains("30 %"), "{flag}");
}

#[test]
fn stale_takes_what_the_rules_propose() {
    let found = demo(&["--stale"]);
    let flags = found.json()["flags"].clone();
    let keys: Vec<&str> = flags.as_array().unwrap().iter().map(|flag| flag["flag"].as_str().unwrap()).collect();
    assert!(keys.contains(&"one-page-checkout") && !keys.contains(&"covers.avif"), "{keys:?}");
}

#[test]
fn a_variant_that_does_not_exist_is_told() {
    let found = demo(&["same-day-pickup", "--keep", "nobody"]).exits(2);
    assert!(found.stderr.contains("`same-day-pickup` has no variant `nobody`"), "{}", found.stderr);
}

#[test]
fn what_is_left_is_a_sarif_result() {
    let folder = tree(&[("shop.js", SHOP), ("README.md", "The flag new-checkout is ours.\n")]);
    let found = run(downhaul(folder.path()).args(["clean", "new-checkout", "--keep", "on", "--format", "sarif"]));
    let log = found.exits(1).json();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "flag-left-in-place", "{result}");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "README.md", "{result}");
}
