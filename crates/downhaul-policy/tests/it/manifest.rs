//! What a manifest may say, where its statements stand, and what is refused.

use downhaul_core::finding::Keep;
use downhaul_core::{DeclaredState, DefaultValue, FlagType, Location};
use downhaul_policy::{join_manifests, read_manifest, read_openfeature};

use crate::case::key;

const FULL: &str = r#"# what our flags are meant to be
version = 1

[flags.new-checkout]
type = "release"
owner = "@acme/checkout"
description = "the checkout on one page"
state = "active"
default = false
default_by_path = { "tools/**" = true }
safe_value = false
expires = 2026-05-31
not_before = "2026-01-01"
removal = { issue = "SHOP-4211", keep = "on" }
guardrails = ["alert:checkout-5xx"]

[[flags.new-checkout.success]]
metric = "checkout conversion"
goal = ">= +1.0 pp"
window = "14d"

[flags.new-checkout.env.production]
enabled = true
rollout = { max = 25 }

[flags.new-checkout.env.staging]
rollout = 100

[flags.new-checkout.review]
date = 2026-05-20
outcome = "kept"
link = "https://wiki.acme.example/reviews/new-checkout"

[flags]
"checkout.v2" = { default = 3 }
"#;

fn line(location: &Location) -> u32 {
    location.start.line
}

#[test]
fn every_statement_keeps_its_line() {
    let manifest = read_manifest(
        "flags.toml",
        &FULL
            .replace("\n[flags]\n", "\n[flags.\"checkout.v2\"]\n")
            .replace("\"checkout.v2\" = { default = 3 }", "default = 3"),
    )
    .expect("valid");
    let flag = &manifest.flags[&key("new-checkout")];
    assert_eq!(line(&flag.location), 4);
    let owner = flag.owner.as_ref().expect("an owner");
    assert_eq!((owner.value.as_str(), line(&owner.location)), ("@acme/checkout", 6));
    assert_eq!(flag.flag_type.as_ref().expect("a type").value, FlagType::Release);
    assert_eq!(flag.state.as_ref().expect("a state").value, DeclaredState::Active);
    assert_eq!(flag.default.as_ref().expect("a default").value, DefaultValue::Bool(false));
    assert_eq!(flag.default_by_path[0].glob, "tools/**");
    assert_eq!(flag.default_by_path[0].value.value, DefaultValue::Bool(true));
    assert_eq!(line(&flag.default_by_path[0].value.location), 10);
    assert!(!flag.safe_value.as_ref().expect("a side").value);
    let expires = flag.expires.as_ref().expect("a day");
    assert_eq!((expires.value.to_string().as_str(), line(&expires.location)), ("2026-05-31", 12));
    assert_eq!(flag.not_before.as_ref().expect("a day").value.to_string(), "2026-01-01");
    let removal = flag.removal.as_ref().expect("a plan");
    assert_eq!((removal.value.issue.as_deref(), &removal.value.keep), (Some("SHOP-4211"), &Some(Keep::On)));
    assert_eq!(line(&removal.location), 14);
    assert_eq!((flag.guardrails[0].value.as_str(), line(&flag.guardrails[0].location)), ("alert:checkout-5xx", 15));
    assert_eq!((flag.success[0].value.goal.as_str(), line(&flag.success[0].location)), (">= +1.0 pp", 17));
    let production = &flag.environments["production"];
    assert_eq!((production.value.enabled, production.value.rollout_max), (Some(true), Some(25)));
    assert_eq!((production.value.rollout_min, line(&production.location)), (None, 22));
    assert_eq!(flag.environments["staging"].value.rollout_min, Some(100));
    assert_eq!(flag.review.as_ref().expect("a review").value.outcome.as_deref(), Some("kept"));
    let other = manifest.flags[&key("checkout.v2")].default.as_ref().expect("a default");
    assert_eq!(other.value, DefaultValue::Number("3".to_owned()));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let cases = [
        ("[flags.a]\nownr = 'x'", "flags.toml:2: flags.a.ownr: there is no such key; did you mean `owner`?"),
        ("[flag.a]", "flags.toml:1: flag: there is no such key; did you mean `flags`?"),
        (
            "[flags.a]\ntype = 'relase'",
            "flags.toml:2: flags.a.type: there is no flag type `relase`; did you mean `release`?",
        ),
        (
            "[flags.a]\nstate = 'planed'",
            "flags.toml:2: flags.a.state: `planed` is none of planned, active, retired; did you mean `planned`?",
        ),
        ("[flags.a]\nexpires = 'soon'", "flags.toml:2: flags.a.expires: `soon` is no day; write it as 2026-05-31"),
        ("[flags.a]\nowner = ' '", "flags.toml:2: flags.a.owner: the text is empty"),
        ("[flags.a]\nowner = 3", "flags.toml:2: flags.a.owner: a text is expected here, not a whole number"),
        (
            "[flags.a]\n[[flags.a.success]]\nmetric = 'x'",
            "flags.toml:2: flags.a.success[0]: a criterion needs a `goal`",
        ),
        (
            "[flags.a.env.production]\nrollout = { min = 30, max = 25 }",
            "flags.toml:2: flags.a.env.production.rollout: `min` (30) is above `max` (25)",
        ),
        (
            "[flags.a.env.production]\nrollout = 101",
            "flags.toml:2: flags.a.env.production.rollout: the number is not within 0 and 100",
        ),
        ("[flags.a]\ndefault_by_path = { 'a[' = true }", "flags.toml:2: flags.a.default_by_path.a[: "),
        ("version = 2", "flags.toml:1: version: this downhaul knows version 1"),
    ];
    for (text, message) in cases {
        let error = read_manifest("flags.toml", text).expect_err(text).to_string();
        assert!(error.starts_with(message), "{text}\n  expected {message}\n  got      {error}");
    }
}

#[test]
fn broken_toml_is_named_with_its_line() {
    let error = read_manifest("flags.toml", "[flags.a]\nowner = \n").expect_err("broken").to_string();
    assert!(error.starts_with("flags.toml:2: "), "{error}");
}

#[test]
fn files_are_put_together_and_a_flag_stands_once() {
    let one = read_manifest("a/flags.toml", "[flags.a]\nowner = 'x'").expect("valid");
    let two = read_manifest("b/flags.toml", "[flags.b]\nowner = 'y'").expect("valid");
    let joined = join_manifests([one.clone(), two]).expect("different flags");
    assert_eq!(joined.files, ["a/flags.toml", "b/flags.toml"]);
    assert_eq!(joined.flags.len(), 2);
    let again = read_manifest("c/flags.toml", "\n[flags.a]").expect("valid");
    let error = join_manifests([one, again]).expect_err("twice").to_string();
    assert_eq!(error, "c/flags.toml:2: flags.a: declared already in a/flags.toml:1");
}

#[test]
fn an_openfeature_manifest_gives_defaults_and_descriptions() {
    let text = r#"{
  "$schema": "x",
  "flags": {
    "enableFeatureA": { "flagType": "boolean", "defaultValue": false, "description": "Controls A." },
    "discount": { "flagType": "float", "defaultValue": 0.10 },
    "theme": { "flagType": "object", "defaultValue": { "primary": "red" } }
  }
}"#;
    let manifest = read_openfeature("flags.json", text).expect("valid");
    let flag = &manifest.flags[&key("enableFeatureA")];
    assert_eq!(flag.default.as_ref().expect("a default").value, DefaultValue::Bool(false));
    assert_eq!(flag.description.as_ref().expect("words").value, "Controls A.");
    assert_eq!(line(&flag.location), 4);
    let number = manifest.flags[&key("discount")].default.as_ref().expect("a default");
    assert_eq!(number.value, DefaultValue::Number("0.1".to_owned()));
    assert_eq!(line(&number.location), 5);
    let error = read_openfeature("flags.json", "{\n\"flags\": 3}").expect_err("no map").to_string();
    assert!(error.starts_with("flags.json:2: this is no OpenFeature flag manifest: "), "{error}");
}
