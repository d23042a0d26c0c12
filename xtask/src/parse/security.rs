//! Security.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    build::Build,
    description::{Description, target},
    headers::is_set_by_clients,
    paths,
    vocabulary::text,
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::security::{Scheme, SchemeKind},
};

/// What to do about a requirement that is none.
const CORRECT: &str = "correct it in openapi/overlay.yaml: a list of objects, each of which names schemes";

/// What happens where no credentials satisfy a scheme.
const NOT_SENT: &str = "calls that need it are not sent";

/// A definition that refers to another is followed so often.
const MAX_REFERENCES: usize = 16;

/// The alternatives that the operation asks for, its own or else the description's.
pub(super) fn security(build: &mut Build<'_>, operation: &Value, at: &Pointer, path: &str) -> Vec<Vec<Scheme>> {
    let (requirements, at) = match operation.get("security") {
        Some(own) => (own, at.child("security")),
        None => match build.description.root.get("security") {
            Some(of_all) => (of_all, Pointer::root().child("security")),
            None => return Vec::new(),
        },
    };
    let Some(requirements) = requirements.as_array() else {
        return vec![malformed(build, &at, "`security` is not a list")];
    };
    let mut alternatives = Vec::new();
    for (index, requirement) in requirements.iter().enumerate() {
        let at = at.child(index);
        let alternative = match requirement.as_object() {
            Some(names) => all_of(build, names.keys(), &at, path),
            None => malformed(build, &at, "an item of `security` is not an object"),
        };
        if !alternatives.contains(&alternative) {
            alternatives.push(alternative);
        }
    }
    alternatives
}

/// What cannot be read asks for something, and is not taken for open to all.
fn malformed(build: &mut Build<'_>, at: &Pointer, message: &str) -> Vec<Scheme> {
    build
        .reports
        .strictly(Rule::MalformedSecurity, at, message, CORRECT, NOT_SENT);
    vec![Scheme {
        name: "security".into(),
        kind: SchemeKind::Unsupported("malformed in the description".into()),
    }]
}

/// Schemes that are all needed, in the order of their names: that of an object's members means nothing.
fn all_of<'a>(build: &mut Build<'_>, names: impl Iterator<Item = &'a String>, at: &Pointer, path: &str) -> Vec<Scheme> {
    let mut schemes = Vec::<Scheme>::new();
    for name in names.collect::<BTreeSet<_>>() {
        let mut scheme = scheme(build, name, at);
        if let SchemeKind::QueryKey(key) = &scheme.kind
            && paths::fixes(path, key)
        {
            let why = format!("needs the query parameter `{key}`, for which the path has a value");
            let (message, help) = (
                format!("`{name}` {why}"),
                "take the value out of the path in openapi/overlay.yaml",
            );
            build
                .reports
                .strictly(Rule::CombinedSecurity, at, &message, help, NOT_SENT);
            scheme.kind = SchemeKind::Unsupported(format!("it {why}"));
        }
        if let Some(place) = scheme.place() {
            // One bearer token may satisfy two schemes.
            let is_other = |other: &&Scheme| {
                let is_same = matches!((&other.kind, &scheme.kind), (SchemeKind::Bearer, SchemeKind::Bearer));
                other.place().as_ref() == Some(&place) && !is_same && place != "header `cookie`"
            };
            if let Some(other) = schemes.iter().find(is_other) {
                let message = format!("`{}` and `{name}` at once need the {place} twice", other.name);
                let help = "ask for one of them in openapi/overlay.yaml, or for each in an item of its own";
                build
                    .reports
                    .strictly(Rule::CombinedSecurity, at, &message, help, NOT_SENT);
                scheme.kind = SchemeKind::Unsupported(format!("it needs the {place} a second time"));
            }
        }
        schemes.push(scheme);
    }
    schemes
}

fn scheme(build: &mut Build<'_>, name: &str, at: &Pointer) -> Scheme {
    let defined = Pointer::root().child("components").child("securitySchemes").child(name);
    let kind = match definition(&build.description, &defined) {
        None => {
            let message = format!("the security scheme `{name}` is not defined");
            let help = "define it in `#/components/securitySchemes`, in openapi/overlay.yaml";
            build.reports.strictly(
                Rule::UndefinedSecurity,
                at,
                &message,
                help,
                &format!("{NOT_SENT}; {help}"),
            );
            SchemeKind::Unsupported("not defined in the description".into())
        }
        Some(definition) => kind(definition).unwrap_or_else(|what| {
            let message = format!("the SDK's credentials cannot satisfy the scheme `{name}` ({what})");
            let help = "teach it to sdk/src/credentials.rs, or describe another scheme in openapi/overlay.yaml";
            let instead = format!("{NOT_SENT}; {help}");
            build
                .reports
                .strictly(Rule::UnsupportedSecurity, &defined, &message, help, &instead);
            SchemeKind::Unsupported(what)
        }),
    };
    Scheme {
        name: name.into(),
        kind,
    }
}

/// What defines a scheme, which may stand elsewhere.
fn definition<'a>(description: &Description<'a>, at: &Pointer) -> Option<&'a Value> {
    let mut definition = description.resolve(at)?;
    for _ in 0..MAX_REFERENCES {
        if definition.get("$ref").is_none() {
            return Some(definition);
        }
        definition = description.resolve(&target(definition)?)?;
    }
    None
}

/// What satisfies a security scheme; otherwise, what it is.
fn kind(definition: &Value) -> Result<SchemeKind, String> {
    let keyword = |keyword| text(definition, keyword).unwrap_or_default();
    match keyword("type").to_ascii_lowercase().as_str() {
        "oauth2" | "openidconnect" => Ok(SchemeKind::Bearer),
        "mutualtls" => Ok(SchemeKind::MutualTls),
        "http" => match keyword("scheme").to_ascii_lowercase().as_str() {
            "bearer" => Ok(SchemeKind::Bearer),
            "basic" => Ok(SchemeKind::Basic),
            "" => Err("HTTP authentication without a `scheme`".into()),
            other => Err(format!("HTTP authentication by `{other}`")),
        },
        "apikey" => key(keyword("in"), keyword("name")),
        "" => Err("without a `type`".into()),
        other => Err(format!("of the type `{other}`")),
    }
}

fn key(place: &str, name: &str) -> Result<SchemeKind, String> {
    let is_token = http::HeaderName::from_bytes(name.as_bytes()).is_ok();
    let lower = name.to_ascii_lowercase();
    match place.to_ascii_lowercase().as_str() {
        _ if name.is_empty() => Err("an API key without a `name`".into()),
        "header" if lower == "authorization" => Ok(SchemeKind::AccessToken),
        "header" if is_set_by_clients(&lower) => Err(format!(
            "an API key in the header `{name}`, which the client sets itself"
        )),
        "header" if is_token => Ok(SchemeKind::HeaderKey(name.into())),
        "query" => Ok(SchemeKind::QueryKey(name.into())),
        "cookie" if is_token => Ok(SchemeKind::CookieKey(name.into())),
        "header" | "cookie" => Err(format!("an API key in a {place} that cannot be called {name:?}")),
        "" => Err("an API key without a place (`in`)".into()),
        _ => Err(format!("an API key in `{place}`")),
    }
}
