//! Forms with files: how each type that is sent as one becomes parts.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use crate::model::{
    Api,
    operation::Content,
    reserved,
    ty::{Format, Ty, TypeId},
    typedef::Kind,
    unions,
};

/// The types that are forms, and those that are files.
pub(super) struct Forms<'a> {
    api: &'a Api,
    /// The types that are files: one, a list of them, or one of several types of which one is.
    files: BTreeSet<TypeId>,
}

impl<'a> Forms<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let mut forms = Self {
            api,
            files: BTreeSet::new(),
        };
        loop {
            let holders = api
                .types()
                .filter(|(id, def)| !forms.files.contains(id) && values(&def.kind).iter().any(|ty| forms.is_files(ty)));
            let new = holders.map(|(id, _)| id).collect::<Vec<_>>();
            if new.is_empty() {
                return forms;
            }
            forms.files.extend(new);
        }
    }

    /// What makes parts of the bodies that are forms, and files of the values in them.
    pub(super) fn items(&self) -> Vec<Item> {
        let bodies = self
            .api
            .operations
            .iter()
            .filter_map(|operation| operation.body.as_ref());
        let mut next = Vec::new();
        for body in bodies {
            if let Content::Multipart { ty, .. } = &body.content {
                next.extend(self.form(ty));
            }
        }
        let mut forms = BTreeSet::new();
        while let Some(id) = next.pop() {
            if forms.insert(id) {
                next.extend(values(&self.api[id].kind).into_iter().filter_map(|ty| self.form(ty)));
            }
        }
        let parts = forms.into_iter().map(|id| self.parts_of(id));
        parts.chain(self.files.iter().map(|id| self.files_of(*id))).collect()
    }

    /// The step that adds all parts of a body to a form.
    pub(super) fn step(&self, ty: &Ty, value: &TokenStream) -> TokenStream {
        let is_map_of_files = matches!(ty.not_null(), Ty::Map(values) if self.is_files(values));
        if self.form(ty).is_some() || is_map_of_files {
            quote!(.parts(#value))
        } else {
            quote!(.fields(#value))
        }
    }

    /// The type that makes the parts of a form by itself.
    fn form(&self, ty: &Ty) -> Option<TypeId> {
        let id = ty.named()?;
        let kind = &self.api[id].kind;
        matches!(kind, Kind::Struct { .. } | Kind::Union { .. } | Kind::Alias(_)).then_some(id)
    }

    /// Whether values of a type are files, or hold files that are parts by themselves.
    fn is_files(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Nullable(inner) | Ty::List(inner) => self.is_files(inner),
            Ty::Named(id) => self.files.contains(id),
            ty => *ty == Ty::Str(Format::Upload),
        }
    }

    /// The step that adds the parts of one name.
    fn part(&self, ty: &Ty, name: &TokenStream, value: &TokenStream) -> TokenStream {
        if self.is_files(ty) {
            quote!(.files(#name, #value))
        } else {
            quote!(.field(#name, #value))
        }
    }

    fn parts_of(&self, id: TypeId) -> Item {
        let def = &self.api[id];
        let body = match &def.kind {
            Kind::Struct { fields, additional, .. } => {
                let fields = fields.iter().map(|field| {
                    let (name, ident) = (&field.wire_name, format_ident!("{}", field.ident));
                    self.part(&field.ty, &quote!(#name), &quote!(&self.#ident))
                });
                let additional = additional.iter().map(|values| {
                    let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
                    self.step(&Ty::Map(Box::new(values.clone())), &quote!(&self.#ident))
                });
                let steps = fields.chain(additional);
                quote!(form #(#steps)*)
            }
            Kind::Alias(ty) => {
                let step = self.step(ty, &quote!(&self.0));
                quote!(form #step)
            }
            kind => each_variant(kind, |ty| self.step(ty, &quote!(value))),
        };
        let name = format_ident!("{}", def.name);
        parse_quote! {
            impl crate::multipart::Parts for #name {
                fn add_to(&self, form: crate::multipart::Form) -> crate::multipart::Form {
                    #body
                }
            }
        }
    }

    fn files_of(&self, id: TypeId) -> Item {
        let def = &self.api[id];
        let body = match &def.kind {
            kind @ Kind::Union { .. } => each_variant(kind, |ty| self.part(ty, &quote!(name), &quote!(value))),
            kind => {
                let steps = values(kind).into_iter().enumerate().map(|(index, ty)| {
                    let index = syn::Index::from(index);
                    self.part(ty, &quote!(name), &quote!(&self.#index))
                });
                quote!(form #(#steps)*)
            }
        };
        let name = format_ident!("{}", def.name);
        parse_quote! {
            impl crate::multipart::Files for #name {
                fn add_to(&self, name: &str, form: crate::multipart::Form) -> crate::multipart::Form {
                    #body
                }
            }
        }
    }
}

/// A match with one step for each variant of a union.
fn each_variant(kind: &Kind, step: impl Fn(&Ty) -> TokenStream) -> TokenStream {
    let Kind::Union { variants, tag } = kind else {
        return quote!(form);
    };
    let arms = variants.iter().map(|variant| (&variant.name, step(&variant.ty)));
    let unknown = reserved::UNKNOWN_VARIANT.to_owned();
    // What is none of the types is any JSON.
    let has_unknown = unions::has_unknown(variants, tag.as_deref());
    let unknown = has_unknown.then(|| (&unknown, step(&Ty::Any)));
    let arms = arms.chain(unknown).map(|(name, step)| {
        let name = format_ident!("{name}");
        quote!(Self::#name(value) => form #step,)
    });
    let arms = arms.collect::<Vec<_>>();
    quote!(match self { #(#arms)* })
}

/// The types of what a value of this type is: of one of several types, of what it is another name for, of its items; but not of
/// an object, which is sent as JSON.
fn values(kind: &Kind) -> Vec<&Ty> {
    match kind {
        Kind::Struct { .. } => Vec::new(),
        kind => kind.parts(),
    }
}
