//! The rules for security.

use serde_json::Value;

use super::Lowering;
use crate::{api::Scheme, pointer::Pointer};

impl Lowering<'_> {
    /// The schemes of which the operation uses one, its own or else the document's, and whether it can do without.
    pub(super) fn security(&mut self, operation: &Value, at: &Pointer) -> (Vec<Scheme>, bool) {
        let (requirements, at) = match operation.get("security") {
            Some(own) => (own, at.child("security")),
            None => (&self.document["security"], Pointer::root().child("security")),
        };
        if !requirements.is_array() && !requirements.is_null() {
            let help = "correct it in openapi/overlay.yaml: a list, each of whose items names a scheme";
            self.fault(&at, "`security` is not a list", help);
        }
        let mut schemes = Vec::new();
        let mut is_open = false;
        for (index, requirement) in requirements.as_array().into_iter().flatten().enumerate() {
            let at = at.child(index);
            let names = requirement
                .as_object()
                .into_iter()
                .flat_map(|names| names.keys())
                .collect::<Vec<_>>();
            match names.as_slice() {
                [] => is_open = true,
                [name] => schemes.extend(self.scheme(name, &at)),
                _ => self.note(&at, "several schemes at once are not known to the SDK's credentials"),
            }
        }
        schemes.dedup();
        (schemes, is_open)
    }

    fn scheme(&mut self, name: &str, at: &Pointer) -> Option<Scheme> {
        let defined = Pointer::root().child("components").child("securitySchemes").child(name);
        let definition = defined.resolve(self.document);
        // A definition may stand elsewhere.
        let reference = definition.and_then(|definition| definition.get("$ref")?.as_str());
        let definition = match reference.and_then(Pointer::from_reference) {
            Some(target) => target.resolve(self.document),
            None => definition,
        };
        let Some(definition) = definition else {
            self.note(
                at,
                format!(
                    "the security scheme `{name}` is not defined, so it is not used; define it in \
                     `#/components/securitySchemes`, in openapi/overlay.yaml"
                ),
            );
            return None;
        };
        let scheme = scheme(definition);
        if scheme.is_none() {
            self.note(
                &defined,
                format!("the SDK's credentials do not know the scheme `{name}`; teach sdk/src/credentials.rs"),
            );
        }
        scheme
    }
}

/// Which of the SDK's credentials a security scheme is.
fn scheme(defined: &Value) -> Option<Scheme> {
    let is = |keyword: &str, value: &str| {
        defined[keyword]
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case(value))
    };
    if is("type", "http") && is("scheme", "bearer") || is("type", "oauth2") || is("type", "openIdConnect") {
        Some(Scheme::Bearer)
    } else if is("type", "apiKey") && is("in", "header") && is("name", "Authorization") {
        Some(Scheme::Basic)
    } else {
        None
    }
}
