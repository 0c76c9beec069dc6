//! Flag servers and snapshot files: where the state of a flag comes from
