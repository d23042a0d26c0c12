//! `cargo bench`: what the SDK costs, as ratios to code that was written by hand for the same API.
//!
//! `cargo bench -- call` measures one section; the others are `build`, `peers`, `regeneration` and `memory`. The figures are written to
//! `tests/benches/results.json`, and from there to the README. Allocations are counted by the target `allocations`.

#[cfg(unix)]
mod bench;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    bench::run(None)
}

#[cfg(not(unix))]
fn main() {
    eprintln!("the benchmarks run on Unix only: they ask the system for the CPU time and memory of processes");
}
