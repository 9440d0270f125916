//! Commands run as processes, each with the time that it took and the most memory that it held.

use crate::common;
use biaochi::server::database::Place;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// One run of a command.
#[derive(Clone)]
pub(crate) struct Run {
    /// How long it took.
    pub(crate) took: Duration,
    /// The most memory that was resident, in MB (10^6 bytes).
    pub(crate) peak_mb: f64,
    /// Whether it did what it was asked.
    pub(crate) is_done: bool,
    /// What it printed.
    pub(crate) said: String,
}

/// The real program on one database.
pub(crate) struct Program {
    /// As `--database` takes it.
    pub(crate) database: Place,
    /// Where tables and printed pages go.
    pub(crate) folder: PathBuf,
}

impl Program {
    /// Runs a command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let printed = self.folder.join("printed");
        let mut command = Command::new(common::executable());
        command
            .env("NO_COLOR", "1")
            .env("BIAOCHI_CLOCK_OFFSET_MS", common::offset_to(common::NOON).to_string());
        command.arg("--database").arg(self.database.to_string()).args(arguments).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(File::create(&printed).unwrap());
        command.stderr(File::create(self.folder.join("complaint")).unwrap());
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let mut peak_mb = 0.0;
        // The kernel keeps the high-water mark as long as the process lives: the last answer counts.
        let ended = loop {
            peak_mb = high_water_mb(&status).unwrap_or(peak_mb);
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let took = started.elapsed();
        let read = |name| std::fs::read_to_string(self.folder.join(name)).unwrap();
        let said = if ended.success() { read("printed") } else { read("complaint") };
        Run { took, peak_mb, is_done: ended.success(), said }
    }

    /// Runs a command that has to succeed.
    pub(crate) fn must(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert!(run.is_done, "biaochi {}: {}", arguments.join(" "), run.said);
        run
    }

    /// A path for something that a command is to write, where nothing lies yet.
    pub(crate) fn fresh(&self, name: &str) -> String {
        let path = self.folder.join(name);
        if path.is_dir() {
            std::fs::remove_dir_all(&path).unwrap();
        } else if path.exists() {
            std::fs::remove_file(&path).unwrap();
        }
        path.to_str().unwrap().into()
    }

    /// Writes a table for a command to take.
    pub(crate) fn table(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().into()
    }
}

fn high_water_mb(status: &Path) -> Option<f64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok().map(|kb| kb * 1_024.0 / 1e6)
}

/// The run of three that took neither least nor most time, with the most memory of all.
pub(crate) fn median(mut runs: [Run; 3]) -> Run {
    let peak_mb = runs.iter().map(|run| run.peak_mb).fold(0.0, f64::max);
    runs.sort_by_key(|run| run.took);
    let [_, middle, _] = runs;
    Run { peak_mb, ..middle }
}
