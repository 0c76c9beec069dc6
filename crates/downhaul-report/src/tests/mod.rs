//! One sample report, rendered in every format.

mod formats;
mod github;
mod many;
mod sample;
mod sarif;
mod snapshots;
