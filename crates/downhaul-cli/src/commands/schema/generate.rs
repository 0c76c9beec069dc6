//! Makes the schemas of the policy file and of the manifest anew, for the tests that compare them with the committed ones.

use downhaul_policy::{PRESET_NAMES, RuleListing, diagnostics, rules};
use serde_json::{Map, Value, json};

const SEVERITIES: [&str; 4] = ["off", "note", "warning", "error"];

/// The whole schema, as its file has it.
pub(super) fn policy() -> String {
    let rule_tables: Map<String, Value> =
        rules().chain(diagnostics()).map(|rule| (rule.info.id.to_owned(), of_rule(&rule))).collect();
    let rules_of_blocks: Map<String, Value> = rules()
        .map(|rule| {
            (rule.info.id.to_owned(), json!({"$ref": format!("#/properties/rules/properties/{}", rule.info.id)}))
        })
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "downhaul.toml",
        "description": "The policy of downhaul: what is asked of feature flags, and when a run fails.",
        "type": "object",
        "required": ["version"],
        "additionalProperties": false,
        "properties": {
            "version": {"const": 1, "description": "The form of this file."},
            "extends": texts("Policy files that hold where this one says nothing else; paths relative to this file."),
            "preset": {"enum": PRESET_NAMES, "default": "standard", "description": "What holds where this file says nothing else."},
            "timezone": {"type": "string", "default": "UTC", "description": "IANA name of the zone that days are read in."},
            "server": server(),
            "scan": scan(),
            "wrapper": calls(
                "Functions and methods that ask for the flag they are given.",
                &["name"],
                json!({
                    "name": {"type": "string", "description": "Its name; Service.isOn for a method of what is called or typed Service."},
                    "argument": argument(),
                }),
            ),
            "sdk": calls(
                "Calls of a package or object that ask for the flag they are given.",
                &["call"],
                json!({
                    "import": {"type": "string", "description": "The module it is imported from."},
                    "receiver": {"type": "string", "description": "The name or type of the object it is called on."},
                    "call": {"type": "string", "description": "The name of the function or method."},
                    "argument": argument(),
                    "kind": {"type": "string", "description": "What it gives."},
                }),
            ),
            "manifest": object(json!({"files": texts("Manifest files and globs: .toml is ours, .json is read as an OpenFeature flag manifest.")})),
            "repos": object(json!({
                "expected": texts("Repositories that have to be looked at before a flag can be called unused: github:acme/shop."),
                "max_age_days": whole("Days after which an inventory no longer tells that something is absent.", 7),
            })),
            "gate": gate(),
            "baseline": object(json!({
                "max_age_days": whole("Days after which an old finding comes due.", Value::Null),
                "max_age_days_by_rule": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
            })),
            "lifetimes": {
                "type": "object",
                "description": "Days that a flag of a type may live; 0 means for ever.",
                "propertyNames": {"enum": TYPES},
                "additionalProperties": {"type": "integer", "minimum": 0},
            },
            "rules": {"type": "object", "additionalProperties": false, "properties": rule_tables},
            "override": blocks(
                "Other settings for what the selectors match; later blocks win.",
                &[],
                json!({
                    "preset": {"enum": PRESET_NAMES},
                    "rules": {"type": "object", "additionalProperties": false, "properties": rules_of_blocks},
                }),
            ),
            "windows": {
                "type": "array",
                "description": "Hours of the week in which production may be changed.",
                "items": object(json!({
                    "name": {"type": "string", "description": "What people call it."},
                    "days": {"type": "array", "items": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}, "description": "Every day where absent."},
                    "from": {"type": "string", "description": "Time of day from which on: 08:00."},
                    "to": {"type": "string", "description": "Time of day until which; one that is not later than `from` is on the next day."},
                    "zone": {"type": "string", "description": "IANA name of its zone; that of the policy where absent."},
                    "project": {"type": "string", "description": "Glob over projects."},
                    "environment": {"type": "string", "description": "Glob over environments."},
                })),
            },
            "freeze": {
                "type": "array",
                "description": "Days on which production is left alone.",
                "items": required(&["from", "to"], object(json!({
                    "name": {"type": "string", "description": "What people call it."},
                    "from": {"type": "string", "format": "date", "description": "The first day."},
                    "to": {"type": "string", "format": "date", "description": "The last day."},
                    "zone": {"type": "string", "description": "IANA name of its zone; that of the policy where absent."},
                    "project": {"type": "string", "description": "Glob over projects."},
                    "environment": {"type": "string", "description": "Glob over environments."},
                }))),
            },
            "exempt": blocks(
                "Findings of one rule that are accepted until a day.",
                &["rule", "reason", "expires", "approved_by"],
                json!({
                    "rule": {"enum": rules().map(|rule| rule.info.id).collect::<Vec<_>>()},
                    "reason": {"type": "string", "minLength": 1},
                    "expires": {"type": "string", "format": "date", "description": "The last day on which it holds."},
                    "approved_by": {"type": "string", "minLength": 1},
                }),
            ),
        },
    });
    format!("{schema:#}\n")
}

/// The schema of `flags.toml`, as its file has it.
pub(super) fn manifest() -> String {
    let value = "A fallback: true or false, the name of a variant, a number or a structure.";
    let side = json!({"type": "string", "description": "on, off, or the name of a variant."});
    let percent = || json!({"type": "integer", "minimum": 0, "maximum": 100});
    let flag = object(json!({
        "type": {"enum": TYPES, "description": "What kind of flag it is."},
        "owner": {"type": "string", "description": "Who answers for it: @acme/checkout, a name, an address."},
        "description": {"type": "string", "description": "What it is for."},
        "state": {"enum": ["planned", "active", "retired"], "description": "Whether it exists on the server yet."},
        "default": {"description": format!("What every call is to fall back on. {value}")},
        "default_by_path": {"type": "object", "additionalProperties": true, "description": format!("Glob over paths to the fallback there, in this order. {value}")},
        "safe_value": {"type": "boolean", "description": "The side on which nothing breaks, for kill switches."},
        "expires": {"type": "string", "format": "date", "description": "The last day on which it may stand in the code."},
        "not_before": {"type": "string", "format": "date", "description": "The day before which nobody has to expect it live."},
        "success": {
            "type": "array",
            "description": "How one will know that the release is a success.",
            "items": required(&["metric", "goal"], object(json!({
                "metric": {"type": "string", "description": "What is measured."},
                "goal": {"type": "string", "description": "What it should come to: >= +1.0 pp."},
                "window": {"type": "string", "description": "How long it is looked at: 14d."},
            }))),
        },
        "guardrails": texts("What watches over the rollout: alert:checkout-5xx."),
        "removal": {
            "type": "object",
            "description": "How it will leave the code.",
            "additionalProperties": false,
            "minProperties": 1,
            "properties": {
                "issue": {"type": "string", "description": "Where the work is written down."},
                "keep": side,
            },
        },
        "env": {
            "type": "object",
            "description": "What each environment is meant to serve, by its name. What is not stated may be anything.",
            "additionalProperties": object(json!({
                "enabled": {"type": "boolean", "description": "The switch."},
                "rollout": {
                    "description": "The share of contexts that get it: one number, or a range.",
                    "anyOf": [percent(), object(json!({"min": percent(), "max": percent()}))],
                },
                "variants": texts("The variants that may be served."),
                "segments": texts("Names of the segments that may be used."),
            })),
        },
        "review": {
            "type": "object",
            "description": "What came of it, written after the launch.",
            "additionalProperties": false,
            "properties": {
                "date": {"type": "string", "format": "date", "description": "The day of the review."},
                "outcome": {"type": "string", "description": "kept, discarded, or in words."},
                "link": {"type": "string", "description": "Where the review is written down."},
            },
        },
    }));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "flags.toml",
        "description": "The manifest of downhaul: what each flag is meant to be.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "version": {"const": 1, "description": "The form of this file."},
            "flags": {"type": "object", "description": "The flags, by their keys.", "additionalProperties": flag},
        },
    });
    format!("{schema:#}\n")
}

const TYPES: [&str; 6] = ["release", "experiment", "operational", "kill-switch", "permission", "sunset"];

fn server() -> Value {
    object(json!({
        "kind": {"type": "string", "default": "unleash", "description": "The provider."},
        "url_env": {"type": "string", "default": "UNLEASH_URL", "description": "Name of the variable that holds the address."},
        "token_env": {"type": "string", "default": "UNLEASH_TOKEN", "description": "Name of the variable that holds the token."},
        "projects": texts("Projects that the token is expected to see."),
        "file": {"type": "string", "description": "Of providers that are files: which one, relative to this file."},
        "environment": {"type": "string", "description": "Of providers that tell of one environment only: which one it is."},
        "project": {"type": "string", "description": "Of GitLab: the number of the project, or its path."},
        "production": texts("Environments that count as production; those of type production where absent."),
        "lookback_days": whole("Days of the event log to read; all of it where absent.", Value::Null),
        "timeout_seconds": whole("How long one request may take.", 30),
        "total_timeout_seconds": whole("How long a whole capture may take; what is missing then is a gap.", 1200),
        "ca_file": {"type": "string", "description": "More certificate authorities (PEM), relative to this file."},
        "accept_any_certificate": {"type": "boolean", "default": false, "description": "Takes any certificate, so that whoever sits between can read the token. For trying things out only."},
    }))
}

fn scan() -> Value {
    object(json!({
        "exclude": texts("Globs of files to leave out, besides those that git ignores."),
        "max_file_size": whole("Files larger than this many bytes are skipped.", 8 << 20),
        "tests": texts("Globs of more files that are tests."),
        "docs": texts("Globs of more files that are documents."),
        "generated": texts("Globs of more files that a program writes."),
        "vendored": texts("Globs of more files that are somebody else's."),
    }))
}

fn gate() -> Value {
    let levels = ["never", "note", "warning", "error"];
    object(json!({
        "fail_on": {"enum": levels, "default": "error", "description": "The mildest severity that fails a run."},
        "fail_on_new": {"enum": levels, "description": "The same for findings on added lines."},
        "require": {
            "type": "array",
            "items": {"enum": rules().map(|rule| rule.info.id).collect::<Vec<_>>()},
            "description": "Rules that have to be evaluated; a run that cannot ends with 3.",
        },
        "max_exemption_days": whole("Days from today beyond which no exemption may reach.", Value::Null),
        "exemption_approvers": texts("Who may approve exemptions; anybody where absent."),
    }))
}

/// The settings of a rule: its options by the kind of their defaults, with what its page says of them.
fn of_rule(rule: &RuleListing) -> Value {
    let mut properties = Map::new();
    properties.insert("severity".to_owned(), json!({"enum": SEVERITIES, "default": rule.info.severity.as_str()}));
    properties.insert(
        "severity_on_new".to_owned(),
        json!({"enum": SEVERITIES[1..], "default": rule.info.severity_on_new.as_str()}),
    );
    properties.insert(
        "locked".to_owned(),
        json!({"type": "boolean", "description": "Files that extend this one may tighten the rule and not loosen it."}),
    );
    for (name, default) in &rule.options {
        let mut schema = of_value(default);
        schema["default"] = json!(default);
        if let Some(words) = description(rule.info.docs, name) {
            schema["description"] = words.into();
        }
        properties.insert(name.clone(), schema);
    }
    json!({"type": "object", "description": rule.info.summary, "additionalProperties": false, "properties": properties})
}

fn of_value(value: &toml::Value) -> Value {
    match value {
        toml::Value::Integer(_) => json!({"type": "integer", "minimum": 0}),
        toml::Value::Float(_) => json!({"type": "number"}),
        toml::Value::Boolean(_) => json!({"type": "boolean"}),
        toml::Value::Array(_) => json!({"type": "array"}),
        toml::Value::Table(_) => json!({"type": "object"}),
        toml::Value::String(_) | toml::Value::Datetime(_) => json!({"type": "string"}),
    }
}

/// What stands after the option on the rule's page: "- `after_days = 30`: how many days …".
fn description(page: &str, option: &str) -> Option<String> {
    let start = format!("- `{option} = ");
    let (_, rest) = page.split_once(&start)?;
    let (_, words) = rest.split_once("`")?;
    let end = ["\n- ", "\n\n", "\n#"].iter().filter_map(|stop| words.find(stop)).min().unwrap_or(words.len());
    let words = words[..end].split_whitespace().collect::<Vec<_>>().join(" ");
    Some(words.trim_start_matches([':', ' ', ',']).to_owned()).filter(|words| !words.is_empty())
}

fn blocks(description: &str, required: &[&str], more: Value) -> Value {
    let selectors = json!({
        "project": {"type": "string", "description": "Glob over projects."},
        "environment": {"type": "string", "description": "Glob over environments."},
        "environment_type": {"enum": ["production", "pre-production", "development", "test"]},
        "flag": {"type": "string", "description": "Glob over flags."},
        "flag_type": {"enum": TYPES},
        "tag": {"type": "string", "description": "kind:value, or the value alone."},
        "owner": {"type": "string", "description": "Glob over owners."},
        "path": {"type": "string", "description": "Glob over paths; all places of a finding have to match."},
        "language": {"type": "string", "description": "Id of a language; its dialects count too, as TSX does for typescript."},
    });
    let mut properties = selectors;
    if let (Some(all), Some(more)) = (properties.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    json!({"type": "array", "description": description, "items": self::required(required, object(properties))})
}

fn calls(description: &str, required: &[&str], properties: Value) -> Value {
    json!({"type": "array", "description": description, "items": self::required(required, object(properties))})
}

fn argument() -> Value {
    json!({"type": ["integer", "string"], "description": "The argument that is the key, from 0, or its name."})
}

fn required(keys: &[&str], mut object: Value) -> Value {
    if !keys.is_empty() {
        object["required"] = json!(keys);
    }
    object
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn texts(description: &str) -> Value {
    json!({"type": "array", "items": {"type": "string"}, "description": description})
}

fn whole(description: &str, default: impl Into<Value>) -> Value {
    let mut schema = json!({"type": "integer", "minimum": 0, "description": description});
    let default: Value = default.into();
    if !default.is_null() {
        schema["default"] = default;
    }
    schema
}
