//! `readOnly` and `writeOnly`: such properties are optional in the direction in which they do not exist.

use crate::model::{
    Api,
    typedef::{Access, Kind},
};

/// Makes such properties optional.
pub(super) fn resolve(api: &mut Api) {
    for def in &mut api.types {
        let Kind::Struct { fields, .. } = &mut def.kind else {
            continue;
        };
        for field in fields {
            let is_optional = match field.access {
                Access::Both => false,
                Access::Server => def.usage.is_sent,
                Access::Client => def.usage.is_received,
            };
            field.required &= !is_optional;
        }
    }
}
