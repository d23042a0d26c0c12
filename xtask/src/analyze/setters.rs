//! The setters that a call has for the properties of its body.

use super::functions::constant;
use crate::model::{
    Api,
    call_inputs::object,
    names,
    operation::Operation,
    reserved,
    ty::Ty,
    typedef::{Access, Field, Kind},
};

/// A setter for a property of the body, or for all that the description does not name.
#[derive(Debug)]
pub struct Setter<'a> {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub property: Property<'a>,
}

/// What a setter sets.
#[derive(Clone, Copy, Debug)]
pub enum Property<'a> {
    /// A property.
    Named(&'a Field),
    /// All other properties, which have values of that type.
    Additional(&'a Ty),
}

/// The setters of a call for the properties of its body, where that is an object.
#[must_use]
pub fn setters<'a>(api: &'a Api, operation: &Operation) -> Vec<Setter<'a>> {
    let body = operation.body.as_ref().and_then(|body| body.content.named());
    let Some(Kind::Struct { fields, additional, .. }) = body.and_then(|id| object(api, id)).map(|id| &api[id].kind)
    else {
        return Vec::new();
    };
    let parameters = operation.parameters.iter().map(|parameter| parameter.ident.as_str());
    let parameters = parameters.collect::<Vec<_>>();
    let named = fields.iter().filter(|field| is_set(api, field));
    let named = named.map(|field| (field.ident.as_str(), Property::Named(field)));
    let additional = additional
        .iter()
        .map(|values| (reserved::ADDITIONAL_FIELD, Property::Additional(values)));
    let setters = named.chain(additional).map(|(ident, property)| Setter {
        name: names::property(ident, &parameters),
        property,
    });
    setters.collect()
}

/// Whether there is something to set: what only the server writes, and what can have one value alone, needs no setter.
fn is_set(api: &Api, field: &Field) -> bool {
    let is_null = field.required && field.ty == Ty::Null;
    let is_constant = constant(api, field).is_some() && (field.tag.is_none() || field.constant.is_some());
    field.access != Access::Server && !is_null && !is_constant
}
