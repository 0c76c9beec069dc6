//! One finding as compilers show it: title, code, related code, evidence, help.

use std::borrow::Cow;
use std::sync::Arc;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use downhaul_core::{EvidenceItem, Finding, Location, LogicalLocation, Severity};

use crate::frame::Frame;
use crate::printable::{break_commands, printable};
use crate::report::{Run, Style};

/// The finding over several lines, without a line break at the end.
pub(super) fn render(finding: &Finding, run: &Run<'_>) -> String {
    let title = level(finding.severity).primary_title(printable(&finding.message)).id(finding.rule);
    let mut group = Group::with_title(title);
    if let Some(location) = finding.anchor.location() {
        group = place(group, location, AnnotationKind::Primary, None, run);
    }
    for label in &finding.related {
        group = place(group, &label.location, AnnotationKind::Context, Some(&label.message), run);
    }
    if let Some(logical) = &finding.logical {
        group = group.element(Level::NOTE.message(subject(logical, &run.style)));
    }
    for item in &finding.evidence {
        group = group.element(Level::NOTE.with_name("evidence").message(evidence(item)));
    }
    if let Some(suppressed) = &finding.suppressed {
        let why = format!("{}: {}", suppressed.kind, printable(&suppressed.justification));
        group = group.element(Level::NOTE.with_name("accepted").message(why));
    }
    group = group.element(Level::HELP.message(printable(&finding.remediation)));
    break_commands(without_marks(&renderer(&run.style).render(&[group])))
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note | Severity::Off => Level::NOTE,
    }
}

fn renderer(style: &Style) -> Renderer {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    renderer.hyperlink(style.links).term_width(style.width)
}

/// A place with its code, or with its name alone where the code cannot be had.
fn place<'a>(
    group: Group<'a>,
    location: &Location,
    kind: AnnotationKind,
    label: Option<&'a str>,
    run: &Run<'_>,
) -> Group<'a> {
    let text: Option<Arc<str>> = run.sources.text(&location.path);
    let name = printable_place(location);
    match (text.and_then(|text| Frame::new(&text, location)), label) {
        (Some(frame), _) => {
            let annotation: Annotation<'a> = kind.span(frame.span).label(label.map(printable));
            let snippet = Snippet::source(Cow::<'a, str>::Owned(frame.text))
                .line_start(usize::try_from(location.start.line).unwrap_or(usize::MAX))
                .path(format!("{name}{MARK}"));
            group.element(snippet.annotation(annotation))
        }
        (None, Some(label)) => {
            group.element(Level::NOTE.with_name("at").message(format!("{name}: {}", printable(label))))
        }
        (None, None) => group.element(Origin::path(name)),
    }
}

/// `path:line:column` behind an arrow.
fn printable_place(location: &Location) -> String {
    format!("{}:{}:{}", printable(&location.path), location.start.line, location.start.column)
}

/// Stands between a place and the position that the renderer appends to it. The renderer counts characters of the cut
/// line, everything else UTF-16 units of the whole one. No text that has gone through `printable` can hold this.
const MARK: char = '\u{1}';

/// Takes the marks out, each with the position after it.
fn without_marks(rendered: &str) -> String {
    let mut parts = rendered.split(MARK);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut text, part| {
        text.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
        text
    })
}

/// The finding's name in the server's world, with a link to the page that shows it.
fn subject(logical: &LogicalLocation, style: &Style) -> String {
    let name = printable(&logical.name);
    let url = logical.url.as_deref().filter(|url| is_plain_link(url));
    match url {
        Some(url) if style.links => format!("\u{1b}]8;;{url}\u{1b}\\{name}\u{1b}]8;;\u{1b}\\"),
        Some(url) => format!("{name} ({url})"),
        None => name.into_owned(),
    }
}

/// Whether a link can be written as it is: to a web page, and without a character that could end an escape sequence.
fn is_plain_link(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web && url.bytes().all(|byte| byte.is_ascii_graphic())
}

fn evidence(item: &EvidenceItem) -> String {
    let when = item.when.map(|when| format!(" {when}")).unwrap_or_default();
    format!("{}{when} [{}]", printable(&item.what), printable(&item.source))
}
