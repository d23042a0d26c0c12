//! The places of the schemas, with what reads and writes the type of each, as text.

use std::{collections::BTreeMap, fmt::Write as _};

use xtask::model::{
    Api,
    graph::Graph,
    ty::{Format, Ty, TypeId},
    typedef::TypeDef,
};

/// A table of the types of `api`, by the places of their schemas; those that stand within others are parts of them. A type
/// that holds a file is not JSON, and is left out.
pub(crate) fn of(api: &Api) -> String {
    let parts = |index: usize| api.types[index].kind.parts().into_iter().flat_map(Ty::parts);
    let edges = (0..api.types.len())
        .map(|index| parts(index).filter_map(Ty::named).map(TypeId::index).collect())
        .collect::<Vec<_>>();
    let files = (0..api.types.len()).filter(|&index| parts(index).any(|part| *part == Ty::Str(Format::Upload)));
    let has_file = Graph::new(&edges).reaching(files);
    let mut places = BTreeMap::<_, Vec<_>>::new();
    for (def, has_file) in api.types.iter().zip(has_file) {
        places.entry(def.pointer.to_string()).or_default().push((def, has_file));
    }
    let mut rows = String::new();
    let is_outermost = |def: &TypeDef| {
        !def.pointer
            .outwards()
            .skip(1)
            .any(|around| places.contains_key(&around.to_string()))
    };
    for (place, types) in &places {
        if let [(def, false)] = types[..]
            && is_outermost(def)
        {
            let is_written = !def.traits.is_serialized_by_mocks_alone;
            let function = if is_written { "echo" } else { "read" };
            let _ = writeln!(rows, "    ({place:?}, {function}::<types::{}>),", def.name);
        }
    }
    assert!(!rows.is_empty(), "there are types");
    format!(
        "//! The place of every schema that has a type of its own, with what reads and writes that type.

use askui_workspaces::types;

use super::{{Echo, echo, read}};

#[rustfmt::skip]
pub(crate) const PLACES: &[(&str, Echo)] = &[
{rows}];
"
    )
}
