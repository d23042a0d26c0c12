use std::{
    env, fmt, iter,
    sync::{Arc, OnceLock},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use percent_encoding::utf8_percent_encode;
use reqwest::{
    Url,
    header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue},
};
use zeroize::Zeroizing;

use crate::{BuildError, Secret, endpoint::UNRESERVED, redactor::Redactor, security::Scheme};

const ILLEGAL: &str = "the bearer token holds characters that an HTTP header cannot carry: check where it comes from";

/// How a [`Client`](crate::Client) proves who it is: one credential for each security scheme that is asked for.
///
/// They are sent to the configured endpoint only (the SDK's own HTTP client follows no redirect), and only by operations
/// that the API's description secures: the documentation of each operation says what it asks for. Neither `Debug` nor any
/// error prints them.
///
/// # Examples
///
/// ```
/// use askui_workspaces::Credentials;
///
/// let credentials = Credentials::access_token("an access token");
/// assert_eq!(format!("{credentials:?}"), "AccessToken([redacted])");
/// ```
#[derive(Clone)]
pub struct Credentials {
    first: Arc<Credential>,
    others: Vec<Arc<Credential>>,
    /// Until when those of a provider are used.
    expires_at: Option<DateTime<Utc>>,
}

/// One credential.
struct Credential {
    kind: Kind,
    /// What is made of it, once for all calls.
    prepared: OnceLock<Result<Prepared, &'static str>>,
}

#[derive(PartialEq)]
enum Kind {
    Bearer(Secret),
    AccessToken(Secret),
    Basic {
        user: Secret,
        password: Secret,
    },
    ApiKey {
        /// The name of the security scheme.
        scheme: &'static str,
        key: Secret,
    },
}

/// What a request carries, and what must not come back.
struct Prepared {
    /// Marked as sensitive. A key that is no legal header has none, since it may be meant for another place.
    header: Option<HeaderValue>,
    redactor: Redactor,
}

impl Credentials {
    /// A bearer token, also one that was issued by `OAuth` 2 or `OpenID` Connect: sends `Authorization: Bearer <token>`.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::new(Kind::Bearer(token.into()))
    }

    /// An AskUI access token: sends `Authorization: Basic <base64>`.
    ///
    /// What is encoded is the access token in UTF-8 alone, without a user name and without a colon, as AskUI's own clients
    /// do. It is for the scheme that the description declares as an API key in the `Authorization` header. A user name and a
    /// password are for [`basic`](Self::basic).
    pub fn access_token(token: impl Into<Secret>) -> Self {
        Self::new(Kind::AccessToken(token.into()))
    }

    /// A user name and a password, either of which may be empty: sends `Authorization: Basic <base64>`, as
    /// [RFC 7617](https://www.rfc-editor.org/rfc/rfc7617) says, in UTF-8.
    pub fn basic(user: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self::new(Kind::Basic {
            user: user.into(),
            password: password.into(),
        })
    }

    /// The access token in the environment variable `ASKUI_TOKEN`, as [`access_token`](Self::access_token).
    ///
    /// # Errors
    ///
    /// If the variable is not set, is empty or not UTF-8, or holds more than the token: quotes, white space, the name of a
    /// variable or scheme.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(variable)
    }

    pub(crate) fn from_variables(
        variable: impl Fn(&str) -> Result<Option<String>, BuildError>,
    ) -> Result<Self, BuildError> {
        const TOKEN: &str = "ASKUI_TOKEN";

        let token = variable(TOKEN)?.filter(|token| !token.is_empty()).ok_or_else(|| {
            BuildError::new("there is nothing in the environment variable ASKUI_TOKEN: set it to an AskUI access token")
        })?;
        let credentials = Self::access_token(token);
        let checked = credentials.check();
        checked.map_err(|reason| BuildError::new(reason).of_variable(TOKEN))?;
        Ok(credentials)
    }

    /// An API key, which is sent as it is, in the header, query or cookie that the description says.
    ///
    /// `scheme` is the name of the security scheme in the description, not that of the header. The documentation of an
    /// operation and the error of a call without the key have it.
    pub fn api_key(scheme: &'static str, key: impl Into<Secret>) -> Self {
        Self::new(Kind::ApiKey {
            scheme,
            key: key.into(),
        })
    }

    /// These credentials and others, for operations that ask for several at once, or for different ones. One of `others`
    /// replaces what there is of its kind, and for the same scheme.
    ///
    /// # Examples
    ///
    /// ```
    /// use askui_workspaces::Credentials;
    ///
    /// let both = Credentials::bearer("a token").and(Credentials::api_key("GatewayKey", "a key"));
    /// assert_eq!(
    ///     format!("{both:?}"),
    ///     r#"[Bearer([redacted]), ApiKey("GatewayKey", [redacted])]"#
    /// );
    /// ```
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        // They are complete as long as each of them is valid.
        self.expires_at = self.expires_at.into_iter().chain(others.expires_at).min();
        for other in iter::once(others.first).chain(others.others) {
            let mut held = iter::once(&mut self.first).chain(&mut self.others);
            match held.find(|held| held.kind.is_replaced_by(&other.kind)) {
                Some(held) => *held = other,
                None => self.others.push(other),
            }
        }
        self
    }

    fn new(kind: Kind) -> Self {
        Self {
            first: Arc::new(Credential {
                kind,
                prepared: OnceLock::new(),
            }),
            others: Vec::new(),
            expires_at: None,
        }
    }

    /// These credentials for calls until that time. A [`CredentialsProvider`](crate::CredentialsProvider) says so of what it gives, and is asked again some
    /// seconds before; credentials without an end are asked for before each attempt.
    #[must_use]
    pub fn expires_at(mut self, time: DateTime<Utc>) -> Self {
        self.expires_at = Some(time);
        self
    }

    pub(crate) fn expiry(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// Whether a request with the one is like a request with the other.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.all()
            .map(|credential| &credential.kind)
            .eq(other.all().map(|credential| &credential.kind))
    }

    /// Credentials for that scheme, if there can be some.
    #[cfg(feature = "mock")]
    pub(crate) fn for_scheme(scheme: Scheme, secret: &str) -> Option<Self> {
        Some(match scheme {
            Scheme::Bearer(_) => Self::bearer(secret),
            Scheme::AccessToken(_) => Self::access_token(secret),
            Scheme::Basic(_) => Self::basic(secret, secret),
            Scheme::HeaderKey(scheme, _) | Scheme::QueryKey(scheme, _) | Scheme::CookieKey(scheme, _) => {
                Self::api_key(scheme, secret)
            }
            Scheme::MutualTls(_) | Scheme::Unsupported(..) => return None,
        })
    }

    fn all(&self) -> impl Iterator<Item = &Credential> {
        iter::once(&*self.first).chain(self.others.iter().map(|other| &**other))
    }

    /// What is wrong with one of them wherever it is sent; the reason does not repeat it.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        self.all().try_for_each(|credential| credential.prepared().map(drop))
    }

    /// Whether one of them is for that scheme.
    pub(crate) fn has(&self, scheme: Scheme) -> bool {
        self.all().any(|credential| credential.kind.is_for(scheme))
    }

    /// Puts what is for that scheme into a request, or says why it cannot; the reason does not repeat it.
    pub(crate) fn authenticate(&self, scheme: Scheme, headers: &mut HeaderMap, url: &mut Url) -> Result<(), String> {
        let found = self.all().find(|credential| credential.kind.is_for(scheme));
        found.map_or(Ok(()), |credential| credential.authenticate(scheme, headers, url))
    }

    /// What is searched for in whatever a server sends.
    pub(crate) fn redactors(&self) -> impl Iterator<Item = &Redactor> {
        let prepared = self.all().filter_map(|credential| credential.prepared().ok());
        prepared.map(|prepared| &prepared.redactor)
    }
}

impl Kind {
    fn is_replaced_by(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ApiKey { scheme, .. }, Self::ApiKey { scheme: other, .. }) => scheme == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    fn is_for(&self, scheme: Scheme) -> bool {
        match self {
            Self::Bearer(_) => matches!(scheme, Scheme::Bearer(_)),
            Self::AccessToken(_) => matches!(scheme, Scheme::AccessToken(_)),
            Self::Basic { .. } => matches!(scheme, Scheme::Basic(_)),
            Self::ApiKey { scheme: own, .. } => match scheme {
                Scheme::HeaderKey(name, _) | Scheme::QueryKey(name, _) | Scheme::CookieKey(name, _) => name == *own,
                _ => false,
            },
        }
    }
}

impl Credential {
    fn prepared(&self) -> Result<&Prepared, &'static str> {
        let prepared = self.prepared.get_or_init(|| self.kind.prepare());
        prepared.as_ref().map_err(|reason| *reason)
    }

    fn authenticate(&self, scheme: Scheme, headers: &mut HeaderMap, url: &mut Url) -> Result<(), String> {
        let Prepared { header, .. } = self.prepared()?;
        let Kind::ApiKey { key, .. } = &self.kind else {
            if let Some(header) = header {
                headers.insert(AUTHORIZATION, header.clone());
            }
            return Ok(());
        };
        let key = key.expose_secret();
        let illegal = |name: &str, place: &str| {
            format!("the API key `{name}` holds characters that {place} cannot carry: check where it comes from")
        };
        match scheme {
            Scheme::HeaderKey(scheme, name) => {
                let name = HeaderName::from_bytes(name.as_bytes()).ok();
                let (name, header) = name
                    .zip(header.clone())
                    .ok_or_else(|| illegal(scheme, "an HTTP header"))?;
                if name == COOKIE {
                    add_cookies(headers, header);
                } else {
                    headers.insert(name, header);
                }
            }
            Scheme::QueryKey(_, name) => {
                let pair = Zeroizing::new(format!(
                    "{}={}",
                    utf8_percent_encode(name, UNRESERVED),
                    utf8_percent_encode(key, UNRESERVED)
                ));
                let query = match url.query().unwrap_or_default() {
                    "" => pair,
                    others => Zeroizing::new(format!("{others}&{}", *pair)),
                };
                url.set_query(Some(&query));
            }
            Scheme::CookieKey(scheme, name) => {
                let cookie = Zeroizing::new(format!("{name}={key}"));
                let cookie = HeaderValue::from_str(&cookie).ok().filter(|_| is_cookie(key));
                let mut cookie = cookie.ok_or_else(|| illegal(scheme, "a cookie"))?;
                cookie.set_sensitive(true);
                add_cookies(headers, cookie);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Kind {
    fn prepare(&self) -> Result<Prepared, &'static str> {
        let sensitive = |text: &str| {
            let mut header = HeaderValue::from_str(text).ok()?;
            header.set_sensitive(true);
            Some(header)
        };
        match self {
            Self::Bearer(token) => {
                let token = checked_token(token)?;
                if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(ILLEGAL);
                }
                let text = Zeroizing::new(format!("Bearer {token}"));
                Ok(Prepared {
                    header: Some(sensitive(&text).ok_or(ILLEGAL)?),
                    redactor: Redactor::new(&[token]),
                })
            }
            Self::AccessToken(token) => {
                let token = checked_token(token)?;
                if is_encoded(token) {
                    return Err(
                        "the access token is in base64 already: give it as AskUI shows it, since the client encodes it",
                    );
                }
                let encoded = Zeroizing::new(STANDARD.encode(token));
                Ok(Prepared {
                    header: sensitive(&Zeroizing::new(format!("Basic {}", *encoded))),
                    redactor: Redactor::new(&[&encoded, token]),
                })
            }
            Self::Basic { user, password } => {
                let (user, password) = (user.expose_secret(), password.expose_secret());
                if user.is_empty() && password.is_empty() {
                    return Err("the user name and the password are empty");
                }
                if user.contains(':') {
                    return Err("the user name holds a colon, which would end it (RFC 7617)");
                }
                if [user, password].iter().any(|text| text.contains(char::is_control)) {
                    return Err(
                        "the user name or the password holds control characters (a line break, perhaps): remove them",
                    );
                }
                let both = Zeroizing::new(format!("{user}:{password}"));
                let encoded = Zeroizing::new(STANDARD.encode(both.as_bytes()));
                // Some APIs take a key as the name of a user without a password.
                let secret = if password.is_empty() { user } else { password };
                Ok(Prepared {
                    header: sensitive(&Zeroizing::new(format!("Basic {}", *encoded))),
                    redactor: Redactor::new(&[&encoded, &both, secret]),
                })
            }
            Self::ApiKey { key, .. } => {
                let key = checked(key)?;
                Ok(Prepared {
                    // Of other bytes, no receiver knows the encoding.
                    header: sensitive(key).filter(|_| key.is_ascii()),
                    redactor: Redactor::new(&[key]),
                })
            }
        }
    }
}

/// A text that is not empty and holds nothing by accident.
fn checked(secret: &Secret) -> Result<&str, &'static str> {
    let text = secret.expose_secret();
    if text.is_empty() {
        return Err("the credential is empty");
    }
    if text.starts_with('\u{feff}') {
        return Err("the credential begins with a byte order mark (from a file, perhaps): remove it");
    }
    if text.trim() != text {
        return Err("the credential begins or ends with white space (a line break from a file, perhaps): remove it");
    }
    if text.contains(['\r', '\n', '\u{2028}', '\u{2029}']) {
        return Err("the credential holds a line break: give it in one line");
    }
    if text.contains(char::is_control) {
        return Err("the credential holds control characters: check where it comes from");
    }
    Ok(text)
}

/// A text that is a token alone.
fn checked_token(secret: &Secret) -> Result<&str, &'static str> {
    const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];

    let text = checked(secret)?;
    let begins_with = |name: &str| {
        text.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    if ["Bearer ", "Basic "].into_iter().any(begins_with) {
        return Err("the credential begins with the name of a scheme: give the token alone");
    }
    if ["Token=", "ASKUI_TOKEN=", "export ", "set "]
        .into_iter()
        .any(begins_with)
    {
        return Err("the credential begins with the name of a variable (such as `ASKUI_TOKEN=`): give its value alone");
    }
    if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
        return Err("the credential has quotes around it: remove them");
    }
    Ok(text)
}

/// Whether that is a token in base64, beyond doubt: what it encodes consists of the characters of tokens alone, for which the
/// chance is less than one in ten million where it does not.
fn is_encoded(text: &str) -> bool {
    const CERTAIN: usize = 12;

    let decoded = STANDARD.decode(text).map(Zeroizing::new);
    decoded.is_ok_and(|bytes| {
        let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        bytes.len() >= CERTAIN && bytes.iter().all(is_token)
    })
}

/// The value of an environment variable, if it is set.
pub(crate) fn variable(name: &str) -> Result<Option<String>, BuildError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(BuildError::new(format!("the environment variable {name} is not UTF-8")))
        }
    }
}

/// Whether a cookie can have that value, which no rule encodes (RFC 6265, 4.1.1).
fn is_cookie(value: &str) -> bool {
    let mut bytes = value.bytes();
    bytes.all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\'))
}

/// Adds cookies to those that are there already, since one header holds all of them.
pub(crate) fn add_cookies(headers: &mut HeaderMap, cookies: HeaderValue) {
    let joined = headers.get(COOKIE).and_then(|others| {
        let text = Zeroizing::new([others.as_bytes(), b"; ", cookies.as_bytes()].concat());
        let mut joined = HeaderValue::from_bytes(&text).ok()?;
        joined.set_sensitive(others.is_sensitive() || cookies.is_sensitive());
        Some(joined)
    });
    headers.insert(COOKIE, joined.unwrap_or(cookies));
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Bearer(token) => f.debug_tuple("Bearer").field(token).finish(),
            Kind::AccessToken(token) => f.debug_tuple("AccessToken").field(token).finish(),
            Kind::Basic { user, password } => f.debug_tuple("Basic").field(user).field(password).finish(),
            Kind::ApiKey { scheme, key } => f.debug_tuple("ApiKey").field(scheme).field(key).finish(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.others.is_empty() {
            self.first.fmt(f)
        } else {
            f.debug_list().entries(self.all()).finish()
        }
    }
}

/// What there is, for the error of a call that needs something else.
pub(crate) struct Summary<'a>(pub(crate) Option<&'a Credentials>);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(credentials) = self.0 else {
            return f.write_str("no credentials");
        };
        for (index, credential) in credentials.all().enumerate() {
            f.write_str(if index > 0 { " and " } else { "" })?;
            match &credential.kind {
                Kind::Bearer(_) => f.write_str("a bearer token")?,
                Kind::AccessToken(_) => f.write_str("an access token")?,
                Kind::Basic { .. } => f.write_str("a user name and a password")?,
                Kind::ApiKey { scheme, .. } => write!(f, "the API key `{scheme}`")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers and the address of a request with a key.
    fn sent(credentials: &Credentials, schemes: &[Scheme]) -> Result<(HeaderMap, Url), String> {
        let (mut headers, mut url) = (
            HeaderMap::new(),
            Url::parse("http://localhost/?a=1").expect("an address"),
        );
        for scheme in schemes {
            credentials.authenticate(*scheme, &mut headers, &mut url)?;
        }
        Ok((headers, url))
    }

    #[test]
    fn headers_are_marked_as_sensitive() {
        let key = || Credentials::api_key("Key", "a-key");
        for (credentials, scheme) in [
            (Credentials::bearer("a-token"), Scheme::Bearer("Token")),
            (Credentials::access_token("a-token"), Scheme::AccessToken("Token")),
            (Credentials::basic("a-user", "a-password"), Scheme::Basic("User")),
            (key(), Scheme::HeaderKey("Key", "X-Key")),
            (key(), Scheme::HeaderKey("Key", "Cookie")),
            (key(), Scheme::CookieKey("Key", "key")),
        ] {
            let (mut headers, _) = sent(&credentials, &[scheme]).expect("it is legal");
            add_cookies(&mut headers, HeaderValue::from_static("b=1"));
            for (name, value) in &headers {
                let is_other = name == COOKIE && value == "b=1";
                assert!(value.is_sensitive() || is_other, "{scheme:?}");
            }
        }
    }

    #[test]
    fn several_credentials_expire_with_the_first_of_them() {
        let key = || Credentials::api_key("Key", "a-key");
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        let expiring = |credentials: Credentials, seconds| match at(seconds) {
            Some(time) => credentials.expires_at(time),
            None => credentials,
        };
        let bearer = || Credentials::bearer("a-token");
        for (one, other, expected) in [
            (bearer(), key(), None),
            (expiring(bearer(), 10), key(), at(10)),
            (bearer(), expiring(key(), 20), at(20)),
            (expiring(bearer(), 10), expiring(key(), 20), at(10)),
            (expiring(bearer(), 20), expiring(key(), 10), at(10)),
        ] {
            assert_eq!(one.and(other).expiry(), expected);
        }
    }

    #[test]
    fn a_key_is_sent_as_it_is_or_not_at_all() {
        const HEADER: Scheme = Scheme::HeaderKey("Key", "X-Key");
        const QUERY: Scheme = Scheme::QueryKey("Key", "a key");
        const COOKIE: Scheme = Scheme::CookieKey("Key", "key");
        let header = Some("an HTTP header");
        let cookie = Some("a cookie");
        for (key, scheme, expected, illegal) in [
            ("a/b=c+d", HEADER, "a/b=c+d", None),
            ("two words", HEADER, "two words", None),
            ("schlüssel", HEADER, "", header),
            ("a/b=c+d", QUERY, "a=1&a%20key=a%2Fb%3Dc%2Bd", None),
            ("ü &;#~", QUERY, "a=1&a%20key=%C3%BC%20%26%3B%23~", None),
            ("a/b=c+d", COOKIE, "key=a/b=c+d", None),
            ("two words", COOKIE, "", cookie),
            ("a;b", COOKIE, "", cookie),
            ("a,b", COOKIE, "", cookie),
            ("\"a\"", COOKIE, "", cookie),
            ("schlüssel", COOKIE, "", cookie),
        ] {
            let illegal = illegal.map(|place| {
                format!("the API key `Key` holds characters that {place} cannot carry: check where it comes from")
            });
            match sent(&Credentials::api_key("Key", key), &[scheme]) {
                Ok((headers, url)) => {
                    let written = match scheme {
                        QUERY => url.query(),
                        _ => headers.values().next().and_then(|value| value.to_str().ok()),
                    };
                    assert_eq!((written, illegal), (Some(expected), None), "{key}");
                }
                Err(reason) => assert_eq!(Some(reason), illegal, "{key}"),
            }
        }
    }

    #[test]
    fn one_of_a_kind_replaces_another() {
        let credentials = Credentials::bearer("first")
            .and(Credentials::api_key("A", "first"))
            .and(Credentials::bearer("second").and(Credentials::api_key("B", "second")))
            .and(Credentials::api_key("A", "second"));
        assert_eq!(
            format!("{credentials:?}"),
            r#"[Bearer([redacted]), ApiKey("A", [redacted]), ApiKey("B", [redacted])]"#
        );
        let schemes = [
            Scheme::Bearer("Token"),
            Scheme::HeaderKey("A", "a"),
            Scheme::HeaderKey("B", "b"),
        ];
        let (headers, _) = sent(&credentials, &schemes).expect("all of it is legal");
        let values = headers.values().map(|value| value.to_str().expect("it is text"));
        assert_eq!(values.collect::<Vec<_>>(), ["Bearer second", "second", "second"]);
    }
}
