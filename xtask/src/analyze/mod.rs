//! Completes the model with facts that need all of its types: one pass in each file.

mod access;
mod aliases;
mod derives;
mod empty;
mod fixtures;
mod functions;
mod graph;
mod messages;
mod null;
mod order;
mod rejections;
mod scalars;
mod setters;
mod tags;
mod traits;
mod type_docs;
mod usage;

pub use aliases::is_parsed;
pub use derives::{call_derives, derives, response_derives};
pub use functions::{Constant, DefaultValue, constant, default, getter};
pub use graph::of as graph;
pub use messages::{Message, displayed, location_field, message_field, message_of};
pub use setters::{Property, Setter, setters};

use crate::model::Api;

/// Fills in what the schemas alone do not say.
pub fn analyze(api: &mut Api) {
    let graph = graph::of(api);
    usage::find(api, &graph);
    access::resolve(api);
    null::find(api);
    empty::describe(api, &graph);
    scalars::find(api);
    tags::resolve(api);
    tags::set(api);
    order::resolve(api, &graph);
    type_docs::describe(api, &graph);
    traits::find(api, &graph);
    fixtures::make(api);
    rejections::make(api);
}
