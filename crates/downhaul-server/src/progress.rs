//! How a long capture tells that it is still at work.

/// Told about each step of a capture. `()` ignores them all.
///
/// Requests run in parallel, so a step can come from any thread.
pub trait Progress: Sync {
    /// `done` of `total` things of the kind `what` are there; `total` is `None` while nobody knows it.
    fn step(&self, what: &str, done: usize, total: Option<usize>);

    /// One more request is sent.
    fn request(&self) {}
}

impl Progress for () {
    fn step(&self, _what: &str, _done: usize, _total: Option<usize>) {}
}
