//! `downhaul schema`: the JSON Schema of a file that downhaul writes or reads.

#[cfg(test)]
mod generate;

use downhaul_server::file;

use crate::args::SchemaArgs;
use crate::errors::{CliError, Exit};
use crate::output;

/// Made from the rules; a test compares.
pub(crate) const POLICY: &str = include_str!("../../schemas/policy.schema.json");

/// Made from what the reader of manifests knows; tests compare.
const MANIFEST: &str = include_str!("../../schemas/manifest.schema.json");

/// Every schema: its name, what it describes, its text. In alphabetical order.
const SCHEMAS: [(&str, &str, &str); 3] = [
    ("manifest", "what flags.toml may say", MANIFEST),
    ("policy", "what downhaul.toml may say", POLICY),
    ("snapshot", "what `downhaul snapshot` writes", file::SCHEMA),
];

pub(crate) fn run(args: &SchemaArgs) -> Result<Exit, CliError> {
    let Some(asked) = &args.name else {
        let width = SCHEMAS.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
        let list: String = SCHEMAS.iter().map(|(name, what, _)| format!("{name:width$}  {what}\n")).collect();
        output::print(list.as_bytes())?;
        return Ok(Exit::Clean);
    };
    let Some((_, _, text)) = SCHEMAS.iter().find(|(name, ..)| name == asked) else {
        let names: Vec<&str> = SCHEMAS.iter().map(|(name, ..)| *name).collect();
        return Err(CliError::usage(format!("there is no schema `{asked}`"))
            .hint(format!("there are schemas of: {}", names.join(", "))));
    };
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

#[cfg(test)]
mod tests {
    use super::SCHEMAS;

    #[test]
    fn schemas_are_json_and_stand_in_order() {
        assert!(SCHEMAS.is_sorted_by_key(|(name, ..)| *name));
        for (name, _, text) in SCHEMAS {
            let schema: serde_json::Value =
                serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(schema["$schema"].is_string(), "{name}");
        }
    }

    /// Compares a schema with its file; `BLESS=1` writes it anew.
    fn is_fresh(name: &str, fresh: &str) {
        let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, fresh).expect("the schema can be written");
        }
        let committed = std::fs::read_to_string(&path).expect("the schema");
        assert!(committed == fresh, "the schema of the {name} is stale; run this test with BLESS=1");
    }

    #[test]
    fn the_schema_of_the_policy_is_fresh() {
        is_fresh("policy", &super::generate::policy());
    }

    #[test]
    fn the_schema_of_the_manifest_is_fresh() {
        is_fresh("manifest", &super::generate::manifest());
    }

    /// A manifest that the reader takes, and what is wrong with others.
    const MANIFESTS: [(&str, bool); 14] = [
        ("", true),
        (
            "version = 1\n[flags.a]\ntype = 'release'\nowner = '@x'\ndescription = 'd'\nstate = 'planned'\ndefault = false\n\
             default_by_path = { 'src/**' = true }\nsafe_value = true\nexpires = '2026-05-31'\nnot_before = '2026-01-01'\n\
             success = [{ metric = 'm', goal = 'g', window = '14d' }]\nguardrails = ['alert:a']\n\
             removal = { issue = 'S-1', keep = 'on' }\nreview = { date = '2026-06-01', outcome = 'kept', link = 'l' }\n\
             [flags.a.env.production]\nenabled = true\nrollout = { min = 0, max = 25 }\nvariants = ['b']\nsegments = ['s']\n",
            true,
        ),
        ("[flags.a]\nenv.production.rollout = 25\n", true),
        ("[flags.a.b]\n", false),
        ("version = 2\n", false),
        ("other = 1\n", false),
        ("[flags.a]\ntype = 'relase'\n", false),
        ("[flags.a]\nstate = 'gone'\n", false),
        ("[flags.a]\nsafe_value = 'on'\n", false),
        ("[flags.a]\nsuccess = [{ metric = 'm' }]\n", false),
        ("[flags.a]\nremoval = {}\n", false),
        ("[flags.a]\nenv.production.rollout = 101\n", false),
        ("[flags.a]\nenv.production = { on = true }\n", false),
        ("[flags.a]\nguardrails = 'alert:a'\n", false),
    ];

    #[test]
    fn the_schema_of_the_manifest_and_its_reader_agree() {
        let schema: serde_json::Value = serde_json::from_str(super::MANIFEST).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        for (text, good) in MANIFESTS {
            let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            let value = serde_json::to_value(table).expect("JSON");
            assert_eq!(validator.is_valid(&value), good, "the schema about {text}");
            let read = downhaul_policy::read_manifest("flags.toml", text);
            assert_eq!(read.is_ok(), good, "the reader about {text}: {:?}", read.err());
        }
    }

    #[test]
    fn the_schema_of_the_manifest_has_every_key_that_its_reader_knows() {
        let schema: serde_json::Value = serde_json::from_str(super::MANIFEST).expect("JSON");
        let flag = &schema["properties"]["flags"]["additionalProperties"]["properties"];
        let mut keys: Vec<&str> = flag.as_object().expect("keys").keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, downhaul_policy::MANIFEST_KEYS);
    }
}
