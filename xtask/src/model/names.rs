//! Names for Rust, from what the description calls things.

use std::{collections::BTreeSet, fmt::Write as _};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use super::{fastapi, operation::Status, reserved};

/// The name of an operation's method: its operationId in snake case, without what FastAPI appends for a path with these methods.
#[must_use]
pub fn operation(operation_id: &str, path: &str, methods: &[&str]) -> String {
    method_name(fastapi::function_name(operation_id, path, methods))
}

/// A name that a method of `Client` can have: an identifier, and not one that is reserved.
fn method_name(text: &str) -> String {
    let mut name = ascii(text).to_snake_case();
    if name.is_empty() {
        return "unnamed".into();
    }
    // The call of an operation is a type of its name.
    let is_reserved = reserved::CLIENT_FUNCTIONS.contains(&name.as_str())
        || reserved::CALL_TYPES.contains(&name.to_upper_camel_case().as_str());
    if is_reserved || !is_identifier(&name) {
        name.insert_str(0, "call_");
    }
    name
}

/// Whether Rust takes it as an identifier: not empty, of the right characters, no keyword of any edition.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|character| character.is_ascii_alphanumeric() || character == b'_')
        && !reserved::KEYWORDS.contains(&name)
}

/// A text in which all that no identifier can hold separates words.
fn ascii(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect()
}

/// The name of the type of an operation's call.
#[must_use]
pub fn call(operation: &str) -> String {
    operation.to_upper_camel_case()
}

/// The name of the enum of an operation's failures.
#[must_use]
pub fn failures(operation: &str) -> String {
    format!("{}Error", operation.to_upper_camel_case())
}

/// The name of the enum of an operation's successes, where there are several.
#[must_use]
pub fn successes(operation: &str) -> String {
    format!("{}Success", operation.to_upper_camel_case())
}

/// The name of an operation that the description gives none: its method, and what stands in the path.
#[must_use]
pub fn of_path(path: &str, method: &str) -> String {
    method_name(&format!("{method} {path}"))
}

/// What a path says that a shorter one does not: the segments that it alone has, without parameters if that is enough.
#[must_use]
pub fn besides(path: &str, shorter: &str) -> String {
    let others = shorter.split(['/', '?', '&']).collect::<Vec<_>>();
    let alone = path
        .split(['/', '?', '&'])
        .filter(|segment| !others.contains(segment))
        .collect::<Vec<_>>();
    let fixed = alone
        .iter()
        .filter(|segment| !segment.contains('{'))
        .copied()
        .collect::<Vec<_>>();
    let said = if fixed.is_empty() { alone } else { fixed };
    said.join("_").to_snake_case()
}

/// The parameters that a path's template has: `id` for `/pets/{id}`.
pub fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// The name of a parameter's setter: its own in snake case, unlike the others' and the call's own functions.
#[must_use]
pub fn parameter(name: &str, others: &[&str]) -> String {
    let mut field = snake(name, |field| others.contains(&field));
    if reserved::CALL_FUNCTIONS.contains(&field.as_str()) || reserved::CALL_FIELDS.contains(&field.as_str()) {
        field.push_str("_parameter");
    }
    numbered(&field, "_", |field| others.contains(&field))
}

/// The name of the setter of a property of the body: that of its field, unless a parameter or one of the call's own functions has
/// it. Then it is `body_NAME`, and a property that is itself called so yields to `body_body_NAME`, be there the former or not: no
/// property changes the name of another one.
#[must_use]
pub fn property(field: &str, parameters: &[&str]) -> String {
    const PREFIX: &str = "body_";
    let stem = field.trim_start_matches(PREFIX);
    let is_free = |name: &String| {
        let name = name.as_str();
        !reserved::CALL_FUNCTIONS.contains(&name) && !parameters.contains(&name)
    };
    let of_length = |count| format!("{}{stem}", PREFIX.repeat(count));
    let own = (field.len() - stem.len()) / PREFIX.len();
    // As many parameters as there are have such a name, so this many more are enough.
    let names = (0..=own + parameters.len() + reserved::CALL_FUNCTIONS.len()).map(of_length);
    names.filter(is_free).nth(own).unwrap_or_else(|| field.to_owned())
}

/// The name of a property's field: its own in snake case, unlike the others'.
#[must_use]
pub fn field(name: &str, others: &[String]) -> String {
    let is_taken = |field: &str| others.iter().any(|other| other == field);
    numbered(&snake(name, is_taken), "_", is_taken)
}

/// A name in snake case that Rust takes; its signs are spelled out if it is nothing without them, or if it is another's.
fn snake(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut snake = identifier(&ascii(name).to_snake_case());
    let is_signed_number = snake.starts_with("x_") && name.starts_with(|first: char| first.is_ascii_punctuation());
    if snake.is_empty() || is_signed_number || is_taken(&snake) {
        snake = identifier(&spelled(name).to_snake_case());
    }
    if snake.is_empty() { "unnamed".into() } else { snake }
}

fn identifier(snake: &str) -> String {
    if snake.starts_with(|first: char| first.is_ascii_digit()) {
        format!("x_{snake}")
    } else if snake.is_empty() || is_identifier(snake) {
        snake.to_owned()
    } else {
        format!("{snake}_")
    }
}

/// A name that is not taken: `wanted`, or that with a number after `separator`.
#[must_use]
pub fn numbered(wanted: &str, separator: &str, mut is_taken: impl FnMut(&str) -> bool) -> String {
    let stem = wanted.trim_end_matches('_');
    let mut name = wanted.to_owned();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{stem}{separator}{number}");
        number += 1;
    }
    name
}

/// A text in which signs are words, for names that differ in nothing else.
fn spelled(text: &str) -> String {
    const SIGNS: [(char, &str); 29] = [
        ('+', "plus"),
        ('-', "minus"),
        ('*', "star"),
        ('/', "slash"),
        ('\\', "backslash"),
        ('=', "equal"),
        ('<', "less"),
        ('>', "greater"),
        ('!', "not"),
        ('~', "tilde"),
        ('%', "percent"),
        ('&', "and"),
        ('|', "or"),
        ('^', "caret"),
        ('@', "at"),
        ('#', "hash"),
        ('$', "dollar"),
        ('.', "dot"),
        (',', "comma"),
        (':', "colon"),
        (';', "semicolon"),
        ('?', "question"),
        ('"', "quote"),
        ('\'', "apostrophe"),
        ('(', "open"),
        (')', "close"),
        ('[', "from"),
        (']', "to"),
        ('\u{20ac}', "euro"),
    ];

    let mut spelled = String::new();
    for character in text.chars() {
        match SIGNS.iter().find(|(sign, _)| *sign == character) {
            Some((_, word)) => spelled.extend([" ", word, " "]),
            None if character.is_ascii_alphanumeric() => spelled.push(character),
            None if character == '_' || character.is_whitespace() => spelled.push(' '),
            None => {
                let _ = write!(spelled, " u{:x} ", u32::from(character));
            }
        }
    }
    spelled
}

/// The name of a component's type: the description's own if it is one that Rust takes, in upper camel case otherwise.
#[must_use]
pub fn component(name: &str) -> String {
    let key = typify(name);
    if reserved::DESCRIBED_TYPES.contains(&key.as_str()) {
        return format!("{key}Type");
    }
    type_name(name)
}

/// A name as the description has it, if it is one that Rust takes for a type or variant, in upper camel case otherwise.
#[must_use]
pub fn type_name(name: &str) -> String {
    let is_type_name = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|character| character.is_ascii_alphanumeric())
        && is_identifier(name);
    if is_type_name { name.into() } else { typify(name) }
}

/// The name of the type of an inline schema: its parent's, and its place there.
#[must_use]
pub fn inline(parent: &str, place: &str) -> String {
    format!("{parent}{}", place.to_upper_camel_case())
}

/// The name of the variant for a value of a choice.
#[must_use]
pub fn variant(value: &str) -> String {
    variant_of(&ascii(value))
}

fn variant_of(words: &str) -> String {
    let name = words.to_upper_camel_case();
    if is_identifier(&name) {
        name
    } else {
        format!("Value{name}")
    }
}

/// The names of the variants for all values of a choice. One that would be another's has its signs spelled out, or a
/// number.
#[must_use]
pub fn variants(values: &[String]) -> Vec<String> {
    let mut names = Vec::with_capacity(values.len());
    let mut taken = BTreeSet::from([reserved::UNKNOWN_VARIANT.to_owned()]);
    for value in values {
        let mut name = variant(value);
        let is_signed_number =
            name.starts_with("Value") && value.starts_with(|first: char| first.is_ascii_punctuation());
        if value.trim().is_empty() {
            name = "Empty".into();
        } else if name == "Value" || is_signed_number || taken.contains(&name) {
            name = variant_of(&spelled(value));
        }
        names.push(numbered(&name, "", |name| !taken.insert(name.to_owned())));
    }
    names
}

/// A name of a variant that no other one has: `wanted`, or that with a number.
#[must_use]
pub fn free_variant<'a>(wanted: &str, others: impl Iterator<Item = &'a str>) -> String {
    let others = others.chain([reserved::UNKNOWN_VARIANT]).collect::<BTreeSet<_>>();
    numbered(wanted, "", |name| others.contains(name))
}

/// The indefinite article of a noun.
#[must_use]
pub fn article(noun: &str) -> &'static str {
    if noun.to_ascii_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']) {
        "An"
    } else {
        "A"
    }
}

/// The name that typify gives a component, by which types are told apart.
#[must_use]
pub fn typify(name: &str) -> String {
    let key = ascii(name).to_upper_camel_case();
    if is_identifier(&key) {
        key
    } else {
        format!("Schema{key}")
    }
}

/// How a person writes a status, and the name of a variant for it: `404 Not Found` and `NotFound`.
#[must_use]
pub fn status(status: Status) -> (String, String) {
    match status {
        Status::Code(code) => {
            let reason = http::StatusCode::from_u16(code)
                .ok()
                .and_then(|status| status.canonical_reason());
            match reason {
                Some(reason) => (
                    format!("{code} {reason}"),
                    reason.replace('\'', "").to_upper_camel_case(),
                ),
                None => (code.to_string(), format!("Status{code}")),
            }
        }
        Status::Class(class) => {
            let variant = match class {
                1 => "Informational",
                2 => "Success",
                3 => "Redirection",
                4 => "ClientError",
                _ => "ServerError",
            };
            (format!("{class}XX"), variant.into())
        }
        Status::Default => ("another status".into(), "Default".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn operations_lose_what_fastapi_appends() {
        for (operation_id, path, methods, expected) in [
            (
                "create_access_token_api_v1_access_tokens_post",
                "/api/v1/access-tokens",
                &["post"][..],
                "create_access_token",
            ),
            ("delete_x_a__id__delete", "/a/{id}", &["delete"], "delete_x"),
            ("relay_a_put", "/a", &["get", "put"], "relay"),
            ("relay_a_put", "/a", &["get", "post"], "relay_a_put"),
            ("createPet", "/pets", &["post"], "create_pet"),
            ("_pets_get", "/pets", &["get"], "pets_get"),
        ] {
            assert_eq!(super::operation(operation_id, path, methods), expected);
        }
    }

    #[test]
    fn setters_of_properties_depend_on_parameters_alone() {
        for (field, parameters, expected) in [
            ("name", &["id"][..], "name"),
            ("name", &["name"], "body_name"),
            ("body_name", &["name"], "body_body_name"),
            ("body_name", &["id"], "body_name"),
            ("name", &["name", "body_name"], "body_body_name"),
            ("body_name", &["name", "body_name"], "body_body_body_name"),
            ("name", &["body_name"], "name"),
            ("body_name", &["body_name"], "body_body_name"),
            ("body", &[], "body_body"),
            ("body_body", &[], "body_body_body"),
            ("send", &[], "body_send"),
            ("options", &[], "body_options"),
            ("new", &[], "body_new"),
            ("client", &[], "client"),
            ("body_", &[], "body_"),
        ] {
            assert_eq!(
                super::property(field, parameters),
                expected,
                "{field} beside {parameters:?}"
            );
        }
    }

    #[test]
    fn components_keep_the_descriptions_name() {
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
            (Status::Code(404), "404 Not Found", "NotFound"),
            (Status::Code(422), "422 Unprocessable Entity", "UnprocessableEntity"),
            (Status::Code(418), "418 I'm a teapot", "ImATeapot"),
            (Status::Code(599), "599", "Status599"),
            (Status::Class(4), "4XX", "ClientError"),
            (Status::Default, "another status", "Default"),
        ] {
            assert_eq!(super::status(status), (reason.to_owned(), variant.to_owned()));
        }
    }
}
