//! Stage *generate*: progenitor, called so that whatever it does becomes code or a diagnostic.

use std::panic::{self, AssertUnwindSafe};

use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use schemars::schema::{InstanceType, SchemaObject};

use crate::{
    api::{Api, Shape},
    diagnostic::Diagnostic,
    lower::BUG,
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
        .with_conversion(
            SchemaObject {
                instance_type: Some(InstanceType::String.into()),
                format: Some("password".into()),
                ..SchemaObject::default()
            },
            "crate::Secret",
            std::iter::empty::<TypeImpl>(),
        );

    for (key, schema) in api.schemas.iter().filter(|(_, schema)| schema.shape.is_grafted()) {
        let implements = match schema.shape {
            Shape::Choice(_) => vec![TypeImpl::Display, TypeImpl::FromStr],
            _ => Vec::new(),
        };
        settings.with_replacement(key, format!("crate::types::{key}"), implements.into_iter());
    }

    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(document)));
    panic::set_hook(hook);

    let tokens = match outcome {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(error)) => {
            return Err(Diagnostic::new(format!("progenitor refuses the lowered document: {error}")).help(BUG));
        }
        Err(payload) => {
            let message = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied())
                .unwrap_or("without a message");
            return Err(Diagnostic::new(format!("progenitor panicked on the lowered document: {message}")).help(BUG));
        }
    };
    syn::parse2(tokens).map_err(|error| Diagnostic::new(format!("progenitor's output is not Rust: {error}")).help(BUG))
}
