//! Renders a report as text, JSON, SARIF or annotations.
//!
//! What may be shown is in [`CheckReport`] and [`ScanReport`]; the list of formats is [`Format`]; one file for each
//! stands in `formats/`. Output is a pure function of the report: no file, clock, environment or terminal is looked
//! at here. Source text comes through [`SourceText`], so that the caller decides where it is read.
//!
//! Code, flag servers and their names are written by others. Whatever of them reaches a terminal or a log goes
//! through `printable`, whatever reaches a format's syntax is escaped by that format's own rules.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod dashboard;
mod diff;
mod format;
mod formats;
mod frame;
mod json;
mod line_hash;
mod markup;
mod printable;
mod proposal;
mod report;
mod uri;
mod wording;

#[cfg(test)]
mod tests;

pub use dashboard::{DashboardLine, dashboard_body};
pub use format::{Format, ReportError, render_check, render_clean, render_scan};
pub use printable::printable;
pub use proposal::ProposalReport;
pub use report::{
    CheckReport, CleanReport, Details, GateVerdict, Revision, Run, ScanReport, Since, SourceText, Stats, Style,
};
pub use wording::description as describe;
