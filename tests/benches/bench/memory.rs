//! The most memory that a client has, with the SDK and by hand.

use super::{
    client::{self, Author, Load, Outcome},
    process,
    report::{Figure, Table},
    say,
    server::{Kind, Server},
};

/// How often each peak is measured; it hardly varies.
const ROUNDS: usize = 3;

/// How many calls are in flight at once.
const MANY: usize = 10_000;

pub(crate) fn measure() -> Table {
    let mut table = Table::new("memory", "Peak memory of a client, SDK : hand-written", &["MB"]);
    let one = |in_flight, calls| Load {
        in_flight,
        warm_up: 0,
        calls,
    };
    let scenes = [
        (
            "10,000 calls in flight",
            Kind::Gather(MANY),
            Outcome::Created,
            one(MANY, 1),
        ),
        (
            "bodies of 16 MiB, one after the other",
            Kind::Large,
            Outcome::Created,
            one(1, 8),
        ),
        (
            "bodies of 16 MiB, 8 in flight",
            Kind::Large,
            Outcome::Created,
            one(8, 2),
        ),
        (
            "endless bodies, one after the other",
            Kind::Endless,
            Outcome::Unexpected,
            one(1, 8),
        ),
        (
            "endless bodies, 8 in flight",
            Kind::Endless,
            Outcome::Unexpected,
            one(8, 2),
        ),
    ];
    for (what, kind, outcome, load) in scenes {
        say(&format!("memory: {what}"));
        if process::most_files() < load.in_flight + 100 {
            table.note(format!(
                "No memory with {what}: a process may have too few open files (`ulimit -n`)."
            ));
            continue;
        }
        let mut peaks = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for author in Author::in_turn(round) {
                // A new one each time: connections that were closed keep their ports for a while.
                let server = Server::start(kind);
                let (_, usage) = client::run(author, &server, outcome, load);
                peaks[author as usize].push(usage.peak / 1e6);
            }
        }
        let [sdk, hand] = peaks;
        table.row(what, "", [Some(Figure::compared(&sdk, &hand))]);
    }
    table
}
