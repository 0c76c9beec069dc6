//! The end-to-end tests: the binary on small repositories, the demo, wrong input, and the shape of the project.

mod approvals;
mod change;
mod ci;
mod clean;
mod demo;
mod docs;
mod estate;
mod explain;
// Shared with the tests of the host crate, which fails it on purpose.
#[allow(dead_code, reason = "each of the two uses a part of it")]
#[path = "../../crates/downhaul-host/tests/it/forge/mod.rs"]
mod forge;
mod gate;
mod governance;
mod harness;
mod init;
mod live;
mod live_estate;
mod live_sources;
mod newcomer;
mod pr;
mod practices;
mod sarif;
mod secrets;
mod shape;
mod wrong_input;
