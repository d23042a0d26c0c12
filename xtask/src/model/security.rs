//! What operations ask for before they let a request in.

use std::fmt;

use super::prose::{code, line};

/// A security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The description's name for it, by which API keys are given.
    pub name: String,
    /// What satisfies it.
    pub kind: SchemeKind,
}

/// What satisfies a security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A bearer token, also one that `OAuth` 2 or `OpenID` Connect issues.
    Bearer,
    /// AskUI's access token: an API key in the header `Authorization`, the value of which begins with `Basic`.
    AccessToken,
    /// A user name and a password (RFC 7617).
    Basic,
    /// An API key in the header of that name.
    HeaderKey(String),
    /// An API key in the query, as the parameter of that name.
    QueryKey(String),
    /// An API key in the cookie of that name.
    CookieKey(String),
    /// A client certificate.
    MutualTls,
    /// Nothing that the client can give; what it is instead.
    Unsupported(String),
}

impl Scheme {
    /// Whether a client can be made that satisfies it.
    #[must_use]
    pub fn is_supported(&self) -> bool {
        !matches!(self.kind, SchemeKind::Unsupported(_))
    }

    /// The place in a request that only one scheme can use.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match &self.kind {
            SchemeKind::Bearer | SchemeKind::AccessToken | SchemeKind::Basic => Some("header `authorization`".into()),
            SchemeKind::HeaderKey(name) => Some(format!("header `{}`", name.to_ascii_lowercase())),
            SchemeKind::QueryKey(name) => Some(format!("query parameter `{name}`")),
            SchemeKind::CookieKey(name) => Some(format!("cookie `{name}`")),
            SchemeKind::MutualTls | SchemeKind::Unsupported(_) => None,
        }
    }

    /// What satisfies it, for documentation: with a link to the function that takes it.
    #[must_use]
    pub fn doc(&self) -> String {
        let key = |place: &str, name: &str| {
            let own = code(&self.name);
            format!(
                "[the API key {own}](crate::Credentials::api_key) in the {place} {}",
                code(name)
            )
        };
        match &self.kind {
            SchemeKind::Bearer => "[a bearer token](crate::Credentials::bearer)".into(),
            SchemeKind::AccessToken => "[an access token](crate::Credentials::access_token)".into(),
            SchemeKind::Basic => "[a user name and a password](crate::Credentials::basic)".into(),
            SchemeKind::HeaderKey(name) => key("header", name),
            SchemeKind::QueryKey(name) => key("query parameter", name),
            SchemeKind::CookieKey(name) => key("cookie", name),
            SchemeKind::MutualTls => {
                "a client certificate (mutual TLS, by [an HTTP client of your own](crate::ClientBuilder::reqwest_client))"
                    .into()
            }
            SchemeKind::Unsupported(what) => {
                format!("{} ({}, which the SDK cannot give)", code(&self.name), line(what))
            }
        }
    }
}

/// What satisfies it. Only API keys are given by the name of their scheme.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = code(&self.name);
        match &self.kind {
            SchemeKind::Bearer => f.write_str("bearer token"),
            SchemeKind::AccessToken => f.write_str("access token"),
            SchemeKind::Basic => f.write_str("user name and password"),
            SchemeKind::HeaderKey(name) => write!(f, "API key {own} in the header {}", code(name)),
            SchemeKind::QueryKey(name) => write!(f, "API key {own} in the query parameter {}", code(name)),
            SchemeKind::CookieKey(name) => write!(f, "API key {own} in the cookie {}", code(name)),
            SchemeKind::MutualTls => f.write_str("client certificate"),
            SchemeKind::Unsupported(what) => write!(f, "{own} ({what})"),
        }
    }
}

/// What one alternative asks for, each scheme as `text` has it; `none` if that is nothing.
#[must_use]
pub fn alternative(schemes: &[Scheme], text: impl Fn(&Scheme) -> String, none: &str) -> String {
    if schemes.is_empty() {
        return none.into();
    }
    let mut texts = Vec::new();
    for scheme in schemes {
        let text = text(scheme);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join(" and ")
}

/// What the alternatives ask for, each once; `none` if that is nothing.
#[must_use]
pub fn alternatives(security: &[Vec<Scheme>], text: impl Fn(&Scheme) -> String, none: &str) -> String {
    let mut texts = Vec::new();
    // That it can do without is said last.
    let (with, without): (Vec<_>, Vec<_>) = security.iter().partition(|schemes| !schemes.is_empty());
    for schemes in with.into_iter().chain(without) {
        let text = alternative(schemes, &text, none);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.is_empty() {
        return none.into();
    }
    let has_several = security.iter().any(|schemes| schemes.len() > 1);
    texts.join(if has_several { ", or " } else { " or " })
}
