//! The types of answers, read from operations that are in the lowered document for nothing else.

use std::collections::BTreeMap;

use syn::{GenericArgument, ImplItem, Item, PathArguments, ReturnType, Type};

use super::{missed, type_name};
use crate::diagnostic::Diagnostic;

/// The types of what operations answer with, read from the probes among progenitor's builders.
pub(super) struct Probes(BTreeMap<String, Type>);

impl Probes {
    /// Takes the probes out of `builders`.
    pub(super) fn take(builders: &mut Vec<Item>) -> Self {
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
    pub(super) fn type_of(&self, probe: &str) -> Result<&Type, Diagnostic> {
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
pub(super) fn argument(kind: &Type) -> Option<Type> {
    let Type::Path(path) = kind else { return None };
    match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner.clone()),
            _ => None,
        },
        _ => None,
    }
}
