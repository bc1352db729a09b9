//! Child processes: started with nothing of our environment, watched through /proc, and gone when
//! the bench is, however it ends.

use std::{
    collections::HashMap,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{Result, fault, http};

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_mins(2);

/// All child processes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fleet(Arc<Mutex<HashMap<u32, Child>>>);

impl Fleet {
    /// Starts a program that writes to `log`.
    pub(crate) fn spawn(
        &self,
        program: &Path,
        log: &Path,
        configure: impl FnOnce(&mut Command),
    ) -> Result<Process> {
        let mut command = Command::new(program);
        command.env_clear();
        for name in ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let output = File::create(log)?;
        command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        configure(&mut command);
        let started = Instant::now();
        let child = command
            .spawn()
            .map_err(|error| fault(format!("{} does not start: {error}", program.display())))?;
        let id = child.id();
        self.lock().insert(id, child);
        Ok(Process {
            id,
            started,
            log: log.to_owned(),
            fleet: self.clone(),
        })
    }

    /// Ends all of them, at once.
    pub(crate) fn kill_all(&self) {
        for (_id, mut child) in self.lock().drain() {
            end(&mut child);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Child>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end(child: &mut Child) {
    // Both fail only for a process that has ended already.
    let _gone = child.kill();
    let _status = child.wait();
}

/// A running child; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Process {
    id: u32,
    started: Instant,
    log: PathBuf,
    fleet: Fleet,
}

impl Drop for Process {
    fn drop(&mut self) {
        let child = self.fleet.lock().remove(&self.id);
        if let Some(mut child) = child {
            end(&mut child);
        }
    }
}

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&self) -> Result<Option<ExitStatus>> {
        match self.fleet.lock().get_mut(&self.id) {
            Some(child) => Ok(child.try_wait()?),
            None => Err(fault("the child was ended")),
        }
    }

    /// What it has written.
    pub(crate) fn output(&self) -> String {
        fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Waits until it ends by itself; answers with the time it took and the most memory it held.
    pub(crate) fn finish(&self) -> Result<Finished> {
        let mut peak = 0;
        loop {
            if let Some(memory) = memory(self.id) {
                peak = peak.max(memory.peak_kib);
            }
            if let Some(status) = self.ended()? {
                return Ok(Finished {
                    status,
                    time: self.started.elapsed(),
                    peak_kib: peak,
                });
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until `path` is answered; the time it took since the process was started.
    pub(crate) fn wait_for(&self, address: SocketAddr, path: &str) -> Result<Duration> {
        loop {
            if let Ok(answer) = http::get(address, path)
                && answer.status == 200
            {
                return Ok(self.started.elapsed());
            }
            if let Some(status) = self.ended()? {
                return Err(fault(format!(
                    "the server at {address} ended ({status}): {}",
                    self.output()
                )));
            }
            if self.started.elapsed() > PATIENCE {
                return Err(fault(format!(
                    "the server at {address} does not answer {path}: {}",
                    self.output()
                )));
            }
            thread::sleep(Duration::from_micros(200));
        }
    }
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) time: Duration,
    pub(crate) peak_kib: u64,
}

/// An address of this machine that nothing listens at.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// The memory of a process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    /// Resident now, mapped files included.
    pub(crate) resident_kib: u64,
    /// Of that, what is not the content of a file.
    pub(crate) anonymous_kib: u64,
    /// The most that ever was resident.
    pub(crate) peak_kib: u64,
}

/// The memory of a process, if it runs.
pub(crate) fn memory(id: u32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':')
            .trim()
            .trim_end_matches("kB")
            .trim()
            .parse()
            .ok()
    };
    Some(Memory {
        resident_kib: of("VmRSS")?,
        anonymous_kib: of("RssAnon")?,
        peak_kib: of("VmHWM")?,
    })
}

/// The processor time a process has used.
pub(crate) fn cpu(id: u32) -> Option<Duration> {
    stat(id).map(|(_parent, time)| time)
}

/// The processor time of all children of a process.
pub(crate) fn cpu_of_children(parent: u32) -> Option<Duration> {
    let mut total = Duration::ZERO;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some((_, time)) = id.and_then(stat).filter(|(above, _)| *above == parent) {
            total += time;
        }
    }
    Some(total)
}

/// The process above, if it can be seen from here.
pub(crate) fn parent(id: u32) -> Option<u32> {
    stat(id).map(|(parent, _)| parent)
}

/// Parent and processor time. The kernel tells it in ticks, of which user space sees 100 a second.
fn stat(id: u32) -> Option<(u32, Duration)> {
    const TICK: Duration = Duration::from_millis(10);
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold anything.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u32>().ok())
    };
    Some((number(1)?, TICK * (number(11)? + number(12)?)))
}
