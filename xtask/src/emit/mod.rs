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
    let doc = "Every schema of the API's document, and the documented failures of every operation.";
    let mut all_types = Text::new(&prelude, Module::Types, doc);
    types::write(&mut all_types, types, api, &prelude, &forms)?;
    let mut client = other(&format!("{title}."));
    client::write(&mut client, methods, api, &prelude)?;
    let mut builder = other("A call in the making, for each operation: set its parameters and body, then `send()` it.");
    let checks = Checks::of(api);
    calls::write(&mut builder, calls, api, &forms, &checks)?;
    let mut bodies = other("The properties of bodies, as far as a call has set them.");
    bodies::write(&mut bodies, api, &checks);
    let mut validate = other("How the types that are sent check the rules of the description.");
    checks.write(&mut validate);
    let mut server = other("What the mock server knows of each operation.");
    mocks::write_server(&mut server, api);
    let mut stubs =
        other("What can be said of each operation: which requests are meant, and what is answered to them.");
    mocks::write_operations(&mut stubs, api);
    let mut requests = other("The requests of each operation, as they are received.");
    mocks::write_requests(&mut requests, api);
    let mut fixtures = other("A plausible value of every type that a server answers with.");
    mocks::write_fixtures(&mut fixtures, api);
    Ok(vec![
        client.finish("mod.rs"),
        builder.finish("builder.rs"),
        all_types.finish("types.rs"),
        bodies.finish("body.rs"),
        validate.finish("validate.rs"),
        server.finish("mock.rs"),
        stubs.finish("mock/operation.rs"),
        requests.finish("mock/request.rs"),
        fixtures.finish("mock/fixture.rs"),
    ])
}
