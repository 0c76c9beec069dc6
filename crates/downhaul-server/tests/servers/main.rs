//! The providers that are servers against a server of our own on loopback: recorded answers, and everything that can go wrong.

mod enterprise;
mod errors;
mod faults;
mod gaps;
mod gitlab;
mod live;
mod recorded;
mod resume;
mod server;
mod since;
mod tls;
