//! What a failure can tell a person: the property of its body that says what went wrong.

use std::collections::BTreeSet;

use crate::model::{
    Api, fastapi,
    ty::{Format, Ty, TypeId},
    typedef::Field,
};

/// The names that APIs give to the property that says what went wrong, the better ones first.
const NAMES: [&str; 6] = ["detail", "message", "msg", "error_description", "error", "title"];

/// What a property can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Nothing: it is a number, say.
    None,
    /// Its text.
    Text,
    /// What each of its items, of this type, can tell.
    Each(TypeId),
    /// A place in the request, from the outside inwards.
    Location,
}

/// What a property can tell.
#[must_use]
pub fn message_of(api: &Api, field: &Field) -> Message {
    match field.ty.not_null() {
        Ty::Str(Format::Text) => Message::Text,
        Ty::List(items) => match &**items {
            items if field.wire_name == fastapi::LOCATION => {
                if api.is_displayed(items) {
                    Message::Location
                } else {
                    Message::None
                }
            }
            Ty::Named(id) => Message::Each(*id),
            _ => Message::None,
        },
        _ => Message::None,
    }
}

/// Every type that can tell a person what went wrong: those of failures, and those that they tell by.
#[must_use]
pub fn displayed(api: &Api) -> BTreeSet<TypeId> {
    let mut displayed = BTreeSet::new();
    let failures = api.operations.iter().flat_map(|operation| &operation.failures);
    let mut next = failures
        .filter_map(|failure| failure.content.as_ref()?.named())
        .collect::<Vec<_>>();
    while let Some(id) = next.pop() {
        let Some(field) = message_field(api, id) else { continue };
        if let (true, Message::Each(items)) = (displayed.insert(id), message_of(api, field)) {
            next.push(items);
        }
    }
    displayed
}

/// The property of a failure that tells a person where in the request something went wrong.
#[must_use]
pub fn location_field(api: &Api, id: TypeId) -> Option<&Field> {
    let mut fields = api.fields(id)?.iter();
    fields.find(|field| message_of(api, field) == Message::Location && field.is_demanded())
}

/// The property of a failure that tells a person what went wrong.
#[must_use]
pub fn message_field(api: &Api, id: TypeId) -> Option<&Field> {
    message_field_within(api, id, &mut Vec::new())
}

/// As [`message_field`]; `outer` holds what the failure is an item of, so that one that holds itself is not followed for ever.
fn message_field_within<'a>(api: &'a Api, id: TypeId, outer: &mut Vec<TypeId>) -> Option<&'a Field> {
    if outer.contains(&id) {
        return None;
    }
    let fields = api.fields(id)?;
    outer.push(id);
    let found = NAMES
        .iter()
        .filter_map(|name| fields.iter().find(|field| field.wire_name == *name))
        .find(|field| match message_of(api, field) {
            Message::Text => field.is_demanded(),
            Message::Each(items) => !field.ty.is_nullable() && message_field_within(api, items, outer).is_some(),
            Message::None | Message::Location => false,
        });
    outer.pop();
    found
}
