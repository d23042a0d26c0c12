//! What a client offers to its callers, computed from the model.

use std::collections::BTreeMap;

use super::{
    item::{Item, ItemPath},
    operations, types,
};
use crate::{
    analyze,
    model::{Api, prose},
};

/// What a client offers to its callers.
#[derive(Debug, Default)]
pub struct PublicApi {
    /// The API's title and version.
    pub title: String,
    /// The address that a client calls if it is given no other.
    pub server: String,
    /// The operations, and then the types.
    pub items: BTreeMap<ItemPath, Item>,
}

impl PublicApi {
    /// What the client of an API offers.
    #[must_use]
    pub fn of(api: &Api) -> Self {
        let operations = api.operations.iter().map(|operation| {
            let path = ItemPath::Operation(operation.name.clone());
            (path, operations::item(api, operation))
        });
        let displayed = analyze::displayed(api);
        let types = api.types().map(|(id, def)| {
            let path = ItemPath::Type(def.name.clone());
            (path, types::item(api, id, &displayed))
        });
        Self {
            title: prose::one_line(&format!("{} {}", api.title, api.version)),
            server: api.server.clone(),
            items: operations.chain(types).collect(),
        }
    }
}
