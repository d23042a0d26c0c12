//! The SDK's generated modules, from the model and progenitor's items.
//!
//! From progenitor come the types (by typify), and for each operation a shell and the method that begins it.
//! What the description demands and progenitor does not do is written here, from the model: documentation, typed failures,
//! calls through the SDK's own runtime, unions that keep what a newer server sends, forms, and mocks.

mod attributes;
mod bodies;
mod calls;
mod client;
mod enums;
mod examples;
mod format;
mod functions;
mod inputs;
mod limits;
mod mocks;
mod multipart;
mod paths;
mod rules;
mod schemas;
mod set_properties;
mod statuses;
mod text;
mod tokens;
mod types;
mod unions;
mod validate;

use crate::{
    bridge::{Module, Output},
    input::diagnostic::Diagnostic,
    model::{Api, prose},
};
use mocks::Rejections;
use multipart::Forms;
use paths::Prelude;
use text::Text;
use validate::Checks;

pub use text::Code;

/// The SDK's generated modules. Each item is written as text before the next one is made.
///
/// # Errors
///
/// If progenitor's output is not of the expected form.
pub fn emit(output: Output, api: &Api) -> Result<Vec<Code>, Diagnostic> {
    let Output { types, calls, methods } = output;
    let forms = Forms::of(api);
    let prelude = Prelude::of(api);
    let other = |doc: &str| Text::new(&prelude, Module::Other, doc);
    let title = prose::line(&format!("{} {}", api.title, api.version));

    // What is wrong with a type is found where that stands, before it is used elsewhere.
    let doc = "Every schema of the API's description, and the documented failures of every operation.";
    let mut all_types = Text::new(&prelude, Module::Types, doc);
    types::write(&mut all_types, types, api, &prelude, &forms)?;
    let mut client = other(&format!("{title}."));
    client::write(&mut client, methods, api, &prelude)?;
    let mut builder = other("The call of each operation: set its parameters and its body, then `send()` it.");
    let checks = Checks::of(api);
    calls::write(&mut builder, calls, api, &forms, &checks)?;
    let mut bodies = other("The properties of bodies, as far as a call has set them.");
    bodies::write(&mut bodies, api, &checks);
    let mut validate = other("How the types that are sent check the rules of the description.");
    checks.write(&mut validate);
    validate.add(inputs::rule_functions(api, &checks));
    let mut rejections = Rejections::default();
    let mut operations =
        other("The requests of each operation, what of them can be matched, and the documented responses.");
    mocks::write_operations(&mut operations, &checks, &mut rejections);
    let mut server = other("How the mock server rejects requests, and all that it knows.");
    mocks::write_server(&mut server, api, rejections);
    let mut fixtures = other("A plausible value of every type that a server responds with.");
    mocks::write_fixtures(&mut fixtures, api);
    Ok(vec![
        client.finish("mod.rs"),
        builder.finish("builder.rs"),
        all_types.finish("types.rs"),
        bodies.finish("body.rs"),
        validate.finish("validate.rs"),
        server.finish("mock.rs"),
        operations.finish("mock/request.rs"),
        fixtures.finish("mock/fixture.rs"),
    ])
}
