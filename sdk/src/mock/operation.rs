//! What the mock server knows of each operation, and how it rejects a request.

use std::{any::Any, sync::Arc};

use serde_json::{Value, json};

use super::{detail::Detail, parsed_request::ParsedRequest};
use crate::call;

/// What the description says of an operation, besides what its caller needs.
pub(crate) struct Operation {
    pub(crate) call: &'static call::Operation,
    /// The parameters of the path that may hold slashes.
    pub(crate) tails: &'static [&'static str],
    /// The response to a request without the right credentials.
    pub(crate) unauthorized: Rejection,
    /// The response to a request that is not valid.
    pub(crate) invalid: Rejection,
    /// Makes the operation's own type of what was received, if nothing is wrong with it.
    pub(crate) read: fn(&mut ParsedRequest<'_>) -> Option<AnyRequest>,
}

/// A request, as the type that its operation has for it.
pub(crate) type AnyRequest = Arc<dyn Any + Send + Sync>;

/// A request of an operation, as its own type.
pub(crate) trait Request: Clone + Send + Sync + Sized + 'static {
    fn operation() -> &'static Operation;

    /// Reads all of it, and takes down what is wrong.
    fn read(request: &mut ParsedRequest<'_>) -> Option<Self>;
}

/// What is known of the operation that has this type for its requests.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn operation_of<R: Request>() -> &'static Operation {
    R::operation()
}

/// As [`Request::read`], without the type.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn read<R: Request>(request: &mut ParsedRequest<'_>) -> Option<AnyRequest> {
    let request = R::read(request)?;
    Some(Arc::new(request))
}

/// A response to a request that is rejected.
pub(crate) struct Rejection {
    pub(crate) status: u16,
    pub(crate) media_type: &'static str,
    /// As JSON, without the message; empty if there is none.
    pub(crate) body: &'static str,
    pub(crate) message: RejectionMessage,
}

/// How a response names what is wrong.
#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
pub(crate) enum RejectionMessage {
    /// Not at all.
    None,
    /// By all of its body.
    Body,
    /// By the text of that property.
    Text(&'static str),
    /// By a list.
    List {
        /// The property that is the list.
        list: &'static str,
        /// An item, without its text, place and kind, as JSON.
        item: &'static str,
        /// The properties for these.
        text: &'static str,
        place: Option<&'static str>,
        kind: Option<&'static str>,
    },
}

impl Rejection {
    /// The body that names what is wrong.
    pub(crate) fn body(&self, details: &[Detail]) -> Vec<u8> {
        let joined = joined(details);
        let mut body = serde_json::from_str::<Value>(self.body).unwrap_or_default();
        match &self.message {
            RejectionMessage::Body => return joined.into_bytes(),
            RejectionMessage::None if self.body.is_empty() => return Vec::new(),
            RejectionMessage::None => {}
            RejectionMessage::Text(property) => body[property] = joined.into(),
            RejectionMessage::List {
                list,
                item,
                text,
                place,
                kind,
            } => {
                let items = details.iter().map(|detail| {
                    let mut item = serde_json::from_str::<Value>(item).unwrap_or_default();
                    item[text] = (*detail.message).into();
                    if let Some(place) = place {
                        item[place] = json!(detail.place);
                    }
                    if let Some(kind) = kind {
                        item[kind] = detail.kind.into();
                    }
                    item
                });
                body[list] = items.collect();
            }
        }
        body.to_string().into_bytes()
    }
}

/// All that is wrong, in a sentence.
pub(crate) fn joined(details: &[Detail]) -> String {
    let details = details.iter().map(ToString::to_string);
    details.collect::<Vec<_>>().join("; ")
}
