//! The rules for what is sent: what a stricter rule refuses was sent before.

use std::collections::BTreeMap;

use crate::model::{
    rules::Rules,
    typedef::{Kind, TypeDef},
};

/// The rules of each member that is sent, and of the item itself; also of those that have none, so that what is new is told from
/// what gets rules. The key is the member's path, without that of its item.
#[derive(Clone, Debug, Default)]
pub struct Limits(pub(super) BTreeMap<String, (String, Rules)>);

impl Limits {
    /// Those of a type, if it is sent.
    pub(super) fn of_type(def: &TypeDef) -> Self {
        let mut limits = Self::default();
        if !def.usage.is_sent {
            return limits;
        }
        limits.add("", "", &def.rules);
        match &def.kind {
            Kind::Struct { fields, .. } => fields.iter().for_each(|field| {
                let ident = &field.ident;
                limits.add(&format!(".{ident}"), &format!("field {ident}"), &field.rules);
            }),
            Kind::Tuple(items) => items.iter().enumerate().for_each(|(position, item)| {
                limits.add(&format!(".{position}"), &format!("field {position}"), &item.rules);
            }),
            Kind::Union { variants, .. } => variants.iter().for_each(|variant| {
                let name = &variant.name;
                limits.add(&format!("::{name}"), &format!("variant {name}"), &variant.rules);
            }),
            Kind::Enum { .. } | Kind::Alias(_) => {}
        }
        limits
    }

    /// Adds those of a member; the label is what the report calls it.
    pub(super) fn add(&mut self, member: &str, label: &str, rules: &Rules) {
        self.0.insert(member.into(), (label.into(), rules.clone()));
    }
}
