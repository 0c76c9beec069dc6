//! `clean`: a diff, files written by rename, exit codes.

use std::fs;

use crate::harness::{downhaul, run, tree};

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
