//! What the errors of the HTTP libraries mean.
//!
//! They hide the types of the libraries below them, so they are told apart by their messages. A message that is not known
//! makes an error less precise, and never makes a retry look safe.

use std::{error::Error as StdError, iter};

use super::TransportErrorKind as Kind;

/// What is known of a failed attempt.
#[derive(Debug, PartialEq)]
pub(super) struct Diagnosis {
    pub(super) kind: Kind,
    /// Whether it happened before there was a connection.
    pub(super) is_connect: bool,
    /// Whether the same happens again until somebody changes something.
    pub(super) is_lasting: bool,
    /// Whether the server says that it did not process the request.
    pub(super) is_rejected: bool,
    /// What it means and what helps, where more is known than the library's message.
    pub(super) explanation: &'static str,
    /// The message of the innermost error, where libraries say what really happened (`Connection refused (os error 111)`).
    pub(super) message: String,
}

/// Messages about TLS, the most precise first, and what they mean. All of them last.
const TLS: [(&str, &str); 20] = [
    ("UnknownIssuer", UNTRUSTED),
    ("unable to get local issuer certificate", UNTRUSTED),
    ("self-signed certificate", UNTRUSTED),
    ("self signed certificate", UNTRUSTED),
    ("not trusted", UNTRUSTED),
    ("CaUsedAsEndEntity", CA),
    ("certificate expired", EXPIRED),
    ("certificate has expired", EXPIRED),
    ("peer certificate: Expired", EXPIRED),
    ("not valid yet", NOT_YET),
    ("NotValidYet", NOT_YET),
    ("not valid for name", OTHER_NAME),
    ("NotValidForName", OTHER_NAME),
    ("ostname mismatch", OTHER_NAME),
    ("invalid peer certificate", INVALID),
    ("certificate verify failed", INVALID),
    ("received corrupt message", NOT_TLS),
    ("wrong version number", NOT_TLS),
    ("received fatal alert: CertificateRequired", CLIENT_CERTIFICATE),
    ("received fatal alert", REJECTED),
];

const UNTRUSTED: &str = "no authority that this machine trusts has issued the certificate: add a private authority to the \
                         system's certificates, or trust it in a client of your own (`reqwest_client`)";
const CA: &str =
    "the server presents the certificate of an authority as its own: give it a certificate that the authority issued";
const EXPIRED: &str = "the certificate has expired: renew it, or correct the clock of this machine";
const NOT_YET: &str = "the certificate is not valid yet: correct the clock of this machine";
const OTHER_NAME: &str = "the certificate is for another host: check the endpoint";
const INVALID: &str = "the certificate is not valid";
const NOT_TLS: &str = "there is no TLS on this port: check the port, or use `http` if that is meant";
const CLIENT_CERTIFICATE: &str =
    "the server asks for a client certificate: give one to a client of your own (`reqwest_client`)";
const REJECTED: &str = "the server rejected the TLS handshake";

/// How the resolvers of Linux (glibc, musl), macOS and Windows say that a name does not exist.
const NO_SUCH_HOST: [&str; 6] = [
    "Name or service not known",
    "No address associated with hostname",
    "Name does not resolve",
    "nodename nor servname provided",
    "(os error 11001)",
    // rustls, before anything is resolved.
    "invalid dns name",
];

impl Diagnosis {
    /// `is_proxied` is whether the client calls the server through a proxy, and `has_body_failed` whether the body of the
    /// request could not be read.
    pub(super) fn new(error: &reqwest::Error, is_proxied: bool, has_body_failed: bool) -> Self {
        let sources = iter::successors(error.source(), |&error| error.source());
        let messages = sources.map(ToString::to_string).collect::<Vec<_>>();
        let mut diagnosis = diagnose(&messages, error.is_connect(), is_proxied);
        if has_body_failed {
            diagnosis.kind = Kind::RequestBody;
            diagnosis.is_lasting = true;
        } else if error.is_builder() || error.is_redirect() {
            diagnosis.kind = Kind::Client;
            diagnosis.is_lasting = true;
        } else if error.is_timeout() {
            diagnosis.kind = Kind::Timeout;
        }
        if diagnosis.message.is_empty() {
            diagnosis.message = error.to_string();
        }
        diagnosis
    }
}

/// `messages` are those of the sources of an error, the innermost last.
fn diagnose(messages: &[String], is_connect: bool, is_proxied: bool) -> Diagnosis {
    let innermost = messages.last().map(String::as_str).unwrap_or_default();
    let tunnel = messages
        .iter()
        .find_map(|message| message.strip_prefix("tunnel error: "));
    let tls = TLS.iter().find(|(text, _)| innermost.contains(text));
    let is_unknown_host = is_connect && NO_SUCH_HOST.iter().any(|text| innermost.contains(text));
    let is_rejected_tunnel = match tunnel {
        Some("proxy authorization required") => Some("it asks for a user name and password, or rejects those it got"),
        Some("unsuccessful") => Some("it refused to connect to the server"),
        _ => None,
    };
    let kind = match (tunnel, tls) {
        (Some(_), _) => Kind::Proxy,
        (None, Some(_)) => Kind::Tls,
        (None, None) if is_connect && is_proxied => Kind::Proxy,
        (None, None) if is_connect => Kind::Connect,
        (None, None) => Kind::Closed,
    };
    Diagnosis {
        kind,
        is_connect,
        is_lasting: tls.is_some() || is_unknown_host || is_rejected_tunnel.is_some(),
        is_rejected: !is_connect && messages.iter().any(|message| is_http2_rejection(message)),
        explanation: is_rejected_tunnel
            .or(tls.map(|(_, explanation)| *explanation))
            .or(is_unknown_host.then_some("there is no host of that name"))
            .unwrap_or_default(),
        message: innermost.to_owned(),
    }
}

/// Whether the server says by HTTP/2 that it did not process the request: by a GOAWAY without an error for later streams
/// (RFC 9113, 6.8), or by `REFUSED_STREAM` (8.7).
fn is_http2_rejection(message: &str) -> bool {
    message.starts_with("connection error received: not a result of an error")
        || message.starts_with("stream error received: refused stream before processing any application logic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_libraries_are_understood() {
        let tunnel = |reason: &str| vec!["client error (Connect)".to_owned(), format!("tunnel error: {reason}")];
        let dns = |reason: &str| {
            vec![
                "client error (Connect)".to_owned(),
                "dns error".into(),
                format!("failed to lookup address information: {reason}"),
            ]
        };
        let one = |message: &str| vec![message.to_owned()];
        let through_proxy = [
            tunnel("failed to create underlying connection"),
            dns("Name or service not known"),
        ]
        .concat();
        for (messages, is_connect, is_proxied, kind, is_lasting) in [
            (
                one("Connection refused (os error 111)"),
                true,
                false,
                Kind::Connect,
                false,
            ),
            (one("Connection refused (os error 111)"), true, true, Kind::Proxy, false),
            (one("tls handshake eof"), true, false, Kind::Connect, false),
            (dns("Name or service not known"), true, false, Kind::Connect, true),
            (
                dns("Temporary failure in name resolution"),
                true,
                false,
                Kind::Connect,
                false,
            ),
            (
                dns("nodename nor servname provided, or not known"),
                true,
                false,
                Kind::Connect,
                true,
            ),
            (tunnel("proxy authorization required"), true, true, Kind::Proxy, true),
            (tunnel("unsuccessful"), true, true, Kind::Proxy, true),
            (tunnel("unexpected end of file"), true, true, Kind::Proxy, false),
            (through_proxy, true, false, Kind::Proxy, true),
            (
                one("invalid peer certificate: UnknownIssuer"),
                true,
                false,
                Kind::Tls,
                true,
            ),
            (
                one("invalid peer certificate: Other(CaUsedAsEndEntity)"),
                true,
                true,
                Kind::Tls,
                true,
            ),
            (
                one("received corrupt message of type InvalidContentType"),
                true,
                false,
                Kind::Tls,
                true,
            ),
            (
                one("received fatal alert: CertificateRequired"),
                false,
                false,
                Kind::Tls,
                true,
            ),
            (
                one("connection closed before message completed"),
                false,
                false,
                Kind::Closed,
                false,
            ),
            (vec![], false, false, Kind::Closed, false),
        ] {
            let found = diagnose(&messages, is_connect, is_proxied);
            assert_eq!(
                (found.kind, found.is_lasting, found.is_connect),
                (kind, is_lasting, is_connect),
                "{messages:?}"
            );
            assert!(
                !found.is_rejected && is_lasting != found.explanation.is_empty(),
                "{messages:?}"
            );
        }
    }
}
