//! `mock/fixture.rs`: a plausible value of each type that a server responds with, and failures from their message.

use std::fmt::Write as _;

use super::{super::text::Text, values::json};
use crate::{
    analyze::{Message, message_of},
    model::{
        Api,
        operation::{Content, Operation},
        ty::TypeId,
        typedef::Field,
    },
};

/// Writes everything in `mock/fixture.rs`.
pub(in super::super) fn write_fixtures(text: &mut Text<'_>, api: &Api) {
    let mut table = String::from("crate::mock::fixtures! {\n");
    for (id, def) in api.types() {
        let Some(fixture) = &def.fixture else { continue };
        let field = only_text(api, id).map(|field| format!(".{}", field.ident));
        let _ = writeln!(
            table,
            "    {}{} = {};",
            def.name,
            field.unwrap_or_default(),
            json(fixture)
        );
    }
    table.push_str("}\n");
    text.add_text(&table);
}

/// The message of a failure, if nothing else is required.
fn only_text(api: &Api, id: TypeId) -> Option<&Field> {
    let is_failure = |operation: &Operation| {
        let mut failures = operation.failures.iter();
        failures.any(|failure| failure.content.as_ref().and_then(Content::named) == Some(id))
    };
    let mut required = api.fields(id)?.iter().filter(|field| field.required);
    let only = required.next()?;
    let is_message = message_of(api, only) == Message::Text && !only.ty.is_nullable() && required.next().is_none();
    (is_message && api.operations.iter().any(is_failure)).then_some(only)
}
