//! Which types consist of which.

use crate::model::{Api, graph::Graph};

/// The graph of an API's types, numbered as in [`Api::types`].
#[must_use]
pub fn of(api: &Api) -> Graph {
    let edges = api.types.iter().map(|def| {
        let mut held = def
            .kind
            .parts()
            .into_iter()
            .filter_map(|ty| Some(ty.refers_to()?.index()))
            .collect::<Vec<_>>();
        held.sort_unstable();
        held.dedup();
        held
    });
    Graph::new(&edges.collect::<Vec<_>>())
}
