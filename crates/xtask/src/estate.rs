//! The estate.
