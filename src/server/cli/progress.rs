//! That a command is still at work, and for how long: on a terminal, once it has taken more than a second; nothing in a pipe.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::{
    fmt::Write,
    sync::{
        LazyLock,
        mpsc::{Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

/// Whoever is done within this time is told nothing.
const AFTER: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// The one line of this process. Hidden until it is wanted; on standard error, where it never gets among data.
static LINE: LazyLock<ProgressBar> = LazyLock::new(|| {
    let seconds = |state: &ProgressState, line: &mut dyn Write| {
        // Writing to a line in memory cannot fail.
        let _ = write!(line, "{}", state.elapsed().as_secs());
    };
    let style = ProgressStyle::with_template("{spinner} {msg}…已用{seconds}秒");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
        .with_style(style.with_key("seconds", seconds))
});

/// Work under way; it ends when this is dropped, and the line is gone.
pub(super) struct Work {
    // Dropped first, which is what the thread waits for.
    ended: Option<Sender<()>>,
    shows: Option<JoinHandle<()>>,
}

/// Begins work that is called so: 正在导入.
pub(super) fn begin(what: &'static str) -> Work {
    LINE.set_message(what);
    LINE.reset_elapsed();
    let (ended, end) = channel::<()>();
    let shows = std::thread::spawn(move || {
        if end.recv_timeout(AFTER) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            // What is no terminal hides it again.
            LINE.set_draw_target(ProgressDrawTarget::stderr());
            LINE.enable_steady_tick(TICK);
            let _ = end.recv();
        }
        LINE.finish_and_clear();
    });
    Work { ended: Some(ended), shows: Some(shows) }
}

impl Drop for Work {
    fn drop(&mut self) {
        drop(self.ended.take());
        if let Some(shows) = self.shows.take() {
            // It cannot have panicked, and if it had there would be nothing to do about it.
            let _ = shows.join();
        }
    }
}

/// Says how far the work is.
pub(super) fn so_far(what: &str, done: usize, of: usize) {
    LINE.set_message(format!("{what}（{done}/{of}）"));
}

/// Does something to the terminal while the line is out of its way.
pub(super) fn aside<T>(write: impl FnOnce() -> T) -> T {
    LINE.suspend(write)
}
