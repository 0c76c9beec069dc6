//! One sample report, rendered in every format.

mod formats;
mod github;
mod sample;
mod sarif;
mod snapshots;
