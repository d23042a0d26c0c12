//! The API as the client needs it: operations, types, names. Everything after `parse` reads this, and nothing else.

pub mod call_inputs;
pub mod fastapi;
pub mod graph;
pub mod json;
pub mod names;
pub mod operation;
pub mod prose;
pub mod reserved;
pub mod rules;
pub mod security;
pub mod ty;
pub mod typedef;
pub mod unions;

use std::ops::{Index, IndexMut};

use operation::Operation;
use ty::{Ty, TypeId};
use typedef::{EnumBase, Field, Kind, TypeDef};

/// An API.
#[derive(Debug, Default)]
pub struct Api {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The address of the first server.
    pub server: String,
    /// Every operation, in the order of the description.
    pub operations: Vec<Operation>,
    /// Every type, in the order of their keys. A [`TypeId`] is an index into it.
    pub types: Vec<TypeDef>,
}

impl Index<TypeId> for Api {
    type Output = TypeDef;

    fn index(&self, id: TypeId) -> &TypeDef {
        &self.types[id.index()]
    }
}

impl IndexMut<TypeId> for Api {
    fn index_mut(&mut self, id: TypeId) -> &mut TypeDef {
        &mut self.types[id.index()]
    }
}

impl Api {
    /// Every type with its id.
    pub fn types(&self) -> impl Iterator<Item = (TypeId, &TypeDef)> {
        self.types
            .iter()
            .enumerate()
            .map(|(index, def)| (TypeId::new(index), def))
    }

    /// The fields of a type that is a struct.
    #[must_use]
    pub fn fields(&self, id: TypeId) -> Option<&[Field]> {
        match &self[id].kind {
            Kind::Struct { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// Whether anything that is sent has a pattern.
    #[must_use]
    pub fn has_sent_patterns(&self) -> bool {
        let types = self.types.iter().filter(|def| def.usage.is_sent);
        let mut of_types = types.flat_map(|def| [&def.rules].into_iter().chain(def.kind.rules()));
        let of_operations = |operation: &Operation| {
            let parameters = operation.parameters.iter().map(|parameter| &parameter.rules);
            let body = operation.body.iter().map(|body| &body.rules);
            parameters.chain(body).any(rules::Rules::has_pattern)
        };
        of_types.any(rules::Rules::has_pattern) || self.operations.iter().any(of_operations)
    }

    /// Whether values of a type can be printed: numbers and texts that are no secret.
    #[must_use]
    pub fn is_displayed(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Named(id) => match &self[*id].kind {
                Kind::Enum { base, .. } => *base != EnumBase::Any,
                // Within a union, it is known by now only of what is plain: a union may hold itself.
                Kind::Union { variants, .. } => variants.iter().all(|variant| variant.is_scalar),
                Kind::Struct { .. } | Kind::Tuple(_) | Kind::Alias(_) => false,
            },
            ty => ty.is_plain(),
        }
    }
}
