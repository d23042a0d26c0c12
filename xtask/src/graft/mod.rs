//! Stage *graft*: progenitor's client, made ours.
//!
//! From progenitor come the types (by typify), their builders, and for each operation a builder and the method that
//! begins it. What the document demands and progenitor does not do is put in here, from the [`Api`]: documentation,
//! typed failures, calls through the SDK's own runtime, secrets, and names. Where progenitor's output is not of the form
//! that is expected here, the graft fails and says what it missed.

mod answers;
mod enums;
mod operations;
mod secrets;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;

use proc_macro2::{Literal, Span, TokenTree};
use syn::{
    Attribute, GenericArgument, Ident, ImplItem, Item, ItemImpl, ItemMod, PathArguments, ReturnType, Type, parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use crate::{api::Api, diagnostic::Diagnostic, lower::BUG};

/// One generated file, without its header.
pub struct Module {
    /// Its path below the folder of generated code.
    pub path: &'static str,
    /// What it holds.
    pub file: syn::File,
}

/// Makes the SDK's generated modules out of progenitor's client.
///
/// # Errors
///
/// If progenitor's output is not of the expected form.
pub fn graft(client: syn::File, api: &Api) -> Result<Vec<Module>, Diagnostic> {
    let Parts {
        mut types,
        mut type_builders,
        mut builders,
        methods,
    } = Parts::of(client)?;
    let probes = Probes::take(&mut builders);
    types::graft(&mut types, &mut type_builders, api)?;
    types.extend(types::texts(api));
    types.extend(enums::items(api, &probes)?);
    secrets::keep(&mut types, api);
    // What a caller looks for first stands first: the failures, then the schemas, and last what they consist of.
    types.splice(0..0, answers::enums(api, &probes)?);
    types.extend(answers::displays(api));
    types.sort_by_key(|item| matches!(item, Item::Mod(_)));
    let builders = operations::builders(builders, api, &probes)?;
    let client = operations::client(methods, api)?;

    let mut modules = Vec::new();
    for (path, here, doc, items) in [
        ("mod.rs", "types", format!("{} {}.", api.title, api.version), client),
        (
            "builder.rs",
            "types",
            "A call in the making, for each operation: its body, then `send()`.".into(),
            builders,
        ),
        (
            "types.rs",
            "",
            "Every schema of the API's document, and the documented failures of every operation.".into(),
            types,
        ),
        (
            "types/builder.rs",
            "super",
            "Builders for the types, with every value checked as it is set.".into(),
            type_builders,
        ),
    ] {
        let doc = format!(" {doc}");
        let mut file = syn::File {
            shebang: None,
            attrs: vec![parse_quote!(#![doc = #doc])],
            items,
        };
        Polish { api, here }.visit_file_mut(&mut file);
        modules.push(Module { path, file });
    }
    Ok(modules)
}

/// What the SDK takes from progenitor's client.
struct Parts {
    types: Vec<Item>,
    type_builders: Vec<Item>,
    builders: Vec<Item>,
    methods: ItemImpl,
}

impl Parts {
    fn of(client: syn::File) -> Result<Self, Diagnostic> {
        let mut modules = BTreeMap::new();
        let mut methods = None;
        for item in client.items {
            match item {
                Item::Mod(ItemMod {
                    ident,
                    content: Some((_, items)),
                    ..
                }) => {
                    modules.insert(ident.to_string(), items);
                }
                // The last inherent `impl Client` is the one with the operations.
                Item::Impl(block) if block.trait_.is_none() => methods = Some(block),
                _ => {}
            }
        }
        let mut types = modules.remove("types").ok_or_else(|| missed("the module `types`"))?;
        let builders = modules
            .remove("builder")
            .ok_or_else(|| missed("the module `builder`"))?;
        let mut type_builders = Vec::new();
        for item in &mut types {
            if let Item::Mod(module) = item
                && module.ident == "builder"
                && let Some((_, items)) = module.content.take()
            {
                module.semi = Some(<syn::Token![;]>::default());
                module.attrs.clear();
                type_builders = items;
            }
        }
        Ok(Self {
            types,
            type_builders,
            builders,
            methods: methods.ok_or_else(|| missed("the operations of `Client`"))?,
        })
    }
}

/// The types of what operations answer with, read from the probes among progenitor's builders.
struct Probes(BTreeMap<String, Type>);

impl Probes {
    /// Takes the probes out of `builders`.
    fn take(builders: &mut Vec<Item>) -> Self {
        let mut probes = BTreeMap::new();
        builders.retain(|item| {
            let name = match item {
                Item::Struct(item) => Some(&item.ident),
                Item::Impl(item) => type_name(&item.self_ty),
                _ => None,
            };
            let Some(number) = name.and_then(|name| name.to_string().strip_prefix("Probe")?.parse::<usize>().ok())
            else {
                return true;
            };
            if let Item::Impl(item) = item
                && let Some(answer) = item.items.iter().find_map(answer_type)
            {
                probes.insert(format!("probe_{number}"), answer);
            }
            false
        });
        Self(probes)
    }

    /// The type of what `probe` answers with, as `builder.rs` would write it.
    fn type_of(&self, probe: &str) -> Result<&Type, Diagnostic> {
        self.0
            .get(probe)
            .ok_or_else(|| missed(&format!("the answer of the operation `{probe}`")))
    }
}

/// The `T` of `send() -> Result<ResponseValue<T>, _>`.
fn answer_type(function: &ImplItem) -> Option<Type> {
    match function {
        ImplItem::Fn(function) if function.sig.ident == "send" => match &function.sig.output {
            ReturnType::Type(_, output) => argument(&argument(output)?),
            ReturnType::Default => None,
        },
        _ => None,
    }
}

/// The first argument of a generic type: the `T` of `Result<T, _>`.
fn argument(kind: &Type) -> Option<Type> {
    let Type::Path(path) = kind else { return None };
    match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A diagnostic for output of progenitor's that has not the expected form.
fn missed(what: &str) -> Diagnostic {
    Diagnostic::new(format!("progenitor's output is not as expected: {what} is missing")).help(BUG)
}

/// Replaces the documentation of an item.
fn document(attributes: &mut Vec<Attribute>, doc: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let lines = doc.lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        parse_quote!(#[doc = #line])
    });
    attributes.splice(0..0, lines);
}

/// The name that an item's `impl` is for, or that its last path segment has.
fn type_name(kind: &syn::Type) -> Option<&Ident> {
    match kind {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

/// Gives the types their names, and the paths the form that a person would write.
struct Polish<'a> {
    api: &'a Api,
    /// Where types are found: in this module if it is empty.
    here: &'a str,
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
        let is_taken = |name: &str| self.api.schemas.values().any(|schema| schema.name == name);
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
            let is_taken = self.api.schemas.values().any(|schema| schema.name == name);
            if !is_taken && token.to_string() == format!("\"{long}\"") {
                let short = &long[long.find(name).unwrap_or_default()..];
                return Literal::string(short).into();
            }
        }
        token
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
            "types" | "super" | "builder" => 1,
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
        if let Some(qself) = &mut path.qself {
            // The segments of a qualified path are counted, so only what is inside of it changes.
            self.visit_qself_mut(qself);
            path.path.leading_colon = None;
            path.path
                .segments
                .iter_mut()
                .for_each(|segment| self.visit_path_segment_mut(segment));
        } else {
            self.visit_path_mut(&mut path.path);
        }
    }

    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        if let Some(qself) = &mut path.qself {
            self.visit_qself_mut(qself);
            path.path.leading_colon = None;
            path.path
                .segments
                .iter_mut()
                .for_each(|segment| self.visit_path_segment_mut(segment));
        } else {
            self.visit_path_mut(&mut path.path);
        }
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
