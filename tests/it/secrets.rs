//! Keys to the flag server in files: found, and shown in no output.

use downhaul_core::Severity;

use crate::harness::{downhaul, run, tree};

const FORMATS: [&str; 10] =
    ["concise", "github", "gitlab", "json", "jsonl", "junit", "markdown", "rdjson", "sarif", "text"];

/// Made here, so that no key stands in this file.
fn hex() -> String {
    (0..56).map(|index| char::from(b"0123456789abcdef"[index * 7 % 16])).collect()
}

#[test]
fn no_output_shows_a_key() {
    let secret = hex();
    let code = format!(
        "import {{ initialize }} from 'unleash-client';\n\
         const unleash = initialize({{ url: 'u', appName: 'a', customHeaders: {{ Authorization: '*:*.{secret}' }} }});\n\
         export const a = () => unleash.isEnabled('shop', {{ userId: 'default:production.{secret}' }}, true);\n"
    );
    let folder = tree(&[("src/a.ts", &code), ("deploy/values.yaml", &format!("token: default:production.{secret}\n"))]);
    let rest = &secret[5..];
    for format in FORMATS {
        let out = run(downhaul(folder.path()).args(["check", "--format", format])).exits(1);
        assert!(!out.stdout.contains(rest) && !out.stderr.contains(rest), "{format}: {}", out.stdout);
        assert!(out.stdout.contains("secret-in-code"), "{format}: {}", out.stdout);
    }
    for command in [&["scan"][..], &["scan", "--format", "json"], &["explain", "src/a.ts:2"], &["explain", "shop"]] {
        let out = run(downhaul(folder.path()).args(command));
        assert!(!out.stdout.contains(rest) && !out.stderr.contains(rest), "{command:?}: {}", out.stdout);
    }
    let json = run(downhaul(folder.path()).args(["check", "--format", "json"])).exits(1).json();
    let found: Vec<(&str, &str)> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["rule"] == "secret-in-code")
        .map(|finding| (finding["reason"].as_str().expect("a text"), finding["severity"].as_str().expect("a text")))
        .collect();
    let (error, warning) = (Severity::Error.as_str(), Severity::Warning.as_str());
    assert_eq!(found, [("token", warning), ("admin-token", error), ("backend-token", error)]);
}
