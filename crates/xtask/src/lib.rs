//! Project automation: cargo xtask
