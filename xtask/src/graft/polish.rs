//! The last touch: names as the document has them, paths as a person would write them.

use std::collections::BTreeSet;

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use syn::{
    Attribute, Ident, parse_quote,
    punctuated::Punctuated,
    visit::{self, Visit},
    visit_mut::{self, VisitMut},
};

use crate::api::Api;

/// Gives the types their names, and the paths the form that a person would write.
pub(super) struct Polish<'a> {
    pub(super) api: &'a Api,
    /// The names of all types.
    pub(super) names: &'a BTreeSet<&'a str>,
    /// Where types are found: in this module if it is empty.
    pub(super) here: &'a str,
}

impl Polish<'_> {
    /// Generated code names everything by its full path, lest a type of the document shadow it; where none does, the
    /// names of the prelude read better.
    fn shorten(&self, path: &mut syn::Path) {
        const PRELUDE: [[&str; 3]; 9] = [
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

        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect::<Vec<_>>();
        let is_taken = |name: &str| self.names.contains(name);
        path.leading_colon = None;
        let mut segments = std::mem::take(&mut path.segments).into_iter().collect::<Vec<_>>();
        let of_prelude = PRELUDE
            .iter()
            .any(|known| names.len() >= 3 && names[..3] == *known && !is_taken(known[2]));
        match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            _ if of_prelude => drop(segments.drain(..2)),
            ["crate", "types", ..] => {
                segments.drain(..2);
                if !self.here.is_empty() {
                    segments.insert(0, Ident::new(self.here, Span::call_site()).into());
                }
            }
            ["chrono", "offset", "Utc"] => drop(segments.remove(1)),
            _ => {}
        }
        path.segments = segments.into_iter().collect();
    }

    /// The functions that typify names for serde, in a text.
    fn shorten_text(&self, token: TokenTree) -> TokenTree {
        for (name, long) in [
            ("Option", "::std::option::Option::is_none"),
            ("Option", "::std::option::Option::deserialize"),
            ("Vec", "::std::vec::Vec::is_empty"),
        ] {
            if !self.names.contains(name) && token.to_string() == format!("\"{long}\"") {
                let short = &long[long.find(name).unwrap_or_default()..];
                return Literal::string(short).into();
            }
        }
        token
    }

    fn polish(&mut self, qself: Option<&mut syn::QSelf>, path: &mut syn::Path) {
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

    fn rename(&self, ident: &mut Ident) {
        if let Some(schema) = self.api.schemas.get(&ident.to_string()) {
            *ident = Ident::new(&schema.name, ident.span());
        }
    }
}

impl VisitMut for Polish<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        self.shorten(path);
        let outer = path
            .segments
            .first()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default();
        let named = match outer.as_str() {
            "types"
                if path
                    .segments
                    .iter()
                    .nth(1)
                    .is_some_and(|segment| segment.ident == "builder") =>
            {
                2
            }
            "types" | "super" => 1,
            // Beside the types, those are their builders; elsewhere, those of operations.
            "builder" if self.here != "types" => 1,
            // In `builder.rs` the types are always named by their module.
            _ if self.here == "types" => usize::MAX,
            _ => 0,
        };
        if let Some(segment) = path.segments.iter_mut().nth(named) {
            self.rename(&mut segment.ident);
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
        self.polish(path.qself.as_mut(), &mut path.path);
    }

    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        self.polish(path.qself.as_mut(), &mut path.path);
    }

    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        if self.here != "types" {
            self.rename(&mut item.ident);
        }
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        self.rename(&mut item.ident);
        visit_mut::visit_item_enum_mut(self, item);
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

/// Takes out what a module imports in a group and does not name: which types it needs depends on the document.
pub(super) fn only_used(file: &mut syn::File) {
    let mut named = Named::default();
    file.items
        .iter()
        .filter(|item| !matches!(item, syn::Item::Use(_)))
        .for_each(|item| named.visit_item(item));
    file.items.retain_mut(|item| {
        let syn::Item::Use(item) = item else { return true };
        let syn::UseTree::Path(path) = &mut item.tree else {
            return true;
        };
        let syn::UseTree::Group(group) = &mut *path.tree else {
            return true;
        };
        let is_used = |tree: &syn::UseTree| match tree {
            syn::UseTree::Name(name) => named.0.contains(&name.ident),
            _ => true,
        };
        group.items = std::mem::take(&mut group.items).into_iter().filter(is_used).collect();
        !group.items.is_empty()
    });
}

/// What the paths of items begin with.
#[derive(Default)]
struct Named(BTreeSet<Ident>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0
            .extend(path.segments.first().map(|segment| segment.ident.clone()));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, macro_: &'ast syn::Macro) {
        self.tokens(macro_.tokens.clone());
    }
}

impl Named {
    /// What a macro is given is of no known form, so each name in it counts.
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => drop(self.0.insert(ident)),
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
        }
    }
}
