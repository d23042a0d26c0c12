//! The contract with typify: it makes the types that the model has.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use typify::{Type, TypeDetails, TypeId, TypeNewtype, TypeSpace, TypeSpaceImpl, TypeStruct};

use super::rust_type::{Module, alias_type, field_type};
use crate::{
    analyze::is_parsed,
    input::{
        diagnostic::{BUG, Diagnostic},
        rule::Rule,
    },
    model::{
        Api, ty,
        typedef::{Boxing, Field, Kind, TypeDef},
    },
};

/// Checks that the types that typify declares are the model's, and sets in the model where typify boxes a value.
pub(super) fn check(api: &mut Api, types: &TypeSpace) -> Result<(), Diagnostic> {
    let by_name = types.iter_types().map(|ty| (ty.name(), ty)).collect::<BTreeMap<_, _>>();
    let mut boxed_fields = Vec::new();
    let mut boxed_aliases = Vec::new();
    for (id, def) in api.types() {
        let contract = Contract { api, def, types };
        match (&def.kind, by_name.get(&def.name).map(Type::details)) {
            (Kind::Struct { fields, .. }, Some(TypeDetails::Struct(structure))) => {
                let boxing = contract.structure(fields, &structure)?.into_iter().enumerate();
                boxed_fields.extend(boxing.map(|(index, boxing)| (id, index, boxing)));
            }
            (Kind::Alias(ty), Some(TypeDetails::Newtype(newtype))) => {
                boxed_aliases.push((id, contract.alias(ty, &newtype)?));
            }
            (Kind::Struct { .. }, _) => return Err(contract.missing(&format!("the struct `{}`", def.name))),
            (Kind::Alias(_), _) => return Err(contract.missing(&format!("the newtype `{}`", def.name))),
            _ => {}
        }
    }
    for (id, index, boxing) in boxed_fields {
        if let Kind::Struct { fields, .. } = &mut api[id].kind {
            fields[index].boxing = boxing;
        }
    }
    for (id, boxing) in boxed_aliases {
        api[id].boxing = boxing;
    }
    Ok(())
}

struct Contract<'a> {
    api: &'a Api,
    def: &'a TypeDef,
    types: &'a TypeSpace,
}

impl Contract<'_> {
    /// For each field of a struct, where typify puts it on the heap.
    fn structure(&self, fields: &[Field], structure: &TypeStruct<'_>) -> Result<Vec<Boxing>, Diagnostic> {
        let properties = structure.properties_info().filter_map(|property| {
            let ty = self.types.get_type(&property.type_id).ok()?;
            Some((property.name, ty))
        });
        let mut properties = properties.collect::<BTreeMap<_, _>>();
        let boxing = fields.iter().map(|field| {
            let place = format!("{}.{}", self.def.name, field.ident);
            // No two fields are the same.
            let Some(ty) = properties.remove(field.ident.as_str()) else {
                return Err(self.missing(&format!("the field `{place}`")));
            };
            let boxing = self.boxing(&ty);
            let field = Field {
                boxing,
                ..field.clone()
            };
            let ours = field_type(self.api, &field, Module::Typify);
            self.is_same(&place, &ours, &ty.ident())?;
            Ok(boxing)
        });
        boxing.collect()
    }

    /// Where typify puts the value of another name for a type on the heap.
    fn alias(&self, ty: &ty::Ty, newtype: &TypeNewtype<'_>) -> Result<Boxing, Diagnostic> {
        let name = &self.def.name;
        let Ok(inner) = self.types.get_type(&newtype.inner()) else {
            return Err(self.missing(&format!("the type in `{name}`")));
        };
        let boxing = self.boxing(&inner);
        let ours = alias_type(self.api, ty, boxing, Module::Typify);
        self.is_same(&format!("{name}.0"), &ours, &inner.ident())?;
        for known in [TypeSpaceImpl::Display, TypeSpaceImpl::FromStr] {
            if inner.has_impl(known) != is_parsed(self.api, ty) {
                return Err(self.broken(format!(
                    "typify and the model do not agree whether `{name}` can be parsed"
                )));
            }
        }
        Ok(boxing)
    }

    fn is_same(&self, place: &str, ours: &TokenStream, theirs: &TokenStream) -> Result<(), Diagnostic> {
        let (ours, theirs) = (ours.to_string(), theirs.to_string());
        if ours == theirs {
            return Ok(());
        }
        Err(self.broken(format!("typify makes `{place}` a {theirs}, and the model a {ours}")))
    }

    fn missing(&self, what: &str) -> Diagnostic {
        unexpected_output(what).at(&self.def.pointer)
    }

    fn broken(&self, message: String) -> Diagnostic {
        let error = Diagnostic::new(Rule::UnexpectedOutput, message).at(&self.def.pointer);
        error.help(BUG)
    }

    /// Where typify puts a value on the heap.
    fn boxing(&self, ty: &Type<'_>) -> Boxing {
        let is = |id: &TypeId, is_meant: fn(&TypeDetails<'_>) -> bool| {
            self.types.get_type(id).is_ok_and(|ty| is_meant(&ty.details()))
        };
        match ty.details() {
            TypeDetails::Box(inner) if is(&inner, |inner| matches!(inner, TypeDetails::Option(_))) => Boxing::Option,
            TypeDetails::Box(_) => Boxing::Value,
            TypeDetails::Option(inner) if is(&inner, |inner| matches!(inner, TypeDetails::Box(_))) => Boxing::Value,
            _ => Boxing::None,
        }
    }
}

/// An error for output of progenitor's that has not the expected form.
#[must_use]
pub fn unexpected_output(what: &str) -> Diagnostic {
    let message = format!("progenitor's output is not as expected: {what} is missing");
    Diagnostic::new(Rule::UnexpectedOutput, message).help(BUG)
}
