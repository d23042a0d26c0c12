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

use quote::ToTokens as _;
use syn::{
    Attribute, GenericArgument, Ident, ImplItem, Item, ItemImpl, ItemMod, PathArguments, ReturnType, Type, parse_quote,
    visit_mut::VisitMut,
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
    types.extend(enums::items(api, &probes)?);
    secrets::keep(&mut types, api);
    types.extend(answers::items(api, &probes)?);
    let builders = operations::builders(builders, api, &probes)?;
    let client = operations::client(methods, api)?;

    let mut modules = Vec::new();
    for (path, here, doc, items) in [
        ("mod.rs", "types::", format!("{} {}.", api.title, api.version), client),
        (
            "builder.rs",
            "types::",
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
            "super::",
            "Builders for the types, with every value checked as it is set.".into(),
            type_builders,
        ),
    ] {
        let doc = format!(" {doc}");
        let file = syn::File {
            shebang: None,
            attrs: vec![parse_quote!(#![doc = #doc])],
            items,
        };
        modules.push(Module {
            path,
            file: polish(file, here, api)?,
        });
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

/// Gives the types their names, and the paths the form that a person would write, where types are found at `here`.
fn polish(mut file: syn::File, here: &str, api: &Api) -> Result<syn::File, Diagnostic> {
    struct Rename<'a>(&'a Api);

    impl VisitMut for Rename<'_> {
        fn visit_ident_mut(&mut self, ident: &mut Ident) {
            if let Some(schema) = self.0.schemas.get(&ident.to_string()) {
                *ident = Ident::new(&schema.name, ident.span());
            }
        }

        fn visit_macro_mut(&mut self, _: &mut syn::Macro) {}
    }

    Rename(api).visit_file_mut(&mut file);

    // Generated code names everything by its full path, lest a type of the document shadow it; where none does, the
    // prelude's names read better.
    let taken = |name: &str| api.schemas.values().any(|schema| schema.name == name);
    let mut text = prettyplease::unparse(&file);
    for (module, names) in [
        ("option", &["Option"][..]),
        ("string", &["String"]),
        ("vec", &["Vec"]),
        ("result", &["Result"]),
        ("default", &["Default"]),
        ("convert", &["TryFrom", "TryInto", "From"]),
    ] {
        for name in names.iter().filter(|name| !taken(name)) {
            text = text.replace(&format!("::std::{module}::{name}"), name);
        }
    }
    for (long, short) in [
        ("crate::types::", here),
        ("::chrono::offset::Utc", "::chrono::Utc"),
        ("::chrono::", "chrono::"),
        ("::uuid::", "uuid::"),
        ("::serde::", "serde::"),
        ("::serde_json::", "serde_json::"),
        ("::std::", "std::"),
    ] {
        text = text.replace(long, short);
    }
    syn::parse_file(&text).map_err(|error| {
        let code = file.to_token_stream().to_string();
        Diagnostic::new(format!(
            "the grafted code is not Rust: {error} ({} characters)",
            code.len()
        ))
        .help(BUG)
    })
}
