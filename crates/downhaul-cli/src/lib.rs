//! The downhaul binary: arguments, wiring, exit codes
