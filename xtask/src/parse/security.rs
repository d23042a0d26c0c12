//! Security.

use serde_json::Value;

use super::{build::Build, description::target, vocabulary::text};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::operation::Scheme,
};

/// What to do about a requirement that is none.
const CORRECT: &str = "correct it in openapi/overlay.yaml: a list of objects, each of which names a scheme";

/// The schemes of which the operation uses one, its own or else the description's, and whether it can do without.
pub(super) fn security(build: &mut Build<'_>, operation: &Value, at: &Pointer) -> (Vec<Scheme>, bool) {
    let (requirements, at) = match operation.get("security") {
        Some(own) => (own, at.child("security")),
        None => (&build.description.root["security"], Pointer::root().child("security")),
    };
    if !requirements.is_array() && !requirements.is_null() {
        let message = "`security` is not a list";
        build.reports.error(Rule::MalformedSecurity, &at, message, CORRECT);
    }
    let mut schemes = Vec::new();
    let mut is_open = false;
    for (index, requirement) in requirements.as_array().into_iter().flatten().enumerate() {
        let at = at.child(index);
        let Some(names) = requirement.as_object() else {
            let message = "an item of `security` is not an object";
            build.reports.error(Rule::MalformedSecurity, &at, message, CORRECT);
            continue;
        };
        match names.keys().collect::<Vec<_>>().as_slice() {
            [] => is_open = true,
            [name] => schemes.extend(scheme(build, name, &at).filter(|scheme| !schemes.contains(scheme))),
            _ => {
                let text = "several schemes at once are not known to the SDK's credentials";
                build.reports.note(Rule::CombinedSecurity, &at, text);
            }
        }
    }
    (schemes, is_open)
}

fn scheme(build: &mut Build<'_>, name: &str, at: &Pointer) -> Option<Scheme> {
    let defined = Pointer::root().child("components").child("securitySchemes").child(name);
    let definition = build.description.resolve(&defined);
    // A definition may stand elsewhere.
    let definition = match definition.and_then(target) {
        Some(target) => build.description.resolve(&target),
        None => definition,
    };
    let Some(definition) = definition else {
        let text = format!(
            "the security scheme `{name}` is not defined, so it is not used; define it in `#/components/securitySchemes`, \
             in openapi/overlay.yaml"
        );
        build.reports.note(Rule::UndefinedSecurity, at, text);
        return None;
    };
    let scheme = supported(definition);
    if scheme.is_none() {
        let text = format!("the SDK's credentials do not know the scheme `{name}`; teach sdk/src/credentials.rs");
        build.reports.note(Rule::UnsupportedSecurity, &defined, text);
    }
    scheme
}

/// Which of the SDK's credentials a security scheme is.
fn supported(definition: &Value) -> Option<Scheme> {
    let is =
        |keyword: &str, value: &str| text(definition, keyword).is_some_and(|text| text.eq_ignore_ascii_case(value));
    if is("type", "http") && is("scheme", "bearer") || is("type", "oauth2") || is("type", "openIdConnect") {
        Some(Scheme::Bearer)
    } else if is("type", "apiKey") && is("in", "header") && is("name", "Authorization") {
        Some(Scheme::Basic)
    } else {
        None
    }
}
