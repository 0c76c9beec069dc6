//! The documentation: what is made from the program is fresh, every page is in the table of contents, every link leads
//! somewhere.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{downhaul, project, run};

/// `UPDATE_DOCS=1` writes it anew.
#[track_caller]
fn is_fresh(name: &str, text: &str) {
    let path = project().join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, text).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "docs/{name} is not what the program says; run this test with UPDATE_DOCS=1");
}

#[test]
fn the_reference_of_the_command_line_is_what_help_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let help = |command: &[&str]| {
        run(downhaul(folder.path()).args(command).arg("--help").env("COLUMNS", "100")).exits(0).stdout
    };
    let mut text =
        String::from("# The command line\n\nMade from `--help`; `downhaul man` prints the same as a manual page.\n");
    let mut section = |command: &[&str]| {
        let help = help(command);
        let title = ["downhaul"].iter().chain(command).copied().collect::<Vec<_>>().join(" ");
        // What every command takes is told once.
        let own = if command.is_empty() { &help } else { help.split("\nGlobal options:").next().unwrap_or(&help) };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {title}\n\n```text\n{}\n```\n", own.trim_end());
        commands_in(&help)
    };
    for command in section(&[]) {
        for below in section(&[&command]) {
            section(&[&command, &below]);
        }
    }
    is_fresh("cli.md", &text);
}

/// The names under `Commands:`.
fn commands_in(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A name stands two columns in; what continues its text stands further in.
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn the_reference_of_the_rules_is_what_the_rules_say() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = run(downhaul(folder.path()).args(["rules", "--format", "json"])).exits(0).json();
    let rules = list["rules"].as_array().expect("a list");
    let string = |rule: &Value, key: &str| rule[key].as_str().expect("a text").to_owned();
    let mut text = String::from(
        "# The rules\n\nMade from the pages that `downhaul explain RULE` shows. How they are set: [policy.md](policy.md).\n\n\
         | rule | severity | on new lines | finds |\n|---|---|---|---|\n",
    );
    for rule in rules {
        let id = string(rule, "id");
        let [severity, on_new, summary] = ["severity", "severity_on_new", "summary"].map(|key| string(rule, key));
        let _ = writeln!(text, "| [{id}](#{id}) | {severity} | {on_new} | {summary} |");
    }
    for rule in rules {
        // One level down: the page of each rule becomes a section of this one.
        let mut fenced = false;
        text.push('\n');
        for line in string(rule, "docs").trim_end().lines() {
            fenced ^= line.starts_with("```");
            let heading = !fenced && line.starts_with('#');
            let _ = writeln!(text, "{}{line}", if heading { "#" } else { "" });
        }
    }
    is_fresh("rules.md", &text);
}

#[test]
fn the_reference_of_the_policy_is_what_its_schema_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schema = run(downhaul(folder.path()).args(["schema", "policy"])).exits(0).json();
    let mut text = String::from(
        "# Every key of downhaul.toml\n\nMade from `downhaul schema policy`. What the keys are for: [policy.md](policy.md); the \
         options of the rules: [rules.md](rules.md).\n\n| key | type | default | |\n|---|---|---|---|\n",
    );
    let rules = schema["properties"]["rules"].clone();
    let mut without_rules = schema;
    without_rules["properties"].as_object_mut().expect("keys").remove("rules");
    keys(&without_rules, "", &mut text);
    text.push_str("\n## Options of the rules\n\nBelow `[rules.<id>]`; each takes `severity`, `severity_on_new` and `locked` too.\n\n\
                   | key | type | default | |\n|---|---|---|---|\n");
    keys(&rules, "rules", &mut text);
    is_fresh("policy-reference.md", &text);
}

/// What every rule takes is told once.
const OF_EVERY_RULE: [&str; 3] = ["severity", "severity_on_new", "locked"];

/// A row for each key of a schema and of what stands below it.
fn keys(schema: &Value, path: &str, text: &mut String) {
    let list = schema["items"]["properties"].as_object();
    let Some(properties) = schema["properties"].as_object().or(list) else { return };
    for (name, of_it) in properties {
        let is_list = of_it["items"]["properties"].is_object();
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let is_table = is_list || of_it["properties"].is_object();
        let is_told = !path.starts_with("rules.") || !OF_EVERY_RULE.contains(&name.as_str());
        if !is_table && is_told {
            let default = of_it.get("default").map(|value| format!("`{value}`")).unwrap_or_default();
            let says = of_it["description"].as_str().unwrap_or_default().replace('|', "\\|");
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| `{path}` | {} | {default} | {says} |", kind(of_it));
        }
        // Blocks of an override or a rule take what the rules take.
        if !path.ends_with(".rules") {
            keys(of_it, &if is_list { format!("{path}[]") } else { path }, text);
        }
    }
}

fn kind(schema: &Value) -> String {
    let Some(words) = schema["enum"].as_array() else {
        return match schema["type"].as_str() {
            Some("array") => "list".to_owned(),
            other => other.unwrap_or("any").to_owned(),
        };
    };
    words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let docs = project().join("docs");
    let contents = std::fs::read_to_string(docs.join("README.md")).expect("the table of contents");
    let listed: BTreeSet<PathBuf> = links(&contents).into_iter().map(|link| docs.join(link)).collect();
    for page in pages(&docs) {
        assert!(page.ends_with("README.md") || listed.contains(&page), "{} is in no list", page.display());
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let project = project();
    let mut all = pages(&project.join("docs"));
    all.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| project.join(name)));
    let mut followed = 0;
    for page in all {
        let text = std::fs::read_to_string(&page).expect("the page");
        for link in links(&text) {
            let target = page.parent().expect("a folder").join(link.split('#').next().unwrap_or_default());
            assert!(target.exists(), "{}: `{link}` leads nowhere", page.display());
            followed += 1;
        }
    }
    assert!(followed > 20, "{followed} links");
}

/// Links to files, not to the web nor within a page.
fn links(markdown: &str) -> Vec<&str> {
    let targets = markdown.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    let is_file = |target: &&str| {
        let is_plain = target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./_-#".contains(&byte));
        is_plain && !target.starts_with('#') && (target.contains('.') || target.contains('/'))
    };
    targets.filter(is_file).collect()
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}
