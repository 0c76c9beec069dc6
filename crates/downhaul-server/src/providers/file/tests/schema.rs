//! The published schema is the one that the shapes of the file give, with the words of the vocabulary beside each field.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::super::{SCHEMA, VERSION, wire, write};
use super::{empty, full};
use downhaul_core::Edition;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What types of the file are called in the vocabulary, where the names differ.
const NAMES: [(&str, &str); 5] = [
    ("Document", "Snapshot"),
    ("Server", "ServerInfo"),
    ("FlagType", "FlagTypeInfo"),
    ("Report", "UnknownName"),
    ("Entered", "ChangeRequest"),
];

/// Documentation of types, fields and variants: `Flag`, `Flag.stale`.
fn words() -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for entry in std::fs::read_dir(folder("../downhaul-core/src")).expect("the vocabulary is beside us") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("source is text");
        collect(&text, &mut words);
    }
    words
}

/// A small reader of the source, which rustfmt keeps regular: documentation, then what it is about.
fn collect(source: &str, words: &mut BTreeMap<String, String>) {
    let (mut doc, mut owner) = (String::new(), String::new());
    for line in source.lines() {
        let code = line.trim_start();
        if let Some(text) = code.strip_prefix("///") {
            if !doc.is_empty() {
                doc.push(' ');
            }
            doc.push_str(text.trim());
            continue;
        }
        if code.starts_with("#[") {
            continue;
        }
        let is_top = !line.starts_with(' ');
        let item = ["pub struct ", "pub enum "].iter().find_map(|kind| code.strip_prefix(kind));
        let name = item.unwrap_or(code.strip_prefix("pub ").unwrap_or(code));
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        if let (Some(_), true) = (item, is_top) {
            name[..end].clone_into(&mut owner);
            words.insert(owner.clone(), plain(&doc));
        } else if !doc.is_empty() && !owner.is_empty() && line.starts_with("    ") {
            words.entry(format!("{owner}.{}", &name[..end])).or_insert_with(|| plain(&doc));
        }
        doc.clear();
    }
}

/// Documentation without links into the source.
fn plain(doc: &str) -> String {
    doc.replace("[`", "`").replace("`]", "`").replace("crate::", "")
}

fn generated() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let schema = settings.into_generator().into_root_schema_for::<wire::Document>();
    let mut schema: Value = serde_json::to_value(schema).expect("a schema is JSON");
    let words = words();
    let root = schema.as_object_mut().expect("an object");
    root.insert("title".to_owned(), "Snapshot of a flag server, as `downhaul snapshot` writes it".into());
    let mut definitions = match root.remove("$defs") {
        Some(Value::Object(definitions)) => definitions,
        _ => panic!("a snapshot has parts"),
    };
    describe("Document", root, &words);
    let fields = root.get_mut("properties").and_then(Value::as_object_mut).expect("it has fields");
    fields.insert("version".to_owned(), json!({"const": VERSION, "description": "The format of the file."}));
    fields["tool"]["description"] = "What wrote it.".into();
    for (field, of) in [("previous", "Provenance.previous"), ("redacted", "Provenance.redacted")] {
        fields[field]["description"] = words[of].clone().into();
    }
    for (name, definition) in &mut definitions {
        describe(name, definition.as_object_mut().expect("an object"), &words);
    }
    root.insert("$defs".to_owned(), Value::Object(definitions));
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn describe(name: &str, schema: &mut Map<String, Value>, words: &BTreeMap<String, String>) {
    let core = NAMES.iter().find(|(wire, _)| *wire == name).map_or(name, |(_, core)| core);
    if let Some(text) = words.get(core) {
        schema.insert("description".to_owned(), text.clone().into());
    }
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (field, schema) in fields.into_iter().flatten() {
        if let (Some(text), Some(schema)) = (words.get(&format!("{core}.{field}")), schema.as_object_mut()) {
            schema.insert("description".to_owned(), text.clone().into());
        }
    }
}

#[test]
fn published_schema_is_fresh() {
    let path = folder("schemas/snapshot.schema.json");
    let schema = generated();
    if SCHEMA != schema {
        std::fs::write(&path, schema).expect("the schema can be written");
        panic!("{} was out of date and is written anew: read it and commit it", path.display());
    }
}

#[test]
fn what_is_written_is_valid_and_what_is_wrong_is_not() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let mut snapshots = vec![write(&full(), "1.2.3", false), write(&empty(Edition::Unknown), "1.2.3", false)];
    for case in ["8.2.0", "enterprise-double"] {
        let path = folder(&format!("../../fixtures/servers/unleash/{case}/snapshot.json"));
        snapshots.push(std::fs::read(path).expect("the case has a snapshot"));
    }
    snapshots.push(std::fs::read(folder("../../fixtures/demo/downhaul.snapshot.json")).expect("the demo has one"));
    for bytes in snapshots {
        let document: Value = serde_json::from_slice(&bytes).expect("a snapshot is JSON");
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut wrong: Value = serde_json::from_slice(&write(&full(), "1", false)).expect("JSON");
    for (pointer, value) in
        [("/captured_at", Value::from(3)), ("/gaps/0/reason", "bored".into()), ("/flags/0/key", "".into())]
    {
        let before = std::mem::replace(wrong.pointer_mut(pointer).expect(pointer), value);
        assert!(!validator.is_valid(&wrong), "{pointer}");
        *wrong.pointer_mut(pointer).expect(pointer) = before;
    }
    assert!(validator.is_valid(&wrong));
    wrong.as_object_mut().expect("an object").remove("events");
    assert!(!validator.is_valid(&wrong), "a snapshot has a log");
}
