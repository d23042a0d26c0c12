//! What the description asks for before it lets a request in: alternatives, each of which is a list of schemes that are all
//! needed.

use std::fmt;

/// A security scheme of the description, as generated code names it. The first text is its name in
/// `#/components/securitySchemes`, the second one the name of the key.
#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// A bearer token, also one of `OAuth` 2 or `OpenID` Connect.
    Bearer(&'static str),
    /// AskUI's access token: an API key in the header `Authorization`.
    AccessToken(&'static str),
    /// RFC 7617.
    Basic(&'static str),
    HeaderKey(&'static str, &'static str),
    QueryKey(&'static str, &'static str),
    CookieKey(&'static str, &'static str),
    /// A client certificate, which only the application's own HTTP client can have.
    MutualTls(&'static str),
    /// One that no credentials satisfy, and what it is.
    Unsupported(&'static str, &'static str),
}

/// What one request needs: a list of alternatives; none if the operation is open to all.
pub(crate) type Requirements = &'static [&'static [Scheme]];

impl Scheme {
    /// Whether it is sent with a request, as credentials are.
    pub(crate) fn is_sent(self) -> bool {
        !matches!(self, Self::MutualTls(_) | Self::Unsupported(..))
    }
}

/// The first alternative of which all schemes are there; the empty one, if there is one, only after the others.
///
/// `has_certificate` is what the client cannot know for sure, so alternatives without a certificate come first.
pub(crate) fn chosen(
    requirements: Requirements,
    has_certificate: bool,
    has: impl Fn(Scheme) -> bool,
) -> Option<&'static [Scheme]> {
    let first = |with_certificate: bool| {
        let is_there = |scheme: &Scheme| match scheme {
            Scheme::MutualTls(_) => with_certificate,
            scheme => has(*scheme),
        };
        let mut alternatives = requirements.iter().copied();
        alternatives.find(|schemes| !schemes.is_empty() && schemes.iter().all(is_there))
    };
    first(false)
        .or_else(|| first(true).filter(|_| has_certificate))
        .or_else(|| requirements.iter().copied().find(|schemes| schemes.is_empty()))
}

/// What is needed, without the alternative that nothing is.
pub(crate) fn needs(requirements: Requirements) -> String {
    let or = if requirements.iter().any(|schemes| schemes.len() > 1) {
        ", or "
    } else {
        " or "
    };
    let alternatives = requirements
        .iter()
        .filter(|schemes| !schemes.is_empty())
        .map(|schemes| {
            let schemes = schemes.iter().map(ToString::to_string);
            schemes.collect::<Vec<_>>().join(" and ")
        });
    alternatives.collect::<Vec<_>>().join(or)
}

/// Why no request can be sent: what is needed, what the client has, and what to do about it.
pub(crate) fn unsatisfied(requirements: Requirements, has: &dyn fmt::Display) -> String {
    let mut reason = format!("it needs {}, and the client has {has}", needs(requirements));
    let is_possible = |schemes: &&[Scheme]| !schemes.iter().any(|scheme| matches!(scheme, Scheme::Unsupported(..)));
    let mut possible = requirements.iter().copied().filter(is_possible);
    reason.push_str(match possible.next() {
        None => "; the SDK cannot satisfy that",
        Some([Scheme::MutualTls(_)]) => ": give it an HTTP client that presents a certificate",
        Some([_]) => ": give it what it needs with `ClientBuilder::credentials`",
        Some(_) => ": give it what it needs with `ClientBuilder::credentials`, joined by `Credentials::and`",
    });
    reason
}

/// What it is, and how to give it.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer(scheme) => write!(f, "`{scheme}` (a bearer token: `Credentials::bearer`)"),
            Self::AccessToken(scheme) => write!(f, "`{scheme}` (an access token: `Credentials::access_token`)"),
            Self::Basic(scheme) => write!(f, "`{scheme}` (a user name and a password: `Credentials::basic`)"),
            Self::HeaderKey(scheme, name) => {
                write!(
                    f,
                    "`{scheme}` (an API key in the header `{name}`: `Credentials::api_key`)"
                )
            }
            Self::QueryKey(scheme, name) => {
                write!(
                    f,
                    "`{scheme}` (an API key in the query, `{name}`: `Credentials::api_key`)"
                )
            }
            Self::CookieKey(scheme, name) => {
                write!(
                    f,
                    "`{scheme}` (an API key in the cookie `{name}`: `Credentials::api_key`)"
                )
            }
            Self::MutualTls(scheme) => {
                write!(f, "`{scheme}` (a client certificate: `ClientBuilder::reqwest_client`)")
            }
            Self::Unsupported(scheme, what) => write!(f, "`{scheme}` ({what})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: Scheme = Scheme::Bearer("Token");
    const KEY: Scheme = Scheme::HeaderKey("Key", "X-Key");
    const OTHER: Scheme = Scheme::QueryKey("Other", "key");
    const CERTIFICATE: Scheme = Scheme::MutualTls("Certificate");
    const DIGEST: Scheme = Scheme::Unsupported("Digest", "HTTP authentication by `digest`");

    #[test]
    fn the_first_alternative_that_is_there_is_chosen() {
        type Schemes = &'static [Scheme];
        const NOTHING: Schemes = &[];
        let cases: [(Requirements, Schemes, bool, Option<Schemes>); 12] = [
            (&[&[TOKEN]], &[TOKEN], false, Some(&[TOKEN])),
            (&[&[TOKEN]], &[KEY], false, None),
            (&[&[TOKEN, KEY]], &[TOKEN], false, None),
            (&[&[TOKEN, KEY]], &[KEY, TOKEN], false, Some(&[TOKEN, KEY])),
            (&[&[TOKEN, KEY], &[KEY]], &[KEY], false, Some(&[KEY])),
            (&[&[OTHER], &[KEY]], &[KEY, OTHER], false, Some(&[OTHER])),
            (&[NOTHING, &[KEY]], &[KEY], false, Some(&[KEY])),
            (&[NOTHING, &[KEY]], &[TOKEN], false, Some(NOTHING)),
            (&[&[CERTIFICATE]], &[], true, Some(&[CERTIFICATE])),
            (&[&[CERTIFICATE]], &[TOKEN], false, None),
            (&[&[CERTIFICATE], &[TOKEN]], &[TOKEN], true, Some(&[TOKEN])),
            (&[&[DIGEST]], &[TOKEN, KEY, OTHER], true, None),
        ];
        for (requirements, held, has_certificate, expected) in cases {
            let chosen = chosen(requirements, has_certificate, |scheme| held.contains(&scheme));
            assert_eq!(chosen, expected, "{requirements:?} with {held:?}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_its_name_and_its_place() {
        let cases: [(Requirements, &str); 5] = [
            (
                &[&[TOKEN], &[OTHER]],
                "it needs `Token` (a bearer token: `Credentials::bearer`) or `Other` (an API key in the query, `key`: \
                 `Credentials::api_key`), and the client has nothing: give it what it needs with \
                 `ClientBuilder::credentials`",
            ),
            (
                &[&[KEY, OTHER], &[TOKEN]],
                "it needs `Key` (an API key in the header `X-Key`: `Credentials::api_key`) and `Other` (an API key in the \
                 query, `key`: `Credentials::api_key`), or `Token` (a bearer token: `Credentials::bearer`), and the client \
                 has nothing: give it what it needs with `ClientBuilder::credentials`, joined by `Credentials::and`",
            ),
            (
                &[&[CERTIFICATE]],
                "it needs `Certificate` (a client certificate: `ClientBuilder::reqwest_client`), and the client has nothing: \
                 give it an HTTP client that presents a certificate",
            ),
            (
                &[&[DIGEST]],
                "it needs `Digest` (HTTP authentication by `digest`), and the client has nothing; the SDK cannot satisfy that",
            ),
            (
                &[&[DIGEST, KEY], &[Scheme::Basic("User")]],
                "it needs `Digest` (HTTP authentication by `digest`) and `Key` (an API key in the header `X-Key`: \
                 `Credentials::api_key`), or `User` (a user name and a password: `Credentials::basic`), and the client has \
                 nothing: give it what it needs with `ClientBuilder::credentials`",
            ),
        ];
        for (requirements, expected) in cases {
            assert_eq!(unsatisfied(requirements, &"nothing"), expected);
        }
    }
}
