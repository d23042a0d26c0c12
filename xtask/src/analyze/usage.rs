//! What requests hold, and what responses hold.

use crate::model::{
    Api,
    graph::Graph,
    operation::{Content, Operation},
    ty::Ty,
    typedef::Usage,
};

/// Finds the usage of every type.
pub(super) fn find(api: &mut Api, graph: &Graph) {
    let bodies = api
        .operations
        .iter()
        .filter_map(|operation| operation.body.as_ref()?.content.ty());
    let parameters = api.operations.iter().flat_map(|operation| &operation.parameters);
    let sent = bodies.chain(parameters.map(|parameter| &parameter.ty));
    let sent = graph.reachable(sent.filter_map(index));
    let responses = api.operations.iter().flat_map(Operation::responses);
    let received = responses.filter_map(|response| response.content.as_ref().and_then(Content::ty));
    let received = graph.reachable(received.filter_map(index));
    for (def, (is_sent, is_received)) in api.types.iter_mut().zip(sent.into_iter().zip(received)) {
        def.usage = Usage { is_sent, is_received };
    }
}

fn index(ty: &Ty) -> Option<usize> {
    Some(ty.refers_to()?.index())
}
