//! How the mock server responds to requests that it rejects: as the description has it.

use super::{
    fixtures::{fixture, fixture_of},
    messages::{Message, message_field, message_of},
};
use crate::model::{
    Api, fastapi,
    operation::{Content, Operation, Rejection, RejectionMessage, Status},
    ty::TypeId,
    typedef::Field,
};

/// The status for a request without credentials.
const UNAUTHORIZED: [u16; 1] = [401];

/// The statuses with which APIs reject a request that is not valid, and the one that is taken if neither is documented.
const INVALID: [u16; 2] = [422, 400];

/// Makes them for every operation.
pub(super) fn make(api: &mut Api) {
    let rejections = api
        .operations
        .iter()
        .map(|operation| [&UNAUTHORIZED[..], &INVALID].map(|statuses| rejection(api, operation, statuses)));
    let rejections = rejections.collect::<Vec<_>>();
    for (operation, [unauthorized, invalid]) in api.operations.iter_mut().zip(rejections) {
        operation.unauthorized = unauthorized;
        operation.invalid = invalid;
    }
}

/// The first of these statuses that is documented, or else what the description has for a status of that kind.
fn rejection(api: &Api, operation: &Operation, statuses: &[u16]) -> Rejection {
    let documented = |status: Status| operation.failures.iter().find(|failure| failure.status == status);
    let found = statuses
        .iter()
        .find_map(|code| Some((*code, documented(Status::Code(*code))?)));
    let other = || documented(Status::Class(4)).or_else(|| documented(Status::Default));
    let found = found.or_else(|| Some((statuses[0], other()?)));
    let (status, content) = match found {
        Some((status, failure)) => (status, failure.content.as_ref()),
        None => (statuses[0], None),
    };
    let empty = Rejection {
        status,
        ..Rejection::default()
    };
    match content {
        None => empty,
        Some(Content::Bytes(media_type) | Content::Stream(media_type)) => Rejection {
            media_type: if media_type.contains('*') {
                "text/plain".into()
            } else {
                media_type.clone()
            },
            message: RejectionMessage::Text(None),
            ..empty
        },
        Some(content) => Rejection {
            media_type: content.media_type().unwrap_or("application/json").into(),
            body: content.ty().and_then(|ty| fixture(api, ty)),
            message: content.named().and_then(|id| message(api, id)).unwrap_or_default(),
            ..empty
        },
    }
}

/// How a failure of that type says what is wrong.
fn message(api: &Api, id: TypeId) -> Option<RejectionMessage> {
    let field = message_field(api, id)?;
    let Message::Each(items) = message_of(api, field) else {
        return Some(RejectionMessage::Text(Some(field.wire_name.clone())));
    };
    let fields = api.fields(items)?;
    let named = |found: Option<&Field>| found.map(|field| field.wire_name.clone());
    let is = |field: &Field, message: Message| message_of(api, field) == message;
    Some(RejectionMessage::List {
        list: field.wire_name.clone(),
        item: fixture_of(api, items)?,
        text: message_field(api, items)?.wire_name.clone(),
        place: named(fields.iter().find(|field| is(field, Message::Location))),
        rule: named(
            fields
                .iter()
                .find(|field| field.wire_name == fastapi::RULE && is(field, Message::Text)),
        ),
    })
}
