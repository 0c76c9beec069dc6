//! `downhaul schema`: the JSON Schema of a file that downhaul writes or reads.

#[cfg(test)]
mod generate;

use downhaul_server::file;

use crate::args::SchemaArgs;
use crate::errors::{CliError, Exit};
use crate::output;

/// Made from the rules; a test compares.
pub(crate) const POLICY: &str = include_str!("../../schemas/policy.schema.json");

/// Every schema: its name, what it describes, its text. In alphabetical order.
const SCHEMAS: [(&str, &str, &str); 2] =
    [("policy", "what downhaul.toml may say", POLICY), ("snapshot", "what `downhaul snapshot` writes", file::SCHEMA)];

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

    /// `BLESS=1` writes it anew.
    #[test]
    fn the_schema_of_the_policy_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/policy.schema.json");
        let fresh = super::generate::policy();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &fresh).expect("the schema can be written");
        }
        let committed = std::fs::read_to_string(path).expect("the schema");
        assert!(committed == fresh, "the schema is not what the rules say; run this test with BLESS=1");
    }
}
