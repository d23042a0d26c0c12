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

/// How many allocations a call of the SDK may make more.
const MORE: f64 = 5.0;

pub(crate) fn measure(counter: Counter) -> Table {
    let counts = ANSWERS.map(|(status, outcome)| {
        say(&format!("allocations of calls that are answered with {status}"));
        let [sdk, hand] = compared(counter, status, outcome);
        [0, 1].map(|index| (sdk[index], hand[index]))
    });
    let mut table = Table::new("allocations", TITLE, &COLUMNS);
    let goal = format!("at most {MORE} more");
    for (index, (what, goal)) in [("allocations", &*goal), ("bytes allocated", "")]
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

/// Panics if a call of the SDK makes more allocations than it may.
pub(crate) fn check(counter: Counter) {
    for (status, outcome) in ANSWERS {
        let [[sdk, _], [hand, _]] = compared(counter, status, outcome);
        assert!(
            sdk <= hand + MORE,
            "a call that is answered with {status} makes {sdk} allocations, and {hand} if written by hand"
        );
    }
}

/// What [`counts`] has for the SDK and for what was written by hand.
fn compared(counter: Counter, status: u16, outcome: Outcome) -> [[f64; 2]; 2] {
    let server = Server::start(Kind::Status(status));
    [
        counts::<askui_workspaces::Client>(counter, &server, outcome),
        counts::<hand_written::Client>(counter, &server, outcome),
    ]
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
