//! Progress on stderr, with rate and time left; nothing when stderr is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `total` dots.
pub(crate) fn dots(what: &'static str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let style = ProgressStyle::with_template("{prefix:>9} {wide_bar} {pos}/{len} dots  {per_sec}  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what);
    bar
}

/// Steps of a bar that shows a share.
pub(crate) const WHOLE: f64 = 1000.0;

/// A bar from nothing to everything, in [`WHOLE`] steps.
pub(crate) fn share(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(WHOLE as u64);
    let style = ProgressStyle::with_template("{prefix:>9} {wide_bar} {percent:>3} %  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what);
    bar
}

/// A spinner for work whose length is not known.
pub(crate) fn working(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_message(what);
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    bar
}
