//! Shortens paths to what a person would write.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenTree};
use syn::{
    Attribute, parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use crate::{bridge::Module, model::Api};

/// What is in every scope, with the path that it has otherwise.
const IN_SCOPE: [[&str; 3]; 9] = [
    ["std", "option", "Option"],
    ["std", "string", "String"],
    ["std", "vec", "Vec"],
    ["std", "boxed", "Box"],
    ["std", "result", "Result"],
    ["std", "default", "Default"],
    ["std", "convert", "TryFrom"],
    ["std", "convert", "TryInto"],
    ["std", "convert", "From"],
];

/// What is in scope where types stand as well. Elsewhere it may be the name of a call.
const IN_TYPES: [&str; 3] = ["std", "convert", "Into"];

/// The functions that typify names for serde, in texts.
const IN_TEXTS: [(&str, &str, &str); 2] = [
    ("Option", "::std::option::Option::is_none", "Option::is_none"),
    ("Option", "::std::option::Option::deserialize", "Option::deserialize"),
];

/// The names of the prelude that are those of types of the API as well, so that they stand for nothing else where these do.
pub(super) struct Prelude {
    shadowed: BTreeSet<&'static str>,
}

impl Prelude {
    pub(super) fn of(api: &Api) -> Self {
        let names = api.types.iter().map(|def| def.name.as_str()).collect::<BTreeSet<_>>();
        let known = IN_SCOPE.iter().chain([&IN_TYPES]).map(|[.., name]| *name);
        Self {
            shadowed: known.filter(|name| names.contains(name)).collect(),
        }
    }
}

/// Gives paths the form that a person would write. Generated code names everything by its full path, so that no type of the
/// description shadows it; where none does, the names of the prelude read better.
#[derive(Clone, Copy)]
pub(super) struct Shorten<'a> {
    prelude: &'a Prelude,
    module: Module,
}

impl<'a> Shorten<'a> {
    pub(super) fn new(prelude: &'a Prelude, module: Module) -> Self {
        Self { prelude, module }
    }

    fn shorten(&self, path: &mut syn::Path) {
        path.leading_colon = None;
        let begins = |with: &[&str]| {
            let mut segments = path.segments.iter();
            with.iter()
                .all(|name| segments.next().is_some_and(|segment| segment.ident == name))
        };
        let is_free = |known: &&[&str; 3]| !self.prelude.shadowed.contains(known[2]);
        let in_types = (self.module == Module::Types).then_some(&IN_TYPES);
        let in_scope = IN_SCOPE.iter().chain(in_types).filter(is_free);
        let is_prelude = || in_scope.clone().any(|known| begins(known));
        let (from, to) = if begins(&["std"]) && is_prelude() {
            (0, 2)
        } else if begins(&["crate", "types"]) && path.segments.len() > 2 {
            match self.module {
                Module::Types => (0, 2),
                Module::Other | Module::Typify => (0, 1),
            }
        } else if begins(&["chrono", "offset", "Utc"]) {
            (1, 2)
        } else {
            return;
        };
        let segments = std::mem::take(&mut path.segments).into_iter().enumerate();
        let kept = segments.filter(|(index, _)| !(from..to).contains(index));
        path.segments = kept.map(|(_, segment)| segment).collect();
    }

    fn shorten_text(&self, token: TokenTree) -> TokenTree {
        let TokenTree::Literal(literal) = &token else {
            return token;
        };
        let text = literal.to_string();
        let known = IN_TEXTS.iter().find(|(name, long, _)| {
            !self.prelude.shadowed.contains(name)
                && text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) == Some(*long)
        });
        match known {
            Some((_, _, short)) => Literal::string(short).into(),
            None => token,
        }
    }

    fn visit_qualified(&mut self, qself: Option<&mut syn::QSelf>, path: &mut syn::Path) {
        let Some(qself) = qself else {
            return self.visit_path_mut(path);
        };
        // The segments of a qualified path are counted, so only what is inside of them changes.
        self.visit_qself_mut(qself);
        path.leading_colon = None;
        path.segments
            .iter_mut()
            .for_each(|segment| self.visit_path_segment_mut(segment));
    }
}

impl VisitMut for Shorten<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        self.shorten(path);
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
        self.visit_qualified(path.qself.as_mut(), &mut path.path);
    }

    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        self.visit_qualified(path.qself.as_mut(), &mut path.path);
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if attribute.path().is_ident("derive")
            && let Ok(mut derives) =
                attribute.parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated)
        {
            derives.iter_mut().for_each(|path| self.shorten(path));
            *attribute = parse_quote!(#[derive(#derives)]);
        }
        if attribute.path().is_ident("serde")
            && let syn::Meta::List(list) = &mut attribute.meta
        {
            let tokens = std::mem::take(&mut list.tokens).into_iter();
            list.tokens = tokens.map(|token| self.shorten_text(token)).collect();
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        // `client: client` is `client`.
        if let (syn::Member::Named(name), syn::Expr::Path(value)) = (&field.member, &field.expr)
            && value.path.is_ident(name)
        {
            field.colon_token = None;
        }
        visit_mut::visit_field_value_mut(self, field);
    }
}
