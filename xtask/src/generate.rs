//! Stage *generate*: progenitor, called so that whatever it does becomes code or a diagnostic that names the operation.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use schemars::schema::{InstanceType, SchemaObject};

use crate::{
    api::{Api, Shape},
    diagnostic::Diagnostic,
    lower::{BUG, UPLOAD},
};

/// The client that progenitor makes of `document`, as a syntax tree.
///
/// # Errors
///
/// If progenitor refuses the document or panics.
pub fn generate(document: &OpenAPI, api: &Api) -> Result<syn::File, Diagnostic> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_hooks(HooksMode::Expected)
        .with_derive("PartialEq")
        .with_conversion(text("password"), "crate::Secret", std::iter::empty::<TypeImpl>())
        .with_conversion(text(UPLOAD), "crate::Upload", std::iter::empty::<TypeImpl>());

    for (key, schema) in api.schemas.iter().filter(|(_, schema)| schema.shape.is_grafted()) {
        let implements = match schema.shape {
            Shape::Choice(_) => vec![TypeImpl::Display, TypeImpl::FromStr],
            _ => Vec::new(),
        };
        settings.with_replacement(key, format!("crate::types::{key}"), implements.into_iter());
    }

    let tokens = guarded("progenitor", || Generator::new(&settings).generate_tokens(document))?
        .map_err(|error| Diagnostic::new(format!("progenitor refuses the lowered document: {error}")).help(BUG))?;
    syn::parse2(tokens).map_err(|error| Diagnostic::new(format!("progenitor's output is not Rust: {error}")).help(BUG))
}

/// A string of that format.
fn text(format: &str) -> SchemaObject {
    SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some(format.into()),
        ..SchemaObject::default()
    }
}

/// The operation of which alone progenitor already makes `fault`, put into it.
#[must_use]
pub fn blame(fault: Diagnostic, document: &OpenAPI, api: &Api) -> Diagnostic {
    let culprit = api.operations.iter().find(|operation| {
        let mut alone = document.clone();
        alone.paths.paths.retain(|_, item| {
            let item = item.as_item();
            let operations = item.into_iter().flat_map(openapiv3::PathItem::iter);
            let mut names = operations.filter_map(|(_, operation)| operation.operation_id.as_ref());
            names.any(|name| *name == operation.name)
        });
        generate(&alone, api).is_err()
    });
    match culprit {
        Some(operation) => fault.at(&operation.pointer),
        None => fault,
    }
}

/// Runs `stage`, and makes a diagnostic of a panic in it.
///
/// # Errors
///
/// If `stage` panics.
pub fn guarded<T>(name: &str, stage: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    static HOOK: Once = Once::new();
    thread_local! {
        static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    }

    // What a panic says comes out as a diagnostic, so nothing is printed; other threads' panics are not ours.
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_GUARDED.get() {
                print(info);
            }
        }));
    });
    let was_guarded = IS_GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(stage));
    IS_GUARDED.set(was_guarded);
    outcome.map_err(|payload| {
        let message = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("without a message");
        Diagnostic::new(format!("{name} panicked on the lowered document: {message}")).help(BUG)
    })
}
