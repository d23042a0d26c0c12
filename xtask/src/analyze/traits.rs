//! Which traits types implement besides those that all have.

use super::order::containing_secrets;
use crate::model::{
    Api,
    graph::Graph,
    typedef::{Kind, Traits},
};

/// Finds the traits of every type.
pub(super) fn find(api: &mut Api, graph: &Graph) {
    let containing_secrets = containing_secrets(api, graph);
    for (index, def) in api.types.iter_mut().enumerate() {
        let default = match &def.kind {
            Kind::Struct { fields, additional, .. } => {
                additional.is_none() && fields.iter().all(|field| !field.required)
            }
            _ => false,
        };
        def.traits = Traits {
            default,
            is_serialized_by_mocks_alone: containing_secrets[index] && !def.usage.is_sent,
        };
    }
}
