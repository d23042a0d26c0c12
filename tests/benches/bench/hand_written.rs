//! The client that a careful author writes by hand for the one operation: it sends what the SDK sends, checks what the SDK
//! checks, and keeps what the SDK keeps.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
    redirect,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// The longest body that is read, in bytes.
const LIMIT: usize = 16 * 1024 * 1024;

/// The most that is reserved for a body because its length was announced, in bytes.
const TRUSTED: u64 = 64 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Command<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    pub(crate) token: Token,
    pub(crate) token_string: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "whoever reads tokens reads them whole")]
pub(crate) struct Token {
    pub(crate) id: Uuid,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) name: String,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) creator_id: String,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by `Debug` alone")]
pub(crate) struct Detail {
    pub(crate) detail: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invalid {
    #[serde(default)]
    pub(crate) detail: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by `Debug` alone")]
pub(crate) struct Fault {
    pub(crate) loc: Vec<Location>,
    pub(crate) msg: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "read by `Debug` alone")]
pub(crate) enum Location {
    Name(String),
    Index(i64),
}

#[derive(Debug)]
#[expect(dead_code, reason = "read by `Debug` alone")]
pub(crate) enum Error {
    /// The name has this many characters.
    Name(usize),
    Transport(reqwest::Error),
    Unauthorized(Detail),
    Forbidden(Detail),
    Invalid(Invalid),
    Internal(Detail),
    Unexpected(Box<Answer>),
}

/// What a server answered against the document.
#[derive(Debug)]
#[expect(dead_code, reason = "read by `Debug` alone")]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Why the body was not understood, if its status is documented.
    pub(crate) reason: Option<serde_json::Error>,
}

#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: Url,
}

impl Client {
    pub(crate) fn new(endpoint: &str, token: &str, user_agent: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let url = Url::parse(&format!("{endpoint}/api/v1/access-tokens"))?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))?;
        authorization.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, authorization),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        let mut http = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(user_agent)
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .redirect(redirect::Policy::none())
            // The tests beside the benchmarks turn it on, and the requests are to be the same.
            .no_gzip();
        if url.host_str() == Some("127.0.0.1") {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build()?,
            url,
        })
    }

    pub(crate) async fn create_access_token(
        &self,
        name: &str,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<Created, Error> {
        let length = name.chars().count();
        if !(1..=128).contains(&length) {
            return Err(Error::Name(length));
        }
        let request = self.http.post(self.url.clone()).json(&Command { name, expires_at });
        let mut response = request.send().await.map_err(transport)?;
        let announced = response.content_length().unwrap_or_default().min(TRUSTED);
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
        let mut is_whole = true;
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            let left = LIMIT - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(left)]);
            if chunk.len() > left {
                is_whole = false;
                break;
            }
        }
        let answer = Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
            reason: None,
        };
        match answer.status.as_u16() {
            201 if is_whole => parse(answer),
            401 if is_whole => Err(Error::Unauthorized(parse(answer)?)),
            403 if is_whole => Err(Error::Forbidden(parse(answer)?)),
            422 if is_whole => Err(Error::Invalid(parse(answer)?)),
            500 if is_whole => Err(Error::Internal(parse(answer)?)),
            _ => Err(Error::Unexpected(Box::new(answer))),
        }
    }
}

fn transport(error: reqwest::Error) -> Error {
    Error::Transport(error.without_url())
}

fn parse<T: DeserializeOwned>(mut answer: Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|reason| {
        answer.reason = Some(reason);
        Error::Unexpected(Box::new(answer))
    })
}
