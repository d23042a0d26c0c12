//! Stage *generate*: progenitor, called so that whatever it does becomes code or a diagnostic that names the operation.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use openapiv3::{AnySchema, Components, OpenAPI, ReferenceOr, Schema, SchemaData, SchemaKind};
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};

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

/// The schema of which alone progenitor already makes `fault`, put into it.
#[must_use]
pub fn blame(fault: Diagnostic, document: &OpenAPI, api: &Api) -> Diagnostic {
    let mut alone = document.clone();
    alone.paths.paths.clear();
    let schemas = alone.components.take().unwrap_or_default().schemas;
    // Of all others, nothing is known but that they are there.
    let anything = || {
        ReferenceOr::Item(Schema {
            schema_data: SchemaData::default(),
            schema_kind: SchemaKind::Any(AnySchema::default()),
        })
    };
    let others = schemas.keys().map(|key| (key.clone(), anything())).collect();
    let mut components = Components {
        schemas: others,
        ..Components::default()
    };
    let culprit = schemas.iter().find(|(key, schema)| {
        let kept = components.schemas.insert((*key).clone(), (*schema).clone());
        alone.components = Some(components.clone());
        if let Some(kept) = kept {
            components.schemas.insert((*key).clone(), kept);
        }
        generate(&alone, api).is_err()
    });
    match culprit.and_then(|(key, _)| api.schemas.get(key)) {
        Some(schema) => fault.at(&schema.pointer),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower;

    #[test]
    fn the_schema_at_fault_is_named() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let content = json!({"application/json": {"schema": reference("Whole")}});
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/x": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}},
            "components": {"schemas": {
                "Whole": {"type": "object", "properties": {"good": reference("Good"), "bad": reference("Bad")}},
                "Good": {"type": "object", "properties": {"a": {"type": "string"}}},
                "Bad": {"type": "object", "properties": {"a": {"type": "string"}}},
            }},
        });
        let lower::Lowered {
            document: mut lowered,
            api,
            ..
        } = lower::lower(&document).unwrap();
        // The lowering lets nothing through that is known to be refused, so it is put in here.
        let refused = json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}});
        let components = lowered.components.as_mut().unwrap();
        components
            .schemas
            .insert("Bad".into(), serde_json::from_value(refused).unwrap());
        let Err(fault) = generate(&lowered, &api) else {
            panic!("it is refused");
        };
        let fault = lower::with_remedy(blame(fault, &lowered, &api), &document).to_string();
        assert!(fault.contains("at: #/components/schemas/Bad"), "{fault}");
        assert!(fault.contains("- target: $.paths['/x'].get"), "{fault}");
        assert!(!fault.contains("backtrace"), "{fault}");
    }
}
