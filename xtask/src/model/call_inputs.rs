//! What the caller of an operation sets: its parameters and its body.

use super::{
    Api,
    operation::{Body, Operation, Parameter},
    ty::{Ty, TypeId},
    typedef::Kind,
};

/// What a caller sets.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The name of its setter.
    pub ident: &'a str,
    /// The type that the setter takes; `None` for bytes.
    pub ty: Option<&'a Ty>,
    /// Whether the call is sent without it.
    pub is_optional: bool,
    /// What it is.
    pub source: Source<'a>,
}

/// What an input is.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A parameter.
    Parameter(&'a Parameter),
    /// The body.
    Body {
        /// The body itself.
        body: &'a Body,
        /// Its type, where that is an object, of which each property can be set.
        object: Option<TypeId>,
    },
}

impl Input<'_> {
    /// Whether it is bytes. They may be a stream, which is sent once, so that a call with them cannot be cloned.
    #[must_use]
    pub fn is_bytes(&self) -> bool {
        self.ty.is_none()
    }
}

/// What the caller of an operation sets.
#[must_use]
pub fn inputs<'a>(api: &Api, operation: &'a Operation) -> Vec<Input<'a>> {
    let parameters = operation.parameters.iter().map(|parameter| Input {
        ident: &parameter.ident,
        ty: Some(parameter.ty.not_null()),
        is_optional: parameter.is_optional(),
        source: Source::Parameter(parameter),
    });
    let body = operation.body.iter().map(|body| Input {
        ident: "body",
        ty: body.content.ty(),
        is_optional: !body.required,
        source: Source::Body {
            body,
            object: object(api, body),
        },
    });
    parameters.chain(body).collect()
}

/// The type of a body, where that is an object, of which each property can be set.
#[must_use]
pub fn object(api: &Api, body: &Body) -> Option<TypeId> {
    let is_object = |id: &TypeId| matches!(api[*id].kind, Kind::Struct { .. });
    body.content.named().filter(is_object)
}
