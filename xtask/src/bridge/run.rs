//! Runs progenitor. If it refuses the API or panics, the error names the schema.

use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl, TypePatch};
use schemars08::schema::{InstanceType, SchemaObject};

use super::{
    contract,
    openapi::{BIG_INTEGER, NULL, SECRET, UPLOAD, openapi},
    output::Output,
};
use crate::{
    input::{
        diagnostic::{BUG, Diagnostic},
        panics::catch_panic,
        rule::Rule,
    },
    model::{
        Api,
        ty::TypeId,
        typedef::{EnumBase, Kind},
    },
};

/// Runs progenitor on an API, and tells the model which fields recursion puts on the heap.
///
/// # Errors
///
/// If progenitor refuses the API or panics, or what it makes is not what the model says.
pub fn run(api: &mut Api) -> Result<Output, Diagnostic> {
    let mut generator = Generator::new(&settings(api, |_| false));
    let tokens = generate(&mut generator, api, |_| false).map_err(|error| isolate(error, api))?;
    contract::check(api, generator.get_type_space())?;
    drop(generator);
    Output::of(tokens, api)
}

fn generate(
    generator: &mut Generator,
    api: &Api,
    is_left_out: impl Fn(TypeId) -> bool,
) -> Result<TokenStream, Diagnostic> {
    let refused = |message: String| Diagnostic::new(Rule::RefusedByProgenitor, message).help(BUG);
    catch_panic(|| generator.generate_tokens(&openapi(api, is_left_out)))
        .map_err(|message| refused(format!("progenitor panicked: {message}")))?
        .map_err(|error| refused(format!("progenitor refuses the API: {error}")))
}

fn settings(api: &Api, is_left_out: impl Fn(TypeId) -> bool) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_hooks(HooksMode::Expected)
        .with_derive("PartialEq")
        // What is printed and parsed: `Ty::is_plain` says the same.
        .with_conversion(string(SECRET), "crate::Secret", std::iter::empty::<TypeImpl>())
        .with_conversion(string(NULL), "crate::Null", std::iter::empty::<TypeImpl>())
        .with_conversion(
            string(BIG_INTEGER),
            "::serde_json::Number",
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        )
        .with_conversion(string(UPLOAD), "crate::Upload", std::iter::empty::<TypeImpl>());
    for (_, def) in api.types().filter(|(id, _)| !is_left_out(*id)) {
        if def.kind.is_own() {
            let implements = match def.kind {
                Kind::Enum { base, .. } if base != EnumBase::Any => vec![TypeImpl::Display, TypeImpl::FromStr],
                _ => Vec::new(),
            };
            settings.with_replacement(&def.key, format!("crate::types::{}", def.name), implements.into_iter());
        } else if def.name != def.key {
            settings.with_patch(&def.key, TypePatch::default().with_rename(&def.name));
        }
    }
    settings
}

/// A string of that format.
fn string(format: &str) -> SchemaObject {
    SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some(format.into()),
        ..SchemaObject::default()
    }
}

/// Finds the first schema that progenitor refuses, be it because of one before it, and points the error at it.
fn isolate(error: Diagnostic, api: &Api) -> Diagnostic {
    let error_of_first = |count: usize| {
        let is_left_out = |id: TypeId| id.index() >= count;
        let mut generator = Generator::new(&settings(api, is_left_out));
        generate(&mut generator, api, is_left_out).err()
    };
    let (mut accepted, mut refused, mut found) = (0, api.types.len(), error);
    // What is refused without any schema is about none.
    if let Some(error) = error_of_first(accepted) {
        return error;
    }
    while refused - accepted > 1 {
        let middle = accepted.midpoint(refused);
        match error_of_first(middle) {
            Some(error) => (refused, found) = (middle, error),
            None => accepted = middle,
        }
    }
    match api.types.get(accepted) {
        Some(def) => found.at(&def.pointer),
        None => found,
    }
}
