//! Finds every flag reference in a source tree, in parallel
