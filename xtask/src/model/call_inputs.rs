//! What the caller of an operation sets: its parameters and its body.

use super::{
    Api,
    operation::{Body, Operation, Parameter},
    rules::Rules,
    ty::{Ty, TypeId},
    typedef::{Boxing, Kind},
};

/// What a caller sets.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The name of its setter.
    pub ident: &'a str,
    /// The type that the setter asks for; `None` for bytes.
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

impl<'a> Input<'a> {
    /// What holds for it besides what its type demands.
    #[must_use]
    pub fn rules(&self) -> &'a Rules {
        match self.source {
            Source::Parameter(parameter) => &parameter.rules,
            Source::Body { body, .. } => &body.rules,
        }
    }

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
            object: body.content.named().and_then(|id| object(api, id)),
        },
    });
    parameters.chain(body).collect()
}

/// The object that a type is, or is another name for.
#[must_use]
pub fn object(api: &Api, id: TypeId) -> Option<TypeId> {
    let found = names(api, id).last()?;
    matches!(api[found].kind, Kind::Struct { .. }).then_some(found)
}

/// A type, what it is another name for, what that is another name for, and so on.
pub fn names(api: &Api, id: TypeId) -> impl Iterator<Item = TypeId> {
    let next = |id: &TypeId| match api[*id].kind {
        Kind::Alias(Ty::Named(inner)) if api[*id].boxing == Boxing::None => Some(inner),
        _ => None,
    };
    // One that is a name for itself has no end.
    std::iter::successors(Some(id), next).take(api.types.len())
}
