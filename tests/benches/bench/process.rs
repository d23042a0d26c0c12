//! Processes, and what they take of the CPU and of memory.

use std::{
    env,
    ffi::OsStr,
    io::{Read as _, Seek as _},
    process::{Child, Command, ExitStatus, Stdio},
    time::Instant,
};

use rustix::process::{Resource, getrlimit, setrlimit};
use wait4::Wait4 as _;

/// What a process took, with all that it started and waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// How long it ran, in seconds.
    pub(crate) seconds: f64,
    /// The time of the CPU, in seconds.
    pub(crate) cpu: f64,
    /// The most memory that one process had at a time, in bytes. The system counts from the size of the parent at its
    /// start, so this program keeps small.
    pub(crate) peak: f64,
}

/// Starts this program in another part, with pipes for its standard input and output.
pub(crate) fn own(arguments: &[impl AsRef<OsStr>]) -> Child {
    let program = env::current_exe().expect("the path of this program");
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program, a second time")
}

/// Waits for the end of a process, which must succeed; returns what it printed.
pub(crate) fn finish(process: Child) -> (String, Usage) {
    let (status, output, usage) = end(process);
    assert!(status.success(), "a process ended with {status}: {output}");
    (output, usage)
}

/// Runs a command, which must succeed; returns what it printed. Its standard error is shown only if it fails.
pub(crate) fn run(command: &mut Command) -> (String, Usage) {
    attempt(command).unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// As [`run`], of a command that may fail; then it returns what that printed.
pub(crate) fn attempt(command: &mut Command) -> Result<(String, Usage), String> {
    let mut errors = tempfile::tempfile().expect("a temporary file");
    command.stderr(errors.try_clone().expect("a temporary file"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let process = command.spawn().map_err(|error| error.to_string())?;
    let (status, output, usage) = end(process);
    if status.success() {
        return Ok((output, usage));
    }
    let mut text = String::new();
    // What cannot be shown is not shown.
    let _ = errors.rewind().and_then(|()| errors.read_to_string(&mut text));
    Err(format!("{output}\n{text}\n{status}"))
}

fn end(mut process: Child) -> (ExitStatus, String, Usage) {
    let start = Instant::now();
    let mut output = String::new();
    let mut pipe = process.stdout.take().expect("a pipe");
    pipe.read_to_string(&mut output).expect("what a process printed");
    let end = process.wait4().expect("the end of a process");
    let usage = Usage {
        seconds: start.elapsed().as_secs_f64(),
        cpu: (end.rusage.utime + end.rusage.stime).as_secs_f64(),
        peak: float(end.rusage.maxrss),
    };
    (end.status, output, usage)
}

/// Whether a program is there: it is asked for its version.
pub(crate) fn version(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(argument)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// A connection is an open file, and the usual limit is lower than what the system grants to whoever asks.
pub(crate) fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Some systems call themselves unlimited and refuse it; then the usual limit stays.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// How many files a process may have open, after it asked for more.
pub(crate) fn most_files() -> usize {
    let most = getrlimit(Resource::Nofile).maximum;
    most.and_then(|most| most.try_into().ok()).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "no figure here has more than 53 bits")]
pub(crate) fn float(number: u64) -> f64 {
    number as f64
}

/// A count of things in memory.
pub(crate) fn count(number: usize) -> f64 {
    float(number.try_into().unwrap_or(u64::MAX))
}
