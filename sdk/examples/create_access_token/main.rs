//! Creates an access token: `cargo run --example create_access_token -- --name ci --expires-in 30d`.
//!
//! With `ASKUI_TOKEN` set it calls the API; without, a server of its own that checks requests as the API would. The token
//! alone goes to stdout, so that it can be piped to where it is kept; everything else goes to stderr.

mod server;

use std::{
    error::Error as StdError,
    io::{self, Write as _},
    process::ExitCode,
};

use askui_workspaces::{
    Client, Error, Response,
    chrono::{DateTime, Duration, Utc},
    types::{CreateAccessTokenError, CreateSubjectAccessTokenResponseDto},
};
use lexopt::{Arg, ValueExt as _};

const USAGE: &str = "\
Usage: create_access_token [--name NAME] [--expires-in DURATION]

  --name NAME            what to call the token, 1 to 128 characters [default: example]
  --expires-in DURATION  how long it works, such as 30d, 12h or 1week [default: for ever]

Environment:
  ASKUI_TOKEN                an access token to authenticate with; without it an embedded server is called
  ASKUI_WORKSPACES_ENDPOINT  where the API is [default: https://workspaces.askui.com]
";

struct Options {
    name: String,
    expires_at: Option<DateTime<Utc>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("No token to show: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn StdError>> {
    let now = Utc::now();
    let Some(options) = options(now)? else {
        return Ok(write!(io::stdout(), "{USAGE}")?);
    };
    // The embedded server lives as long as this binding.
    let mut embedded = None;
    let client = if std::env::var_os("ASKUI_TOKEN").is_some_and(|token| !token.is_empty()) {
        Client::from_env()?
    } else {
        eprintln!("ASKUI_TOKEN is not set: calling an embedded mock server. Its tokens work nowhere else.");
        if std::env::var_os("ASKUI_WORKSPACES_ENDPOINT").is_some() {
            eprintln!("ASKUI_WORKSPACES_ENDPOINT is of no use without it.");
        }
        embedded.insert(server::start().await).client()
    };

    let created = create(&client, options).await?;
    tell(&created, now);
    // The one place where the secret is exposed.
    writeln!(io::stdout(), "{}", created.token_string.expose_secret())?;
    Ok(())
}

async fn create(
    client: &Client,
    options: Options,
) -> Result<Response<CreateSubjectAccessTokenResponseDto>, Error<CreateAccessTokenError>> {
    client
        .create_access_token()
        .name(options.name)
        .expires_at(options.expires_at)
        .send()
        .await
}

fn tell(created: &CreateSubjectAccessTokenResponseDto, now: DateTime<Utc>) {
    let token = &created.token;
    eprintln!("Created the access token {:?}.", token.name);
    if let Some(id) = token.id {
        eprintln!("  id:      {id}");
    }
    eprintln!("  creator: {}", token.creator_id);
    match token.expires_at {
        Some(expires_at) => eprintln!(
            "  expires: {}, on {}",
            in_words(expires_at - now),
            expires_at.format("%-d %B %Y at %H:%M UTC")
        ),
        None => eprintln!("  expires: never"),
    }
}

/// `in 30 days`: the largest unit that says it, rounded.
fn in_words(duration: Duration) -> String {
    let seconds = duration.num_seconds();
    let rounded = |unit: i64| (seconds + unit / 2) / unit;
    let (count, unit) = match seconds {
        ..0 => return "already".into(),
        0..90 => (seconds, "second"),
        90..5_400 => (rounded(60), "minute"),
        5_400..129_600 => (rounded(3_600), "hour"),
        _ => (rounded(86_400), "day"),
    };
    format!("in {count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The options, or nothing if the usage was asked for.
fn options(now: DateTime<Utc>) -> Result<Option<Options>, Box<dyn StdError>> {
    let mut options = Options {
        name: "example".into(),
        expires_at: None,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("name") => options.name = arguments.value()?.string()?,
            Arg::Long("expires-in") => {
                let text = arguments.value()?.string()?;
                options.expires_at = Some(later(now, &text).map_err(|reason| {
                    format!("--expires-in {text:?} is not a duration ({reason}); try 30d, 12h or 1week")
                })?);
            }
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            other => return Err(format!("{}; --help tells the options", other.unexpected()).into()),
        }
    }
    Ok(Some(options))
}

fn later(now: DateTime<Utc>, text: &str) -> Result<DateTime<Utc>, Box<dyn StdError>> {
    let duration = Duration::from_std(humantime::parse_duration(text)?)?;
    now.checked_add_signed(duration).ok_or_else(|| "too long".into())
}
