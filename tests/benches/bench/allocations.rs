//! The allocations of a call. These are counts: they are the same in every run.

use super::{
    Counter,
    call::{ANSWERS, COLUMNS, TITLE},
    client::{self, Creates, Outcome},
    hand_written,
    process::{count, float},
    report::{Figure, Table},
    say,
    server::{Kind, Server},
};

const CALLS: usize = 1_000;

pub(crate) fn measure(counter: Counter) -> Table {
    let counts = ANSWERS.map(|(status, outcome)| {
        say(&format!("allocations of calls that are answered with {status}"));
        let server = Server::start(Kind::Status(status));
        let sdk = counts::<askui_workspaces::Client>(counter, &server, outcome);
        let hand = counts::<hand_written::Client>(counter, &server, outcome);
        [0, 1].map(|index| (sdk[index], hand[index]))
    });
    let mut table = Table::new("allocations", TITLE, &COLUMNS);
    for (index, (what, goal)) in [("allocations", "at most 5 more"), ("bytes allocated", "")]
        .into_iter()
        .enumerate()
    {
        let figures = counts.map(|counts| {
            let (sdk, hand) = counts[index];
            Some(Figure::compared(&[sdk], &[hand]))
        });
        table.row(what, goal, figures);
    }
    table
}

/// The allocations of a call, and their bytes.
fn counts<C: Creates>(counter: Counter, server: &Server, expected: Outcome) -> [f64; 2] {
    let runtime = client::runtime();
    let client = C::new(&server.endpoint);
    let calls = async |calls: usize| {
        for _ in 0..calls {
            assert_eq!(client.create().await, expected);
        }
    };
    runtime.block_on(calls(20));
    counter(Box::new(|| runtime.block_on(calls(CALLS)))).map(|counted| (float(counted) / count(CALLS)).round())
}
