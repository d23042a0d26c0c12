//! The mocks, for the feature `mock`: for each operation, what the server checks, the type of its requests, and what can be said
//! of them and of their responses; and a plausible value of each type that a server responds with.

mod fixtures;
mod request;
mod server;
mod stub;
mod values;

pub(super) use fixtures::write_fixtures;
pub(super) use server::write_server;

use quote::quote;
use syn::{Item, parse_quote};

use crate::model::{Api, operation::Operation};
use request::Request;

use super::text::Text;

/// Writes everything in `mock/operation.rs`.
pub(super) fn write_operations(text: &mut Text<'_>, api: &Api) {
    let responses = api.operations.iter().flat_map(Operation::responses);
    let contents = responses.filter_map(|response| response.content.as_ref()?.ty());
    let matched = api
        .operations
        .iter()
        .flat_map(|operation| request::matched_types(api, operation));
    let names_types = contents.chain(matched).any(|ty| ty.refers_to().is_some());
    let request: Item = parse_quote!(
        use super::request;
    );
    text.add([request, imports(names_types)]);
    for operation in &api.operations {
        text.add(stub::items(api, &Request::of(api, operation)));
    }
}

/// Writes everything in `mock/request.rs`.
pub(super) fn write_requests(text: &mut Text<'_>, api: &Api) {
    let mut types = api.operations.iter().flat_map(request::types);
    text.add([imports(types.any(|ty| ty.refers_to().is_some()))]);
    for operation in &api.operations {
        text.add(Request::of(api, operation).items());
    }
}

/// The imports of a module that names the runtime's mocks, and perhaps types.
fn imports(names_types: bool) -> Item {
    let types = names_types.then(|| quote!(types));
    parse_quote!(
        use crate::{mock, #types};
    )
}
