//! The clients, each a process of its own: the SDK and what was written by hand, under the same load.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use askui_workspaces::{Credentials, Error, types::CreateAccessTokenError};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::{runtime::Runtime, task::JoinSet};

use super::{hand_written, process, server::Server};

const TOKEN: &str = "some-token-some-token-some-token";
const NAME: &str = "ci";

/// Whose code makes the calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Author {
    Sdk,
    Hand,
}

impl Author {
    /// Both, in an order that changes from round to round.
    pub(crate) fn in_turn(round: usize) -> [Self; 2] {
        if round % 2 == 0 {
            [Self::Sdk, Self::Hand]
        } else {
            [Self::Hand, Self::Sdk]
        }
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sdk => "sdk",
            Self::Hand => "hand-written",
        })
    }
}

/// What a call comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Created,
    /// A documented failure, of status 422.
    Invalid,
    /// An answer that is not as documented.
    Unexpected,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Invalid => "invalid",
            Self::Unexpected => "unexpected",
        })
    }
}

/// What a client is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How many calls wait for their answers at any time.
    pub(crate) in_flight: usize,
    /// How many calls each of them makes before anything is measured.
    pub(crate) warm_up: usize,
    /// How many each of them makes then.
    pub(crate) calls: usize,
}

/// What was measured, apart from the warm-up.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Measured {
    /// How long it took altogether.
    pub(crate) seconds: f64,
    /// The time of the CPU that it took altogether, in seconds.
    pub(crate) cpu: f64,
    /// The median of the time that a call took, in seconds.
    pub(crate) latency: f64,
}

/// Something that creates access tokens.
pub(crate) trait Creates: Send + Sync + 'static {
    fn new(endpoint: &str) -> Self;
    fn create(&self) -> impl Future<Output = Outcome> + Send;
}

impl Creates for askui_workspaces::Client {
    fn new(endpoint: &str) -> Self {
        Self::builder()
            .endpoint(endpoint)
            .credentials(Credentials::bearer(TOKEN))
            .build()
            .expect("the SDK's client")
    }

    async fn create(&self) -> Outcome {
        let called = self.create_access_token().name(NAME).send().await;
        match &called {
            Ok(created) if created.token.name == NAME && !created.token_string.expose_secret().is_empty() => {
                Outcome::Created
            }
            Err(Error::Api(failure)) => match failure.error() {
                CreateAccessTokenError::UnprocessableEntity(body) if body.detail.iter().flatten().count() == 1 => {
                    Outcome::Invalid
                }
                _ => panic!("{called:?}"),
            },
            Err(Error::UnexpectedResponse(_)) => Outcome::Unexpected,
            _ => panic!("{called:?}"),
        }
    }
}

impl Creates for hand_written::Client {
    fn new(endpoint: &str) -> Self {
        let user_agent = format!(
            "askui-workspaces/{} ({}; rust)",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS
        );
        Self::new(endpoint, TOKEN, &user_agent).expect("the client written by hand")
    }

    async fn create(&self) -> Outcome {
        let called = self.create_access_token(NAME, None).await;
        match &called {
            Ok(created) if created.token.name == NAME && !created.token_string.is_empty() => Outcome::Created,
            Err(hand_written::Error::Invalid(body)) if body.detail.len() == 1 => Outcome::Invalid,
            Err(hand_written::Error::Unexpected(_)) => Outcome::Unexpected,
            _ => panic!("{called:?}"),
        }
    }
}

/// Creates tokens, and says on the standard output how long it took.
pub(crate) fn main(arguments: &[&str]) {
    let [author, endpoint, expected, in_flight, warm_up, calls] = arguments else {
        panic!("not the arguments of a client: {arguments:?}");
    };
    process::allow_many_files();
    let number = |text: &str| text.parse().expect("a number");
    let load = Load {
        in_flight: number(in_flight),
        warm_up: number(warm_up),
        calls: number(calls),
    };
    let runtime = runtime();
    let expected = [Outcome::Created, Outcome::Invalid, Outcome::Unexpected]
        .into_iter()
        .find(|outcome| outcome.to_string() == *expected)
        .expect("an outcome");
    let measured = if *author == Author::Sdk.to_string() {
        runtime.block_on(measure::<askui_workspaces::Client>(endpoint, expected, load))
    } else {
        runtime.block_on(measure::<hand_written::Client>(endpoint, expected, load))
    };
    println!("{}", serde_json::to_string(&measured).expect("JSON"));
}

/// The runtime of every client: one thread, so that figures are repeatable.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn measure<C: Creates>(endpoint: &str, expected: Outcome, load: Load) -> Measured {
    let client = Arc::new(C::new(endpoint));
    let _ = together(&client, expected, load.in_flight, load.warm_up).await;
    let (start, cpu) = (Instant::now(), cpu_time());
    let mut times = together(&client, expected, load.in_flight, load.calls).await;
    let (seconds, cpu) = (start.elapsed(), cpu_time().saturating_sub(cpu));
    times.sort_unstable();
    Measured {
        seconds: seconds.as_secs_f64(),
        cpu: cpu.as_secs_f64(),
        latency: times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64),
    }
}

/// Makes `calls` calls one after the other, as often as `in_flight` says at once; returns how long each took.
async fn together<C: Creates>(client: &Arc<C>, expected: Outcome, in_flight: usize, calls: usize) -> Vec<Duration> {
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let client = Arc::clone(client);
        tasks.spawn(async move {
            let mut times = Vec::with_capacity(calls);
            for _ in 0..calls {
                let start = Instant::now();
                let outcome = client.create().await;
                times.push(start.elapsed());
                assert_eq!(outcome, expected);
            }
            times
        });
    }
    tasks.join_all().await.concat()
}

/// The time of the CPU that this process has taken.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime)
        .try_into()
        .expect("a time after the start")
}

/// Starts a client and lets it come to its end; `before` are a program and its arguments that run it, if any.
pub(crate) fn run(author: Author, server: &Server, expected: Outcome, load: Load) -> (Measured, process::Usage) {
    let arguments = arguments(author, &server.endpoint, expected, load);
    let (output, usage) = process::finish(process::own(&arguments));
    let measured = serde_json::from_str(&output).unwrap_or_else(|error| panic!("{author}: {error}: {output}"));
    (measured, usage)
}

/// The arguments with which this program becomes a client.
pub(crate) fn arguments(author: Author, endpoint: &str, expected: Outcome, load: Load) -> [String; 7] {
    [
        "--client".into(),
        author.to_string(),
        endpoint.into(),
        expected.to_string(),
        load.in_flight.to_string(),
        load.warm_up.to_string(),
        load.calls.to_string(),
    ]
}
