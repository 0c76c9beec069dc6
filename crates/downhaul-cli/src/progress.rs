//! Progress on standard error: only on a terminal, only for what takes long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs that are over before this show no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that stays away from quick runs.
pub(crate) struct Progress {
    bar: ProgressBar,
    on: bool,
    began: Instant,
    requests: AtomicUsize,
}

impl Progress {
    /// A bar, or nothing at all when progress is off.
    pub(crate) fn new(on: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{spinner} {msg} {pos}/{len}  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Progress { bar, on, began: Instant::now(), requests: AtomicUsize::new(0) }
    }

    /// How many requests were sent so far, and since when.
    pub(crate) fn requests(&self) -> (usize, Duration) {
        (self.requests.load(Ordering::Relaxed), self.began.elapsed())
    }

    /// Shows the bar once the run has taken long enough.
    fn show(&self) {
        if self.on && self.bar.is_hidden() && self.began.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl downhaul_scanner::Progress for Progress {
    fn files_found(&self, count: usize) {
        self.bar.set_message("scanning");
        self.bar.set_length(count as u64);
    }

    fn files_done(&self, count: usize) {
        self.show();
        self.bar.inc(count as u64);
    }
}

impl downhaul_server::Progress for Progress {
    fn step(&self, what: &str, done: usize, total: Option<usize>) {
        self.show();
        self.bar.set_message(format!("reading {what}"));
        self.bar.set_position(done as u64);
        if let Some(total) = total {
            self.bar.set_length(total as u64);
        }
    }

    fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}
