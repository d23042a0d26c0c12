//! What a caller sees of a type: its fields or variants, what it can do, and how it is built.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    item::{Item, Member, MemberKind},
    limits::Limits,
    representation::{Representation, TypeRepresentation},
    signature,
};
use crate::{
    analyze::{DefaultValue, constant, derives, getter, is_parsed},
    model::{
        Api, reserved,
        ty::{Format, Ty, TypeId},
        typedef::{self, Boxing, EnumBase, EnumValue, Field, Kind, TypeDef, Variant},
        unions,
    },
};

/// A type; `displayed` holds the types of failures that can be printed.
pub(super) fn item(api: &Api, id: TypeId, displayed: &BTreeSet<TypeId>) -> Item {
    let def = &api[id];
    let (declaration, is_non_exhaustive) = match &def.kind {
        Kind::Struct { .. } => ("struct", true),
        Kind::Union { .. } | Kind::Enum { .. } => ("enum", true),
        Kind::Tuple(_) | Kind::Alias(_) => ("tuple struct", false),
    };
    let is_displayed = displayed.contains(&id);
    let representation = TypeRepresentation::of(api, def);
    let mut described = Described {
        api,
        id,
        path: format!("types::{}", def.name),
        item: Item {
            declaration: declaration.into(),
            is_non_exhaustive,
            is_built: def.has_new(),
            own_types: Vec::new(),
            members: BTreeMap::new(),
            limits: Limits::of_type(def),
            representation: Representation::Type(representation),
            docs: docs(def),
        },
    };
    for name in derives(def) {
        described.implement(name);
    }
    // With a tag, it is written and not derived.
    if def.traits.default && def.kind.has_tag() {
        described.implement("Default");
    }
    if is_displayed {
        described.implement("Display");
    }
    if def.fixture.is_some() {
        described.function("fixture", "()");
    }
    match &def.kind {
        Kind::Struct { fields, additional, .. } => described.structure(fields, additional.as_ref()),
        Kind::Tuple(items) => described.tuple(items),
        Kind::Union { variants, tag } => described.union(variants, tag.as_deref()),
        Kind::Enum { base, values } => described.choice(*base, values),
        Kind::Alias(ty) => described.alias(ty),
    }
    described.item
}

/// A type of which the members are being found.
struct Described<'a> {
    api: &'a Api,
    id: TypeId,
    path: String,
    item: Item,
}

impl Described<'_> {
    fn def(&self) -> &TypeDef {
        &self.api[self.id]
    }

    fn add(&mut self, rest: &str, kind: MemberKind, signature: impl Into<String>) {
        let path = format!("{}{rest}", self.path);
        self.item.add(path, Member::new(kind, signature));
    }

    fn implement(&mut self, name: &str) {
        self.item.implement(&self.path, name);
    }

    fn function(&mut self, name: &str, signature: &str) {
        self.add(&format!("::{name}"), MemberKind::Function, signature);
    }

    /// Adds a trait with an associated type.
    fn implement_with(&mut self, name: &str, associated: &str, ty: &str) {
        self.add(
            &format!(": {name}"),
            MemberKind::Trait,
            format!(" with {associated} = {ty}"),
        );
    }

    fn structure(&mut self, fields: &[Field], additional: Option<&Ty>) {
        let api = self.api;
        let has_new = self.def().has_new();
        let additional = additional.map(|values| {
            let ty = signature::ty(api, &Ty::Map(Box::new(values.clone())));
            (reserved::ADDITIONAL_FIELD, ty, false)
        });
        let fields = fields.iter().map(|field| {
            let is_required = has_new && field.required && constant(api, field).is_none();
            (field.ident.as_str(), signature::field(api, field), is_required)
        });
        for (ident, ty, is_required) in fields.chain(additional) {
            let field = Member {
                is_required,
                ..Member::new(MemberKind::Field, ty)
            };
            self.item.add(format!("{}.{ident}", self.path), field);
        }
        self.getters();
    }

    fn getters(&mut self) {
        let api = self.api;
        for field in api.fields(self.id).unwrap_or_default() {
            let Some(default) = getter(api, field) else { continue };
            let ty = match default {
                DefaultValue::Text(_) => "&str".into(),
                _ => signature::ty(api, field.ty.not_null()),
            };
            self.function(&field.ident, &format!("() -> {ty}"));
        }
    }

    fn tuple(&mut self, items: &[typedef::Item]) {
        for (index, item) in items.iter().enumerate() {
            let ty = signature::boxed(self.api, &item.ty, item.is_boxed);
            self.add(&format!(".{index}"), MemberKind::Field, ty);
        }
    }

    fn union(&mut self, variants: &[Variant], tag: Option<&str>) {
        for variant in variants {
            let ty = signature::boxed(self.api, &variant.ty, variant.is_boxed);
            self.add(&format!("::{}", variant.name), MemberKind::Variant, format!("({ty})"));
        }
        if unions::has_unknown(variants, tag) {
            self.unknown("Unlisted");
        }
        self.implement("Deserialize");
        if !self.def().traits.is_serialized_by_mocks_alone {
            self.implement("Serialize");
        }
        if unions::is_displayed(variants, tag) {
            self.implement("Display");
        }
        for variant in unions::conversions(self.id, variants) {
            self.implement(&format!("From<{}>", signature::ty(self.api, &variant.ty)));
            if unions::is_from_str(variant) {
                self.implement("From<&str>");
            }
        }
    }

    fn choice(&mut self, base: EnumBase, values: &[EnumValue]) {
        for value in values {
            self.add(&format!("::{}", value.ident), MemberKind::Variant, "");
        }
        self.implement("Deserialize");
        self.implement("Serialize");
        match base {
            EnumBase::String => {
                self.unknown("String");
                self.function("as_str", "() -> &str");
                for name in ["Display", "From<&str>", "From<String>"] {
                    self.implement(name);
                }
                self.implement_with("FromStr", "Err", "std::convert::Infallible");
            }
            EnumBase::Int(int) => {
                let integer = signature::ty(self.api, &Ty::Int(int));
                self.unknown(&integer);
                self.function("value", &format!("() -> {integer}"));
                self.implement("Display");
                self.implement(&format!("From<{integer}>"));
                self.implement_with("FromStr", "Err", "std::num::ParseIntError");
            }
            EnumBase::Any => {
                self.unknown("Unlisted");
                self.function("to_value", "() -> serde_json::Value");
                self.implement("From<serde_json::Value>");
            }
        }
    }

    /// The variant for what the description does not list.
    fn unknown(&mut self, ty: &str) {
        let path = format!("::{}", reserved::UNKNOWN_VARIANT);
        self.add(&path, MemberKind::Variant, format!("({ty})"));
    }

    fn alias(&mut self, ty: &Ty) {
        let inner = signature::alias(self.api, ty, self.def().boxing);
        self.add(".0", MemberKind::Field, inner.clone());
        match ty {
            Ty::Named(id) if self.def().boxing == Boxing::None => {
                let path = format!("types::{}", self.api[*id].name);
                self.newtype(&inner, &path);
            }
            _ => self.newtype(&inner, &inner),
        }
        self.implement(&format!("From<{inner}>"));
        if !is_parsed(self.api, ty) {
            return;
        }
        self.implement("Display");
        if *ty == Ty::Str(Format::Text) {
            self.implement_with("FromStr", "Err", "std::convert::Infallible");
        } else {
            self.parsed(&format!("<{inner} as std::str::FromStr>::Err"));
        }
    }

    /// What leads from a newtype to what is in it, and the path of that.
    fn newtype(&mut self, inner: &str, path: &str) {
        self.implement_with("Deref", "Target", inner);
        let name = signature::name(self.def());
        self.item.implement(path, &format!("From<{name}>"));
    }

    /// What makes a value of a text, or fails with that error.
    fn parsed(&mut self, error: &str) {
        self.implement_with("FromStr", "Err", error);
        self.implement_with("TryFrom<&str>", "Error", error);
        self.implement_with("TryFrom<String>", "Error", error);
    }
}

fn docs(def: &TypeDef) -> Vec<String> {
    let own = [def.doc.text(def.kind.description())];
    let members = match &def.kind {
        Kind::Struct { fields, .. } => {
            let docs = fields.iter().map(|field| format!("{}: {}", field.ident, field.doc));
            docs.collect()
        }
        Kind::Tuple(items) => items.iter().map(|item| item.doc.clone()).collect(),
        Kind::Union { variants, .. } => {
            let docs = variants.iter();
            docs.map(|variant| format!("{}: {}", variant.name, variant.doc))
                .collect()
        }
        Kind::Enum { .. } | Kind::Alias(_) => Vec::new(),
    };
    let mut docs = own.into_iter().chain(members).collect::<Vec<_>>();
    docs.sort();
    docs
}
