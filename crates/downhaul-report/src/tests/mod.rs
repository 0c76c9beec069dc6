//! One sample report, rendered in every format.

mod sample;
mod snapshots;
