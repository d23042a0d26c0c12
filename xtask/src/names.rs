//! Names for Rust, from what the document calls things.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

/// The name of an operation's method: its operationId in snake case, without what FastAPI appends.
///
/// FastAPI makes an operationId of the function's name, the path and the method, with every character that is not a
/// letter or digit replaced by an underscore: `create_access_token_api_v1_access_tokens_post`. The function's name alone
/// is what its author chose.
#[must_use]
pub fn operation(operation_id: &str, path: &str, method: &str) -> String {
    let suffix: String = path
        .chars()
        .map(|character| if character.is_alphanumeric() { character } else { '_' })
        .collect();
    let chosen = operation_id
        .strip_suffix(&format!("{suffix}_{method}"))
        .filter(|name| !name.is_empty())
        .unwrap_or(operation_id);
    chosen.to_snake_case()
}

/// The name of a component's type: the document's own if it is one that Rust takes, in upper camel case otherwise.
#[must_use]
pub fn component(name: &str) -> String {
    let is_type_name = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|character| character.is_ascii_alphanumeric());
    if is_type_name {
        name.into()
    } else {
        name.to_upper_camel_case()
    }
}

/// The name of the type of an inline schema: its parent's, and its place there.
#[must_use]
pub fn inline(parent: &str, place: &str) -> String {
    format!("{parent}{}", place.to_upper_camel_case())
}

/// The name that typify gives a component, which the graft replaces by ours.
#[must_use]
pub fn typify(name: &str) -> String {
    name.to_upper_camel_case()
}

/// How HTTP calls a status, and the name of a variant for it: `Not Found` and `NotFound`, or `Status418`.
#[must_use]
pub fn status(status: http::StatusCode) -> (&'static str, String) {
    match status.canonical_reason() {
        Some(reason) => (reason, reason.replace('\'', "").to_upper_camel_case()),
        None => ("", format!("Status{}", status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn operations_lose_what_fastapi_appends() {
        for (operation_id, path, method, expected) in [
            (
                "create_access_token_api_v1_access_tokens_post",
                "/api/v1/access-tokens",
                "post",
                "create_access_token",
            ),
            ("delete_x_a__id__delete", "/a/{id}", "delete", "delete_x"),
            ("createPet", "/pets", "post", "create_pet"),
            ("_pets_get", "/pets", "get", "pets_get"),
        ] {
            assert_eq!(super::operation(operation_id, path, method), expected);
        }
    }

    #[test]
    fn components_keep_the_documents_name() {
        for (name, expected) in [
            ("HTTPValidationError", "HTTPValidationError"),
            ("Pet", "Pet"),
            ("pet_owner", "PetOwner"),
            ("Page_Pet_", "PagePet"),
        ] {
            assert_eq!(super::component(name), expected);
        }
    }

    #[test]
    fn statuses_have_http_names() {
        for (status, reason, variant) in [
            (404, "Not Found", "NotFound"),
            (422, "Unprocessable Entity", "UnprocessableEntity"),
            (418, "I'm a teapot", "ImATeapot"),
            (599, "", "Status599"),
        ] {
            let status = http::StatusCode::from_u16(status).unwrap();
            assert_eq!(super::status(status), (reason, variant.to_owned()));
        }
    }
}
