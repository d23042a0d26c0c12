//! What the description says of itself: its version of OpenAPI, the API's title and version, and its servers.

use serde_json::Value;

use super::{
    reports::Reports,
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

/// The address of the first server that has one, with its variables' defaults; empty if none has.
pub(super) fn server(root: &Value, reports: &mut Reports) -> String {
    let addresses = list(root, "servers").iter().filter_map(|server| {
        let mut url = text(server, "url")?.trim().to_owned();
        for (name, variable) in members(server, "variables") {
            url = url.replace(&format!("{{{name}}}"), &plain_text(variable.get("default")?));
        }
        let is_address = url.starts_with("https://") || url.starts_with("http://");
        (is_address && !url.contains(['{', ' '])).then_some(url)
    });
    let addresses = addresses.collect::<Vec<_>>();
    let secure = addresses.iter().find(|url| url.starts_with("https://"));
    let Some(server) = secure.or(addresses.first()) else {
        let text = "the description names no server with an address of its own, so a client has to be given one; name one \
                    in openapi/overlay.yaml:\n- target: $\n  description: …\n  update: {servers: [{url: https://…}]}";
        reports.note(Rule::NoServer, &Pointer::root().child("servers"), text);
        return String::new();
    };
    server.clone()
}
