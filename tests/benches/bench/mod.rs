//! The sections, and the parts that this program plays: it starts itself as the servers and clients that it measures.

mod allocations;
mod application;
mod build;
mod call;
mod client;
mod document;
mod hand_written;
mod memory;
mod peers;
mod process;
mod regeneration;
mod report;
mod server;
mod workspace;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use report::Table;

/// How often each time is measured, with the SDK and by hand in turn; but for calls, which have more rounds.
const ROUNDS: usize = 7;

/// Runs what it is given, and says how many allocations of how many bytes that made.
pub(crate) type Counter = fn(Box<dyn FnMut() + '_>) -> [u64; 2];

/// What can be asked for by name.
const SECTIONS: [&str; 5] = ["call", "build", "peers", "regeneration", "memory"];

/// What the arguments ask for; with a `counter`, only what it counts, which `cargo test` checks.
pub(crate) fn run(counter: Option<Counter>) -> ExitCode {
    let arguments = env::args().skip(1).collect::<Vec<_>>();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--server", kind] => server::serve(&kind.parse().expect("a kind of server")),
        ["--client", ref arguments @ ..] => client::main(arguments),
        ref words if words.contains(&"--bench") => {
            let words = words.iter().filter(|word| !word.starts_with("--"));
            return sections(&words.copied().collect::<Vec<_>>(), counter);
        }
        // `cargo test` hands on the names of the tests that it is asked for, and what it is asked about them.
        ref words => match counter.filter(|_| words.iter().all(|word| word.starts_with("--") && *word != "--list")) {
            Some(counter) => allocations::check(counter),
            None => eprintln!("nothing was measured: run `cargo bench`"),
        },
    }
    ExitCode::SUCCESS
}

/// Measures the sections with these names, or all if there are none.
fn sections(names: &[&str], counter: Option<Counter>) -> ExitCode {
    if let Some(name) = names.iter().find(|name| !SECTIONS.contains(name)) {
        eprintln!("there is no section {name:?}: name some of {}", SECTIONS.join(", "));
        return ExitCode::from(2);
    }
    for section in SECTIONS {
        if !names.is_empty() && !names.contains(&section) {
            continue;
        }
        let measure: &dyn Fn() -> Vec<Table> = match (section, counter) {
            ("call", Some(counter)) => &move || vec![allocations::measure(counter)],
            (_, Some(_)) => continue,
            ("call", None) => &|| vec![call::measure()],
            ("build", None) => &build::measure,
            ("peers", None) => &peers::measure,
            ("regeneration", None) => &regeneration::measure,
            _ => &|| vec![memory::measure()],
        };
        report::publish(measure());
    }
    ExitCode::SUCCESS
}

/// The root of the repository.
fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A path below the root of the repository.
fn in_repository(path: &str) -> PathBuf {
    repository().join(path)
}

/// Says what is being measured, or why it is not.
fn say(words: &str) {
    eprintln!("{words}");
}
