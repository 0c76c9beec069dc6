//! The tests of the clean-up: cases as folders, properties over them, the page that shows them.

mod common;
mod fixtures;
mod page;
mod properties;
