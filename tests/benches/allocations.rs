//! The allocations of a call: `cargo bench -- call` measures them, and `cargo test` checks that they are few.
//!
//! Counting replaces the allocator of the whole program, so it is done by a program in which no time is measured.

#[cfg(unix)]
mod bench;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    bench::run(Some(|mut calls| {
        let counted = allocation_counter::measure(&mut *calls);
        [counted.count_total, counted.bytes_total]
    }))
}

#[cfg(not(unix))]
fn main() {}
