//! What a call takes, with the SDK and by hand.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    process::Command,
};

use super::{
    client::{self, Author, Load, Measured, Outcome},
    process::{self, count, float},
    report::{Figure, Table},
    say,
    server::{self, Kind, Server},
};

/// The answers, and what they come to.
pub(crate) const ANSWERS: [(u16, Outcome); 3] = [
    (201, Outcome::Created),
    (422, Outcome::Invalid),
    (502, Outcome::Unexpected),
];

pub(crate) const TITLE: &str = "A call, SDK : hand-written";

pub(crate) const COLUMNS: [&str; 3] = ["`201`", "`422`, typed", "`502`, of HTML"];

const IN_FLIGHT: [usize; 3] = [1, 64, 1_000];

/// How many calls are measured at a time, about.
const CALLS: usize = 20_000;

/// Many, because the machine's own ups and downs are several times what is looked for.
const ROUNDS: usize = 15;

/// Samples of one client: for each number in flight, one for each round.
type Samples = [Vec<Measured>; 3];

pub(crate) fn measure() -> Table {
    assert_same_request();
    let mut table = Table::new("call", TITLE, &COLUMNS);
    let times = ANSWERS.map(|(status, outcome)| {
        say(&format!("calls that are answered with {status}"));
        times(status, outcome)
    });
    let mut row = |what: &str, goal: &str, in_flight: usize, figure: fn(&Measured, f64) -> f64| {
        let calls = count(calls(IN_FLIGHT[in_flight]) * IN_FLIGHT[in_flight]);
        let compared = times.iter().map(|samples| {
            let [sdk, hand] = samples.each_ref().map(|samples| {
                let figures = samples[in_flight].iter().map(|measured| figure(measured, calls));
                figures.collect::<Vec<_>>()
            });
            Some(Figure::compared(&sdk, &hand))
        });
        table.row(what, goal, compared);
    };
    row("latency, one after the other, µs", "", 0, |measured, _| {
        measured.latency * 1e6
    });
    for (index, in_flight) in IN_FLIGHT.into_iter().enumerate() {
        let what = format!("calls per second, {in_flight} in flight");
        row(&what, "", index, |measured, calls| calls / measured.seconds);
    }
    for (index, in_flight) in IN_FLIGHT.into_iter().enumerate() {
        let what = format!("CPU time, {in_flight} in flight, µs");
        row(&what, "at most 1.02", index, |measured, calls| {
            measured.cpu * 1e6 / calls
        });
    }
    if has_valgrind() {
        let program = std::env::current_exe().expect("the path of this program");
        let figures = ANSWERS.map(|(status, outcome)| {
            say(&format!("instructions of calls that are answered with {status}"));
            let server = Server::start(Kind::Status(status));
            let [sdk, hand] = [Author::Sdk, Author::Hand].map(|author| {
                counted_by_call(Counted::Instructions, |calls| {
                    let load = Load {
                        in_flight: 1,
                        warm_up: 0,
                        calls,
                    };
                    let mut command = Command::new(&program);
                    command.args(client::arguments(author, &server.endpoint, outcome, load));
                    command
                })
            });
            Some(Figure::compared(&[sdk], &[hand]))
        });
        table.row("instructions", "at most 1.02", figures);
    } else {
        table.note("Instructions were not counted: `valgrind` is not installed.");
    }
    table
}

/// How many calls each of those in flight makes.
fn calls(in_flight: usize) -> usize {
    CALLS.div_ceil(in_flight)
}

/// Samples of the SDK and of what was written by hand.
fn times(status: u16, outcome: Outcome) -> [Samples; 2] {
    let server = Server::start(Kind::Status(status));
    let mut times = [Samples::default(), Samples::default()];
    for round in 0..ROUNDS {
        for (index, in_flight) in IN_FLIGHT.into_iter().enumerate() {
            let load = Load {
                in_flight,
                warm_up: calls(in_flight).div_ceil(10),
                calls: calls(in_flight),
            };
            for author in Author::in_turn(round) {
                let (measured, _) = client::run(author, &server, outcome, load);
                times[author as usize][index].push(measured);
            }
        }
    }
    times
}

pub(crate) fn has_valgrind() -> bool {
    process::version("valgrind", "--version").is_some()
}

/// What `valgrind` counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counted {
    Instructions,
    Allocations,
}

/// What is counted of one call: what a program takes more that makes more calls, so that its start is not counted.
pub(crate) fn counted_by_call(counted: Counted, program: impl Fn(usize) -> Command) -> f64 {
    const CALLS: [usize; 2] = [200, 1_200];

    let [few, many] = CALLS.map(|calls| counted.of(&program(calls)));
    ((many - few) / count(CALLS[1] - CALLS[0])).round()
}

impl Counted {
    /// The arguments with which `valgrind` counts, and what it prints before and after the number.
    fn tool(self) -> (&'static [&'static str], [&'static str; 2]) {
        match self {
            Self::Instructions => (
                &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
                ["Collected : ", "\n"],
            ),
            Self::Allocations => (
                &["--tool=memcheck", "--undef-value-errors=no", "--leak-check=no"],
                ["total heap usage: ", " allocs"],
            ),
        }
    }

    /// What is counted of a program, which `valgrind` runs.
    fn of(self, program: &Command) -> f64 {
        let (arguments, [before, after]) = self.tool();
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(arguments)
            .arg("--log-fd=1")
            .arg(program.get_program())
            .args(program.get_args());
        for (name, value) in program.get_envs() {
            valgrind.env(name, value.unwrap_or_default());
        }
        let (output, _) = process::run(&mut valgrind);
        let number = output
            .split_once(before)
            .and_then(|(_, rest)| Some(rest.split_once(after)?.0));
        let number = number.unwrap_or_else(|| panic!("no count: {output}")).trim();
        float(number.replace(',', "").parse().expect("a count"))
    }
}

/// Figures of two clients that send different requests could not be compared.
fn assert_same_request() {
    let [sdk, hand] = [Author::Sdk, Author::Hand].map(|author| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port of this machine");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let load = Load {
            in_flight: 1,
            warm_up: 0,
            calls: 1,
        };
        let client = process::own(&client::arguments(author, &endpoint, Outcome::Unexpected, load));
        let (mut connection, _) = listener.accept().expect("a connection");
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while server::is_whole(&request).is_none() {
            let read = connection.read(&mut buffer).expect("a request");
            assert!(read > 0, "{author}: the request is cut");
            request.extend_from_slice(&buffer[..read]);
        }
        let answer = "HTTP/1.1 204 No Content\r\n\r\n";
        connection
            .write_all(answer.as_bytes())
            .expect("someone reads the answer");
        process::finish(client);
        // The order of headers means nothing; the port is another each time.
        let text = String::from_utf8(request).expect("text");
        let lines = text.lines().filter(|line| !line.starts_with("host: "));
        let mut lines = lines.map(str::to_owned).collect::<Vec<_>>();
        lines.sort();
        lines
    });
    assert_eq!(
        sdk, hand,
        "the SDK and the code written by hand send different requests"
    );
}
