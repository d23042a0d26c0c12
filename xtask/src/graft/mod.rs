//! Stage *graft*: progenitor's client, made ours.
//!
//! From progenitor come the types (by typify), their builders, and for each operation a builder and the method that
//! begins it. What the document demands and progenitor does not do is put in here, from the [`Api`]: documentation,
//! typed failures, calls through the SDK's own runtime, secrets, and names. Where progenitor's output is not of the form
//! that is expected here, the graft fails and says what it missed.

mod answers;
mod derives;
mod enums;
mod examples;
mod forms;
mod inputs;
mod mocks;
mod operations;
mod polish;
mod probes;
mod schemas;
mod secrets;
#[cfg(test)]
mod tests;
mod types;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Ident, Item, ItemImpl, ItemMod, parse_quote, visit_mut::VisitMut as _};

use forms::Forms;
use mocks::Mocks;
use polish::Polish;
use probes::Probes;

use crate::{api::Api, diagnostic::Diagnostic, lower::BUG, prose};

/// One generated file, without its header.
#[derive(Debug)]
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
    values::add(&mut types, api);
    types.extend(types::texts(api));
    types.extend(enums::items(api, &probes)?);
    let forms = Forms::of(&types, api);
    let of_forms = forms.items(&types, &probes)?;
    types.extend(of_forms);
    secrets::keep(&mut types, api);
    // What a caller looks for first stands first: the failures, then the schemas, and last what they consist of.
    types.splice(0..0, answers::enums(api, &probes)?);
    types.extend(answers::displays(api));
    types.sort_by_key(|item| matches!(item, Item::Mod(_)));
    derives::widen(&mut types);
    let builders = operations::builders(builders, api, &probes, &forms)?;
    let client = operations::client(methods, api)?;
    let mocks = Mocks::of(&types, api, &probes)?;

    let modules = [
        (
            "mod.rs",
            "types",
            format!("{}.", prose::line(&format!("{} {}", api.title, api.version))),
            client,
        ),
        (
            "builder.rs",
            "types",
            "A call in the making, for each operation: set its parameters and body, then `send()` it.".into(),
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
            "Builders for the types, with a function for each property.\n\nA call's `body_map` is given one. To make a value elsewhere, end with `try_into()`: its error names the first\nproperty that is required and was not set, or the rule that a value breaks.".into(),
            type_builders,
        ),
        (
            "mock.rs",
            "types",
            "What the mock server knows of each operation.".into(),
            mocks.server,
        ),
        (
            "mock/operation.rs",
            "types",
            "What can be said of each operation: which requests are meant, and what is answered to them.".into(),
            mocks.operations,
        ),
        (
            "mock/request.rs",
            "types",
            "The requests of each operation, as they are received.".into(),
            mocks.requests,
        ),
        (
            "mock/fixture.rs",
            "types",
            "A plausible value of every type that a server answers with.".into(),
            mocks.fixtures,
        ),
    ];
    let modules = modules.map(|(path, here, doc, items)| module(path, here, &doc, items, api));
    let mut modules = Vec::from(modules);
    if let [client, builders, ..] = &mut modules[..] {
        examples::add(&mut client.file, &builders.file);
    }
    Ok(modules)
}

/// A module of that documentation, in which the types are called by their names; `here` is where it finds them.
fn module(path: &'static str, here: &str, doc: &str, items: Vec<Item>, api: &Api) -> Module {
    let names = api
        .schemas
        .values()
        .map(|schema| schema.name.as_str())
        .collect::<BTreeSet<_>>();
    let doc = doc.lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        parse_quote!(#![doc = #line])
    });
    let mut file = syn::File {
        shebang: None,
        attrs: doc.collect(),
        items,
    };
    Polish {
        api,
        names: &names,
        here,
    }
    .visit_file_mut(&mut file);
    if path == "types.rs" {
        schemas::derive(&mut file.items, api);
    }
    polish::only_used(&mut file);
    Module { path, file }
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

/// A diagnostic for output of progenitor's that has not the expected form.
fn missed(what: &str) -> Diagnostic {
    Diagnostic::new(format!("progenitor's output is not as expected: {what} is missing")).help(BUG)
}

/// Replaces the documentation of an item.
fn document(attributes: &mut Vec<Attribute>, doc: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    document_more(attributes, 0, doc);
}

/// Adds to the documentation of an item, before its attribute of that number.
fn document_more(attributes: &mut Vec<Attribute>, at: usize, doc: &str) {
    let lines = doc.lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        parse_quote!(#[doc = #line])
    });
    attributes.splice(at..at, lines);
}

/// A text as it stands in a format string.
fn literally(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// The name that an item's `impl` is for, or that its last path segment has.
fn type_name(kind: &syn::Type) -> Option<&Ident> {
    match kind {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}
