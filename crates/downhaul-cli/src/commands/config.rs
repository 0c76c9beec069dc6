//! `downhaul config show`: what the settings come to, and where each comes from.

use std::fmt::Write;

use downhaul_policy::{Origin, Policy, Setting};
use downhaul_report::Format;
use serde_json::json;

use crate::args::{ConfigCommand, Global};
use crate::commands::judge;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global, command: &ConfigCommand) -> Result<Exit, CliError> {
    let ConfigCommand::Show = command;
    let settings = Settings::new(global, None)?;
    let as_json_too = |format| matches!(format, Format::Json | Format::Text | Format::Concise);
    settings.refuse_formats(as_json_too, "settings are no findings")?;
    let policy = judge::policy(&settings)?;
    let rows = rows(global, &settings, &policy);
    let text = if settings.format == Format::Json { as_json(&rows) } else { as_text(&rows) };
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// A setting, its value, and where it comes from.
struct Row {
    key: String,
    value: String,
    origin: String,
}

fn rows(global: &Global, settings: &Settings, policy: &Policy) -> Vec<Row> {
    let mut rows = run_rows(global, settings);
    let of_policy = policy.settings().into_iter().map(|Setting { key, value, origin }| Row {
        key,
        value: value.to_string(),
        origin: origin_text(&origin),
    });
    rows.extend(of_policy);
    rows
}

/// What is set for this run alone, and what the policy says of other crates' business.
fn run_rows(global: &Global, settings: &Settings) -> Vec<Row> {
    let row = |key: &str, value: String, origin: String| Row { key: key.to_owned(), value, origin };
    let given = |is_option: bool, variable: &str, otherwise: &str| {
        let is_variable = std::env::var_os(variable).is_some_and(|value| !value.is_empty());
        // The argument parser takes the variable where the option is absent, so both look alike to it.
        let typed = std::env::args().any(|word| word.starts_with(&format!("--{}", variable_option(variable))));
        match (is_option, typed, is_variable) {
            (true, true, _) => format!("option --{}", variable_option(variable)),
            (true, false, true) => format!("environment {variable}"),
            _ => otherwise.to_owned(),
        }
    };
    let quoted = |text: &str| format!("\"{text}\"");
    let list = |names: &[String]| format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "));
    let placed = |key: &str| {
        let place = settings.config.policy.places.get(key);
        place.map_or_else(|| "default".to_owned(), |place| format!("{}:{}", place.path, place.start.line))
    };
    let found = if settings.config.path.is_some() { "found upwards" } else { "no policy file: defaults" };
    let server = settings.config.server.clone().unwrap_or_default();
    let url = if std::env::var_os(&server.url_env).is_some() { "set" } else { "not set" };
    let token = if std::env::var_os(&server.token_env).is_some() { "set" } else { "not set" };
    vec![
        row("policy files", list(&settings.config.layers), given(global.config.is_some(), "DOWNHAUL_CONFIG", found)),
        row(
            "root",
            quoted(&settings.shown_root),
            if global.root.is_some() { "option --root" } else { "git root, else working directory" }.to_owned(),
        ),
        row("format", quoted(settings.format.as_str()), given(global.format.is_some(), "DOWNHAUL_FORMAT", "default")),
        row("server address", quoted(url), format!("environment {} ({})", server.url_env, placed("server.url_env"))),
        row(
            "server token",
            quoted(token),
            format!("environment {} ({})", server.token_env, placed("server.token_env")),
        ),
        row("server.production", list(&server.production), placed("server.production")),
        row("manifest.files", list(&settings.config.manifest.files), placed("manifest.files")),
        row("repos.expected", list(&settings.config.repos.expected), placed("repos.expected")),
        row("repos.max_age_days", settings.config.repos.max_age_days.to_string(), placed("repos.max_age_days")),
    ]
}

fn variable_option(variable: &str) -> String {
    variable.trim_start_matches("DOWNHAUL_").to_lowercase()
}

pub(crate) fn origin_text(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::Preset(name) => format!("preset {name}"),
        Origin::File(place) => format!("{}:{}", place.path, place.start.line),
    }
}

fn as_text(rows: &[Row]) -> String {
    let width = |of: fn(&Row) -> &String| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).min(60);
    let (keys, values) = (width(|row| &row.key), width(|row| &row.value));
    let mut text = String::new();
    for Row { key, value, origin } in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{key:keys$}  {value:values$}  {origin}");
    }
    text
}

fn as_json(rows: &[Row]) -> String {
    let rows: Vec<_> =
        rows.iter().map(|row| json!({"key": row.key, "value": row.value, "origin": row.origin})).collect();
    let tool = json!({"name": "downhaul", "version": env!("CARGO_PKG_VERSION")});
    format!("{:#}\n", json!({"version": 1, "tool": tool, "settings": rows}))
}
