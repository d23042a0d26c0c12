//! Names and types as a person would write them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Expr, FnArg, Lit, ReturnType, Signature, Type, Visibility,
    visit_mut::{self, VisitMut},
};

/// A trait's name, with its types, without its module and lifetimes: `TryFrom<String>`.
pub(super) fn trait_name(path: &syn::Path) -> String {
    let Some(mut last) = path.segments.last().cloned() else {
        return String::new();
    };
    if let syn::PathArguments::AngleBracketed(arguments) = &mut last.arguments {
        arguments.args = std::mem::take(&mut arguments.args)
            .into_iter()
            .filter(|argument| !matches!(argument, syn::GenericArgument::Lifetime(_)))
            .collect();
        if arguments.args.is_empty() {
            last.arguments = syn::PathArguments::None;
        }
    }
    text(&syn::Path::from(last))
}

/// A function's types as a caller thinks of them: `(i64)` for what takes anything that becomes an `i64`.
pub(super) fn signature(signature: &Signature) -> String {
    let mut bounds = BTreeMap::new();
    let mut bind = |name: String, bound: Option<&syn::TypeParamBound>| {
        if let Some(syn::TypeParamBound::Trait(bound)) = bound {
            bounds.entry(name).or_insert_with(|| bound.path.clone());
        }
    };
    for parameter in signature.generics.type_params() {
        bind(parameter.ident.to_string(), parameter.bounds.first());
    }
    for predicate in signature
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates)
    {
        if let syn::WherePredicate::Type(predicate) = predicate {
            bind(text(&predicate.bounded_ty), predicate.bounds.first());
        }
    }
    let kinds = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Receiver(_) => None,
        FnArg::Typed(typed) => Some(match bounds.get(&text(&*typed.ty)) {
            None => text(&*typed.ty),
            Some(bound) => argument(bound),
        }),
    });
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    match &signature.output {
        ReturnType::Type(_, kind) if text(&**kind) != "Self" => format!("({kinds}) -> {}", text(&**kind)),
        _ => format!("({kinds})"),
    }
}

/// What an argument has to be, by its bound.
fn argument(bound: &syn::Path) -> String {
    let of = Type::Path(syn::TypePath {
        qself: None,
        path: bound.clone(),
    });
    match arguments(&of).as_slice() {
        [kind] if name_of(&of) == "TryInto" => text(kind),
        _ => {
            let mut short = bound.clone();
            short.segments = short.segments.into_iter().next_back().into_iter().collect();
            format!("impl {}", text(&short))
        }
    }
}

/// The types between the angle brackets of a path.
pub(super) fn arguments(kind: &Type) -> Vec<Type> {
    let Type::Path(path) = kind else { return Vec::new() };
    let Some(syn::PathArguments::AngleBracketed(arguments)) = path.path.segments.last().map(|last| &last.arguments)
    else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(kind) => Some(kind.clone()),
        _ => None,
    });
    types.collect()
}

/// The last name of a type's path.
pub(super) fn name_of(kind: &Type) -> String {
    match kind {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

pub(super) fn name_of_result(output: &ReturnType) -> String {
    match output {
        ReturnType::Type(_, kind) => name_of(kind),
        ReturnType::Default => String::new(),
    }
}

pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

pub(super) fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(syn::ExprLit {
            lit: Lit::Str(text), ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// The documentation among attributes.
pub(super) fn docs(attributes: &[Attribute]) -> String {
    let mut docs = String::new();
    Undocument(&mut docs).visit_attributes_mut(&mut attributes.to_vec());
    docs
}

/// Takes the documentation out of an item, and keeps it.
pub(super) struct Undocument<'a>(pub(super) &'a mut String);

impl VisitMut for Undocument<'_> {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| {
            if let syn::Meta::NameValue(meta) = &attribute.meta
                && meta.path.is_ident("doc")
            {
                self.0.push_str(&literal(&meta.value).unwrap_or_default());
                self.0.push('\n');
                return false;
            }
            true
        });
    }
}

/// A type as a person would write it, who has everything in scope that is the SDK's.
pub(super) fn text<T: ToTokens + Localize + Clone>(item: &T) -> String {
    let mut item = item.clone();
    item.localize();
    tidy(&item.to_token_stream())
}

/// What can be made to name the SDK's own things as if they were in scope, whichever file it stands in.
pub(super) trait Localize {
    fn localize(&mut self);
}

impl Localize for Type {
    fn localize(&mut self) {
        Local.visit_type_mut(self);
    }
}

impl Localize for syn::Path {
    fn localize(&mut self) {
        Local.visit_path_mut(self);
    }
}

struct Local;

impl VisitMut for Local {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        path.leading_colon = None;
        let is_module = |segment: &syn::PathSegment| {
            ["crate", "self", "super", "types"]
                .iter()
                .any(|module| segment.ident == module)
        };
        let outer = path.segments.iter().take_while(|segment| is_module(segment)).count();
        path.segments = std::mem::take(&mut path.segments).into_iter().skip(outer).collect();
        visit_mut::visit_path_mut(self, path);
    }
}

/// Tokens with the spaces that a person would leave between them.
fn tidy(tokens: &TokenStream) -> String {
    let mut text = tokens.to_string();
    for (wide, close) in [
        (" :: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("[ ", "["),
        (" ;", ";"),
        (",>", ">"),
        (",(", ", ("),
        ("->(", "-> ("),
    ] {
        text = text.replace(wide, close);
    }
    text
}

/// Whether a name may hold that character.
pub(super) fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
