//! Why a line is or is not a reference; why a file was not scanned.

use std::fmt::Write as _;

use downhaul_core::{Confidence, Reference, ReferenceKind, Resolution};
use downhaul_lang::Catalog;
use downhaul_report::{SourceText, describe, printable};
use downhaul_scanner::Scan;

use super::{Known, Place};
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;
use crate::sources::Sources;

pub(super) fn explain(settings: &Settings, known: &Known, place: &Place) -> Result<Exit, CliError> {
    let outside = || CliError::usage(format!("{} lies outside of {}", place.file.display(), settings.shown_root));
    let path = relative(settings, place).ok_or_else(outside)?;
    let catalog = Catalog::load();
    let why = downhaul_scanner::left_out(&known.request, catalog, &path)
        .map_err(|error| CliError::usage(error.to_string()))?;
    let mut text = String::new();
    if let Some(why) = why {
        let _ = writeln!(text, "{} is not scanned: {}", printable(&path), printable(&why));
        output::print(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let scan = known.scan(settings)?;
    about_file(known, &scan, &path, &mut text);
    let sources = Sources::new(settings.root.clone());
    match place.line {
        Some(line) => about_line(known, &scan, &sources, (&path, line), &mut text)?,
        None => {
            for reference in scan.references.iter().filter(|reference| &*reference.location.path == path.as_str()) {
                about_reference(reference, &sources, &mut text);
            }
        }
    }
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// The path as the scan names it. The file itself may be a link, so only its folder is resolved.
fn relative(settings: &Settings, place: &Place) -> Option<String> {
    let folder = place.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(std::path::Path::new(".")).canonicalize().ok()?;
    let full = folder.join(place.file.file_name()?);
    let inside = full.strip_prefix(&settings.root).ok()?;
    Some(inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// How the file as a whole was read.
fn about_file(known: &Known, scan: &Scan, path: &str, text: &mut String) {
    let catalog = Catalog::load();
    let shown = printable(path);
    let language = catalog.language_of(path).map(|id| catalog.language(id).facts.name.as_str());
    let _ = match language {
        Some(language) => writeln!(text, "{shown} is scanned, as {language}"),
        None => writeln!(text, "{shown} is scanned by its words alone: its language is not known"),
    };
    for skipped in scan.skipped.iter().filter(|skipped| skipped.path == path) {
        let detail = printable(&skipped.detail);
        let _ = writeln!(text, "  but not all of it was understood ({}): {detail}", skipped.reason.as_str());
    }
    if known.request.keys.is_empty() {
        let _ =
            writeln!(text, "  no keys are known (--keys FILE, or a snapshot): only what is traced to an SDK counts");
    }
}

fn about_line(
    known: &Known,
    scan: &Scan,
    sources: &Sources,
    (path, line): (&str, u32),
    text: &mut String,
) -> Result<(), CliError> {
    let source = sources.text(path).unwrap_or_default();
    let lines = source.lines().count();
    let Some(code) = usize::try_from(line).ok().and_then(|line| source.lines().nth(line.checked_sub(1)?)) else {
        return Err(CliError::usage(format!("{path} has no line {line}: it has {lines}")));
    };
    let _ = writeln!(text, "\n{line} | {}\n", printable(code.trim_end()));
    let on_line = |reference: &&Reference| {
        let location = &reference.location;
        &*location.path == path && (location.start.line..=location.end.line).contains(&line)
    };
    let here: Vec<&Reference> = scan.references.iter().filter(on_line).collect();
    for reference in &here {
        about_reference(reference, sources, text);
    }
    let leads_to: Vec<&Reference> = scan
        .references
        .iter()
        .filter(|reference| {
            reference.via.iter().any(|via| &*via.location.path == path && via.location.start.line == line)
        })
        .filter(|reference| !on_line(reference))
        .collect();
    if !leads_to.is_empty() {
        let _ = writeln!(text, "what stands here leads to");
        for reference in &leads_to {
            let _ = writeln!(text, "  {} of {}", place(reference), key(reference));
        }
    }
    if here.is_empty() && leads_to.is_empty() {
        let _ = writeln!(text, "no reference: {}", why_none(known, code));
    }
    Ok(())
}

/// What a line without any reference lacks.
fn why_none(known: &Known, code: &str) -> String {
    let part = |text: &str| {
        known.request.keys.iter().filter(|key| text.contains(key.as_str())).map(|key| format!("`{key}`")).next()
    };
    match part(code) {
        Some(key) => {
            format!("{key} is there, but only as a part of a longer name or path, or in a place where it is no flag")
        }
        None => "no known key stands here, nothing here leads to one, and no call here is traced to an SDK or to a \
                 function that hands its parameter on to one"
            .to_owned(),
    }
}

/// What a reference is, how its key was found, and the places that led there.
fn about_reference(reference: &Reference, sources: &Sources, text: &mut String) {
    let _ = writeln!(text, "{}: {} of {}", place(reference), reference.kind.as_str(), key(reference));
    let _ = writeln!(text, "  key: {}", rung(reference.resolution));
    let _ = writeln!(text, "  receiver: {}", receiver(reference));
    for via in &reference.via {
        let line = sources.text(&via.location.path).and_then(|source| {
            let index = usize::try_from(via.location.start.line).ok()?.checked_sub(1)?;
            Some(printable(source.lines().nth(index)?.trim()).into_owned())
        });
        let start = via.location.start;
        let (path, role) = (printable(&via.location.path), via.role.as_str());
        let _ = writeln!(text, "  {role}: {path}:{}:{}  {}", start.line, start.column, line.unwrap_or_default());
    }
    let surroundings = &reference.enclosing;
    let function = surroundings.function.as_deref().map_or("the top of the file".into(), printable);
    let _ = writeln!(text, "  in: {function}, evaluated {}", surroundings.timing.describe());
    let _ = writeln!(text, "  as listed: {}", describe(reference));
    if let Some(why) = not_listed(reference) {
        let _ = writeln!(text, "  not listed by a plain scan: {why}");
    }
    text.push('\n');
}

fn place(reference: &Reference) -> String {
    let location = &reference.location;
    format!("{}:{}:{}", printable(&location.path), location.start.line, location.start.column)
}

fn key(reference: &Reference) -> String {
    match reference.flag() {
        Some(flag) => format!("`{}`", printable(flag.as_str())),
        None => "a key that is made at run time".to_owned(),
    }
}

/// The rung of the ladder, in words.
fn rung(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Literal => "a literal at the call",
        Resolution::Constant => "through a constant, member or variable",
        Resolution::Wrapper => "handed to a function that hands it on to an evaluation",
        Resolution::Set => "one of several literals",
        Resolution::Pattern => "made at run time, with parts that are known",
        Resolution::Dynamic => "made at run time; nothing of it is known",
        Resolution::Text => "plain text that equals a key",
        Resolution::Lexical => "by its words: the place did not parse",
    }
}

fn receiver(reference: &Reference) -> String {
    match (&reference.sdk, reference.confidence) {
        (Some(sdk), Confidence::High) => format!("traced to the SDK `{sdk}`, or its key is a known one"),
        (_, Confidence::High) => "needs none, or its key is a known one".to_owned(),
        (Some(sdk), Confidence::Low) => format!("only named like a call of the SDK `{sdk}`: it could not be traced"),
        (None, Confidence::Low) => "not traced".to_owned(),
    }
}

fn not_listed(reference: &Reference) -> Option<&'static str> {
    if reference.kind == ReferenceKind::Mention {
        return Some("a mention is listed with --mentions only");
    }
    let is_weak = reference.confidence == Confidence::Low && reference.resolution != Resolution::Lexical;
    is_weak.then_some("neither its receiver nor its key is known")
}
