//! What the description says of itself: its version of OpenAPI, the API's title and version, and its servers.

use std::{collections::BTreeSet, net::IpAddr};

use serde_json::Value;

use super::{
    description::Description,
    openapi_keywords::{COMPONENTS, DESCRIPTION},
    reports::Reports,
    site::METHODS,
    vocabulary::{list, members, plain_text, text},
};
use crate::input::{diagnostic::Diagnostic, pointer::Pointer, rule::Rule};

/// Takes OpenAPI 3 only.
///
/// # Errors
///
/// If the description is anything else.
pub fn check_version(root: &Value) -> Result<(), Diagnostic> {
    let at = Pointer::root();
    let unsupported = |version: &str, at: &Pointer, help: &str| {
        let message = format!("the description is {version}");
        Err(Diagnostic::new(Rule::UnsupportedVersion, message).at(at).help(help))
    };
    if let Some(version) = root.get("swagger") {
        let version = format!("Swagger {}", plain_text(version));
        let help = "convert it to OpenAPI 3.1; this generator takes no version before 3.0";
        return unsupported(&version, &at.child("swagger"), help);
    }
    let Some(version) = root.get("openapi").map(plain_text) else {
        let message = "the file is not an OpenAPI description: `openapi` is missing";
        let error = Diagnostic::new(Rule::NotOpenApi, message).at(&at);
        return Err(error.help("give the vendor's OpenAPI 3.1 description"));
    };
    // Without quotes, YAML makes a number of it.
    if ["3.0", "3.1", "3.2"].iter().any(|known| version.starts_with(known)) {
        return Ok(());
    }
    let help = "convert it to OpenAPI 3.1; this generator takes 3.0, 3.1, and of 3.2 what 3.1 has";
    unsupported(&format!("OpenAPI {version}"), &at.child("openapi"), help)
}

/// Notes the parts that no description has, and that nothing refers to.
pub(super) fn note_unused(description: &Description<'_>, reports: &mut Reports) {
    let at = Pointer::root();
    for (at, what, known) in [
        (at.child("components"), "`components`", &COMPONENTS[..]),
        (at, "a description", &DESCRIPTION),
    ] {
        let Some(value) = description.resolve(&at) else {
            continue;
        };
        let is_referred = |keyword: &str| {
            description
                .referred
                .iter()
                .any(|target| target.is_in(&at.child(keyword)))
        };
        let keywords = value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(keyword, _)| keyword.as_str());
        let referred = keywords.filter(|keyword| !known.contains(keyword) && is_referred(keyword));
        let known = known.iter().copied().chain(referred).collect::<Vec<_>>();
        reports.keywords(value, &at, what, &known);
    }
}

/// The API's title and version.
pub(super) fn title_and_version(root: &Value, reports: &mut Reports) -> (String, String) {
    let mut text = |name: &str| match root.get("info").and_then(|info| info.get(name)) {
        Some(Value::String(text)) => text.clone(),
        // Without quotes, YAML makes a number of it.
        Some(number @ Value::Number(_)) => number.to_string(),
        _ => {
            let text = format!("`{name}` is missing, or not a string");
            reports.note(Rule::IncompleteInfo, &Pointer::root().child("info"), text);
            "unnamed".into()
        }
    };
    (text("title"), text("version"))
}

/// The address of the first server that a client can be built for, with its variables' defaults. If none has a host, it is the path
/// of the first, or empty.
pub(super) fn server(root: &Value, reports: &mut Reports) -> String {
    let (servers, at) = servers(root);
    let servers = servers.iter().enumerate();
    let servers = servers.map(|(index, server)| (server, at.child(index)));
    let (servers, unusable) = servers.partition::<Vec<_>, _>(|(server, _)| Server::of(server).is_some());
    for (_, at) in unusable {
        let text = "no address that a client can call, so it is not used";
        reports.note(Rule::UnusualServer, &at, text);
    }
    let servers = servers.into_iter();
    let mut servers = servers
        .filter_map(|(server, at)| Some((Server::of(server)?, at)))
        .collect::<Vec<_>>();
    let chosen = servers.iter().enumerate().min_by_key(|(_, (server, _))| server.rank());
    let Some(chosen) = chosen.map(|(index, _)| index) else {
        let text = format!("the description names no server, so a client has to be given an `endpoint`; {NAME_ONE}");
        reports.note(Rule::NoServer, &at, text);
        return String::new();
    };
    let (server, place) = servers.remove(chosen);
    if server.has_host {
        server.note_unusual(reports, &place);
    } else {
        let text = if server.url.is_empty() {
            format!("the description names no host, so a client has to be given an `endpoint`; {NAME_ONE}")
        } else {
            format!(
                "the description names no host, so a client has to be given an `endpoint`: a host alone \
                 (`https://api.example.com`), to which `{}` is added, or an address with a path of its own, which is taken as it \
                 is; {NAME_ONE}",
                server.url
            )
        };
        reports.note(Rule::NoServer, &at, text);
    }
    note_others(&server, servers.into_iter().map(|(other, _)| other), &at, reports);
    server.url
}

/// Notes the servers that are not the default, and how to call each.
fn note_others(server: &Server, others: impl Iterator<Item = Server>, at: &Pointer, reports: &mut Reports) {
    let mut seen = BTreeSet::from([server.url.trim_end_matches('/').to_owned()]);
    let others = others.filter(|other| seen.insert(other.url.trim_end_matches('/').to_owned()));
    let (absolute, relative) = others.partition::<Vec<_>, _>(|other| other.has_host);
    let listed = |servers: &[Server], text: fn(&Server) -> String| {
        let texts = servers.iter().map(text).collect::<Vec<_>>();
        texts.join(", ")
    };
    let own = server.path();
    let (text, default) = if let Some(first) = absolute.first() {
        let endpoints = listed(&absolute, |other| {
            let permission = if other.is_secure() {
                ""
            } else {
                " (with `allow_insecure_http(true)`)"
            };
            format!("`{}`{permission}", other.url)
        });
        let text =
            format!("clients call `{own}` unless they are given another `endpoint`, of which there are {endpoints}");
        (text, Some(first.url.clone()))
    } else if relative.is_empty() {
        return;
    } else if server.has_host {
        let paths = listed(&relative, |other| format!("`{}`", other.path()));
        let text = format!("clients call `{own}`; {paths} alone names no host, and is not used");
        (text, None)
    } else {
        // A host alone gets the path of the first.
        let endpoints = listed(&relative, |other| match other.path() {
            "/" => "no endpoint for `/`".to_owned(),
            path => format!("`https://api.example.com{path}`"),
        });
        let text =
            format!("clients that are given a host alone add `{own}`; for the others, give them the path: {endpoints}");
        (text, relative.first().map(|other| other.path().to_owned()))
    };
    let remedy = default.map(|url| {
        format!(
            "; to make another one the default, name it in openapi/overlay.yaml:\n- target: $.servers\n  description: …\n  \
             remove: true\n- target: $\n  description: …\n  update: {{servers: [{{url: '{url}'}}]}}"
        )
    });
    reports.note(Rule::SeveralServers, at, text + &remedy.unwrap_or_default());
}

/// What to do where there is no server.
const NAME_ONE: &str =
    "name one in openapi/overlay.yaml:\n- target: $\n  description: …\n  update: {servers: [{url: https://…}]}";

/// The servers that all paths or operations that have any have alike, and where they stand first.
fn of_parts(root: &Value) -> Option<(&[Value], Pointer)> {
    let at = Pointer::root().child("paths");
    let paths = members(root, "paths").flat_map(|(path, item)| {
        let at = at.child(path);
        let operations = METHODS
            .iter()
            .filter_map(|method| Some((item.get(*method)?, at.child(method))));
        let operations = operations.collect::<Vec<_>>();
        std::iter::once((item, at)).chain(operations)
    });
    let mut servers = paths.map(|(part, at)| (list(part, "servers"), at.child("servers")));
    let mut servers = servers.by_ref().filter(|(servers, _)| !servers.is_empty());
    let first = servers.next()?;
    servers.all(|(servers, _)| servers == first.0).then_some(first)
}

/// The description's servers, and where they stand. Some descriptions give the API's only server to each path.
pub(super) fn servers(root: &Value) -> (&[Value], Pointer) {
    let own = || (list(root, "servers"), Pointer::root().child("servers"));
    if list(root, "servers").is_empty() {
        of_parts(root).unwrap_or_else(own)
    } else {
        own()
    }
}

/// An address.
struct Server {
    /// As a client takes it.
    url: String,
    has_host: bool,
    /// The variables that have their defaults in it: their names, defaults, and other values.
    variables: Vec<(String, String)>,
    /// What was cut off, since no endpoint can have it.
    cut: Option<&'static str>,
}

impl Server {
    /// What a server object says; `None` if that is no address.
    fn of(server: &Value) -> Option<Self> {
        let mut url = text(server, "url")?.trim().to_owned();
        let mut variables = Vec::new();
        for (name, variable) in members(server, "variables") {
            let placeholder = format!("{{{name}}}");
            if url.contains(&placeholder) {
                let default = plain_text(variable.get("default").or(list(variable, "enum").first())?);
                url = url.replace(&placeholder, &default);
                variables.push((name.clone(), default));
            }
        }
        let mut cut = None;
        if let Some(at) = url.find(['?', '#']) {
            url.truncate(at);
            cut = Some("query or fragment");
        }
        // Without a scheme, it is that of the address that the description came from.
        if url.starts_with("//") {
            url.insert_str(0, "https:");
        }
        if let Some((scheme, rest)) = url.clone().split_once("://") {
            let scheme = scheme.to_ascii_lowercase();
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit('@').next().unwrap_or_default();
            if host.len() < authority.len() {
                cut = Some("user name or password");
            }
            let is_address = ["http", "https"].contains(&scheme.as_str()) && !host.is_empty();
            url = format!("{scheme}://{host}{path}");
            return (is_address && !url.contains(['{', '}', ' ', '\\'])).then_some(Self {
                url,
                has_host: true,
                variables,
                cut,
            });
        }
        let path = url.trim_start_matches("./").trim_matches('/');
        let is_path = !path.contains(['{', '}', ' ', '\\', ':']) && !path.split('/').any(|part| part == "..");
        let url = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        is_path.then_some(Self {
            url,
            has_host: false,
            variables,
            cut,
        })
    }

    /// The less, the better.
    fn rank(&self) -> u8 {
        match self {
            Self { has_host: false, .. } => 2,
            server if server.url.starts_with("https://") => 0,
            _ => 1,
        }
    }

    /// Its path; `/` where it has none, and no host.
    fn path(&self) -> &str {
        if self.url.is_empty() { "/" } else { &self.url }
    }

    /// Whether a client takes it without permission.
    fn is_secure(&self) -> bool {
        !self.url.starts_with("http://") || self.is_loopback()
    }

    /// Whether its host is this machine.
    fn is_loopback(&self) -> bool {
        let host = self.url.split("://").nth(1).unwrap_or_default();
        let host = host.split('/').next().unwrap_or_default();
        let host = match host.strip_prefix('[') {
            Some(host) => host.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Notes what its users have to know.
    fn note_unusual(&self, reports: &mut Reports, place: &Pointer) {
        let at = &place.child("url");
        if let Some(cut) = self.cut {
            let text = format!("an endpoint has no {cut}: clients call `{}`", self.url);
            reports.note(Rule::UnusualServer, at, text);
        }
        if !self.is_secure() {
            let text = format!(
                "`{}` would send credentials in the clear, so no client can be built for it without \
                 `allow_insecure_http(true)` or another `endpoint`; if the API is there by https as well, say so in \
                 openapi/overlay.yaml:\n- target: {}\n  description: …\n  update: {{url: 'https{}'}}",
                self.url,
                place.json_path(),
                &self.url[4..]
            );
            reports.note(Rule::UnusualServer, at, text);
        }
        if !self.variables.is_empty() {
            let variables = self
                .variables
                .iter()
                .map(|(name, default)| format!("`{name}` is `{default}`"));
            let text = format!(
                "clients call `{}`, where {}; for another, give them an `endpoint`",
                self.url,
                variables.collect::<Vec<_>>().join(", ")
            );
            reports.note(Rule::UnusualServer, at, text);
        }
    }
}
