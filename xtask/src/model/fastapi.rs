//! FastAPI's habits: the names and schemas that it derives from Python, which the API's author did not choose.

use heck::ToSnakeCase as _;

/// The property of a validation error that says where in the request it is, as a list from the outside inwards.
pub const LOCATION: &str = "loc";

/// The property of a validation error that names the rule that is broken.
pub const RULE: &str = "type";

/// The part of an operationId that the API's author chose: the name of the function.
///
/// FastAPI appends the path and a method, with every character that is not a letter or digit replaced by an underscore:
/// `create_access_token_api_v1_access_tokens_post`. Where a function serves several methods of the path, it appends any one of
/// these, to all of their operationIds, and another one after a restart.
#[must_use]
pub fn function_name<'a>(operation_id: &'a str, path: &str, methods: &[&str]) -> &'a str {
    let path: String = path
        .chars()
        .map(|character| if character.is_alphanumeric() { character } else { '_' })
        .collect();
    let without_method = |method: &&str| operation_id.strip_suffix(*method)?.strip_suffix('_');
    methods
        .iter()
        .filter_map(without_method)
        .find_map(|id| id.strip_suffix(path.as_str()))
        .filter(|name| name.contains(|character: char| character.is_ascii_alphanumeric()))
        .unwrap_or(operation_id)
}

/// The component that FastAPI makes of the fields of an operation's form.
#[must_use]
pub fn form_component(operation_id: &str) -> String {
    format!("Body_{operation_id}")
}

/// Whether a summary is what FastAPI makes of the function's name, which the method has as well.
#[must_use]
pub fn is_derived_summary(summary: &str, method_name: &str) -> bool {
    summary.to_snake_case() == method_name
}
