//! Who agreed to changes of production, on a double of a paid server and on an open-source one: the same three rules.

use serde_json::Value;

use crate::harness::{downhaul, project, run};

const APPROVALS: [&str; 3] =
    ["production-change-without-approval", "self-approved-change", "unprotected-production-environment"];

fn audit(snapshot: &str, arguments: &[&str]) -> Value {
    let snapshot = format!("fixtures/servers/unleash/{snapshot}/snapshot.json");
    let mut command = downhaul(&project());
    let usual = ["audit", "--root", "fixtures/demo/covers", "--snapshot", &snapshot, "--format", "json"];
    run(command.args(usual).args(["--fail-on", "never"]).args(arguments)).exits(0).json()
}

/// `reason subject` of every finding of a rule.
fn found(check: &Value, rule: &str) -> Vec<String> {
    let of_rule = check["findings"].as_array().expect("findings").iter().filter(|finding| finding["rule"] == rule);
    of_rule
        .map(|finding| {
            let subject = finding["flag"].as_str().or(finding["project"].as_str()).unwrap_or_default();
            format!("{} {subject}", finding["reason"].as_str().unwrap_or_default())
        })
        .collect()
}

#[test]
fn on_a_paid_server_the_log_is_laid_beside_the_requests() {
    let check = audit("enterprise-double", &[]);
    assert_eq!(found(&check, APPROVALS[0]), ["no-request account-new-profile"; 3]);
    assert_eq!(found(&check, APPROVALS[1]), ["self-approved default"]);
    assert_eq!(found(&check, APPROVALS[2]), ["global-segment "]);
    let own = check["findings"].as_array().expect("findings").iter().find(|one| one["rule"] == APPROVALS[1]);
    let message = own.and_then(|one| one["message"].as_str()).unwrap_or_default();
    assert!(message.contains("carol wrote and approved"), "{message}");
}

#[test]
fn on_an_open_source_server_they_say_that_it_has_no_requests() {
    let check = audit("8.2.0", &[]);
    for rule in APPROVALS {
        assert_eq!(found(&check, rule), Vec::<String>::new(), "{rule}");
        let tally = check["rules"].as_array().expect("rules").iter().find(|tally| tally["id"] == rule).expect("it ran");
        assert_eq!((&tally["unsupported"], &tally["passed"]), (&Value::from(1), &Value::from(0)), "{rule}");
        let why = tally["why"][0].as_str().unwrap_or_default();
        assert!(why.contains("`unapproved-state-drift`"), "{why}");
    }
}
