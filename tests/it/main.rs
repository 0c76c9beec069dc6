//! The end-to-end tests: the binary on small repositories, the demo, wrong input, and the shape of the project.

mod change;
mod ci;
mod clean;
mod demo;
mod harness;
mod live;
mod sarif;
mod shape;
mod wrong_input;
