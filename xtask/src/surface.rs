//! What callers of the SDK can name, and how two versions of it differ for them.

use std::{collections::BTreeMap, fmt};

use quote::{ToTokens, quote};
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, Visibility};

use crate::{
    Generated,
    api::{Api, Shape},
};

/// Everything that a caller can name, by its path: `types::Pet.name`.
#[derive(Debug, Default)]
pub struct Surface(BTreeMap<String, Entry>);

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// What it stands in, whose coming and going says enough.
    parent: Option<String>,
    /// Its type, or all that a caller's code can depend on.
    signature: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Item,
    /// That something has to be set: a promise that code which compiles can break.
    Demand,
    /// That its use is discouraged.
    Deprecation,
}

/// One difference.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// What a caller calls it.
    pub path: String,
    /// What became of it.
    pub what: String,
    /// Whether code that worked no longer does.
    pub is_breaking: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_breaking { "breaking" } else { "        " };
        write!(f, "{mark}  {} {}", self.path, self.what)
    }
}

impl Surface {
    /// What callers can name of generated code.
    #[must_use]
    pub fn of(generated: &Generated) -> Self {
        let mut surface = Self::default();
        for module in &generated.modules {
            let place = match module.path {
                "types.rs" => "types",
                "types/builder.rs" => "types::builder",
                "builder.rs" => "builder",
                _ => "",
            };
            module.file.items.iter().for_each(|item| surface.item(item, place));
        }
        surface.demands(&generated.api);
        surface
    }

    /// How `new` differs, for those who call this.
    #[must_use]
    pub fn changes(&self, new: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut paths = self.0.keys().chain(new.0.keys()).collect::<Vec<_>>();
        paths.sort();
        paths.dedup();
        for path in paths {
            let change = |what: String, is_breaking: bool| Change {
                path: path.clone(),
                what,
                is_breaking,
            };
            let has = |surface: &Self, entry: &Entry| {
                entry
                    .parent
                    .as_ref()
                    .is_none_or(|parent| surface.0.contains_key(parent))
            };
            changes.extend(match (self.0.get(path), new.0.get(path)) {
                (Some(old), Some(new)) if old.signature != new.signature => Some(change(
                    format!("is `{}` now, and was `{}`", new.signature, old.signature),
                    true,
                )),
                (Some(old), None) if has(new, old) => Some(match old.kind {
                    Kind::Item => change("is gone".into(), true),
                    Kind::Demand => change("may be left out now".into(), false),
                    Kind::Deprecation => change("is no longer deprecated".into(), false),
                }),
                (None, Some(entry)) if has(self, entry) => Some(match entry.kind {
                    Kind::Item => change(format!("is new{}", entry.shown()), false),
                    Kind::Demand => change("has to be set now".into(), true),
                    Kind::Deprecation => change("is deprecated now".into(), false),
                }),
                _ => None,
            });
        }
        changes
    }

    fn add(&mut self, path: String, parent: Option<&str>, signature: impl ToTokens) {
        let entry = Entry {
            parent: parent.map(str::to_owned),
            signature: readable(&signature.to_token_stream().to_string()),
            kind: Kind::Item,
        };
        self.0.insert(path, entry);
    }

    fn item(&mut self, item: &Item, place: &str) {
        match item {
            Item::Struct(item) if place == "types" => {
                let path = format!("{place}::{}", item.ident);
                self.add(path.clone(), None, derives(&item.attrs));
                for (index, field) in item
                    .fields
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| is_public(&field.vis))
                {
                    let name = field
                        .ident
                        .as_ref()
                        .map_or_else(|| index.to_string(), ToString::to_string);
                    self.add(format!("{path}.{name}"), Some(&path), &field.ty);
                }
            }
            Item::Enum(item) => {
                let path = format!("{place}::{}", item.ident);
                self.add(path.clone(), None, derives(&item.attrs));
                for variant in &item.variants {
                    let payload = match &variant.fields {
                        Fields::Unnamed(fields) => fields.unnamed.to_token_stream(),
                        Fields::Named(_) | Fields::Unit => quote!(),
                    };
                    self.add(format!("{path}::{}", variant.ident), Some(&path), payload);
                }
            }
            Item::Impl(item) => self.implementation(item, place),
            _ => {}
        }
    }

    fn implementation(&mut self, item: &ItemImpl, place: &str) {
        let name = readable(&item.self_ty.to_token_stream().to_string());
        let name = name
            .split('<')
            .next()
            .unwrap_or_default()
            .rsplit("::")
            .next()
            .unwrap_or_default()
            .to_owned();
        if let Some((_, of_trait, _)) = &item.trait_ {
            if place == "types" {
                let path = format!("types::{name}");
                self.add(
                    format!("{path} as {}", readable(&of_trait.to_token_stream().to_string())),
                    Some(&path),
                    quote!(),
                );
            }
            return;
        }
        for function in &item.items {
            let ImplItem::Fn(function) = function else { continue };
            if !is_public(&function.vis) {
                continue;
            }
            let function_name = &function.sig.ident;
            let (path, parent) = match place {
                "" => (format!("Client::{function_name}"), None),
                "builder" => {
                    let operation = heck::AsSnakeCase(&name).to_string();
                    (
                        format!("builder::{name}::{function_name}"),
                        Some(format!("Client::{operation}")),
                    )
                }
                "types::builder" => (
                    format!("{place}::{name}::{function_name}"),
                    Some(format!("types::{name}")),
                ),
                _ => (
                    format!("{place}::{name}::{function_name}"),
                    Some(format!("{place}::{name}")),
                ),
            };
            let inputs = &function.sig.inputs;
            let (output, clause) = (&function.sig.output, &function.sig.generics.where_clause);
            if function
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("deprecated"))
            {
                let entry = Entry {
                    parent: Some(path.clone()),
                    signature: String::new(),
                    kind: Kind::Deprecation,
                };
                self.0.insert(format!("{path} (deprecation)"), entry);
            }
            self.add(path, parent.as_deref(), quote!((#inputs) #output #clause));
        }
    }

    /// What has to be set, which the compiler does not see.
    fn demands(&mut self, api: &Api) {
        for operation in &api.operations {
            let method = format!("Client::{}", operation.name);
            for name in [&operation.failures_name, &operation.successes_name] {
                if let Some(entry) = self.0.get_mut(&format!("types::{name}")) {
                    entry.parent = Some(method.clone());
                }
            }
        }
        let mut add = |path: String, parent: String| {
            let entry = Entry {
                parent: Some(parent),
                signature: String::new(),
                kind: Kind::Demand,
            };
            self.0.insert(path, entry);
        };
        for operation in &api.operations {
            let method = format!("Client::{}", operation.name);
            for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
                add(format!("{method}().{}(…)", parameter.field), method.clone());
            }
            if operation.body.as_ref().is_some_and(|body| body.required) {
                add(format!("{method}().body(…)"), method);
            }
        }
        for schema in api.schemas.values().filter(|schema| schema.is_sent) {
            let Shape::Object(properties) = &schema.shape else {
                continue;
            };
            let path = format!("types::{}", schema.name);
            for property in properties
                .iter()
                .filter(|property| property.required && property.constant.is_none())
            {
                add(format!("{path}::builder().{}(…)", property.field), path.clone());
            }
        }
    }
}

impl Entry {
    fn shown(&self) -> String {
        let is_type = self.parent.is_some() && !self.signature.is_empty() && !self.signature.starts_with('(');
        if is_type {
            format!(": `{}`", self.signature)
        } else {
            String::new()
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn derives(attributes: &[Attribute]) -> proc_macro2::TokenStream {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives.map(|attribute| attribute.meta.to_token_stream()).collect()
}

/// Tokens as a person would write them.
fn readable(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(from, to);
    }
    text.trim().to_owned()
}
