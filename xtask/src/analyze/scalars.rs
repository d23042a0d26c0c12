//! Which types of unions are strings, numbers or booleans that can be printed.

use crate::model::{Api, typedef::Kind};

/// Finds them, from the inside of unions outwards.
pub(super) fn find(api: &mut Api) {
    loop {
        let mut found = Vec::new();
        for (id, def) in api.types() {
            let Kind::Union { variants, .. } = &def.kind else {
                continue;
            };
            for (index, variant) in variants.iter().enumerate() {
                if !variant.is_scalar && api.is_displayed(&variant.ty) {
                    found.push((id, index));
                }
            }
        }
        if found.is_empty() {
            return;
        }
        for (id, index) in found {
            if let Kind::Union { variants, .. } = &mut api[id].kind {
                variants[index].is_scalar = true;
            }
        }
    }
}
