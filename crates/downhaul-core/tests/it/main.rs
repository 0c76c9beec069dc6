//! Exposure, settling and replay, case by case.

mod build;
mod constant;
mod exposure;
mod parents;
mod replay;
mod settled;
