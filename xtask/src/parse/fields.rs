//! The types of objects, and of their properties.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    build::{Build, Built},
    choice::constant,
    docs::doc_text,
    hints::hints,
    keywords::{Became, keywords},
    node::Node,
    shape::{Member, ObjectShape},
    vocabulary::flag,
};
use crate::{
    input::rule::Rule,
    model::{
        names,
        prose::code,
        reserved,
        rules::Rules,
        ty::Ty,
        typedef::{Access, Boxing, Field, Kind},
    },
};

impl<'a> Build<'a> {
    /// An object: a struct if it has named properties, a map otherwise.
    pub(super) fn object(&mut self, object: ObjectShape<'a>, node: &Node<'a>, name: &str) -> Built {
        let ObjectShape {
            members,
            required,
            additional,
            is_closed,
        } = object;
        let (never, mut members) = members
            .into_iter()
            .partition::<Vec<_>, _>(|member| *member.node.schema == Value::Bool(false));
        for Member { node, .. } in &never {
            let text = "no value fits it, so it is left out";
            self.reports.note(Rule::NeverValid, &node.at, text);
        }
        if members.is_empty() {
            let values = additional.unwrap_or_else(|| Node::any(node.at.child("additionalProperties")));
            let values = self.ty_of(&values, &names::inline(name, "value"));
            // A map whose values may be absent is a map: null and absent are one there.
            return Built::Ty(Ty::Map(Box::new(values)));
        }
        let is_missing = |name: &&String| !members.iter().chain(&never).any(|member| member.name == **name);
        for missing in required.iter().filter(is_missing).collect::<BTreeSet<_>>() {
            let text = format!("`{missing}` is required, and not described: any JSON, which may be absent");
            self.reports.note(Rule::UndescribedProperty, &node.at, text);
            // What holds all other properties holds it, too.
            if additional.is_none() {
                members.push(Member {
                    node: Node::any(node.at.child("required")),
                    owner: name.to_owned(),
                    name: missing.clone(),
                    is_conditional: true,
                });
            }
        }
        let mut fields = Vec::new();
        let mut taken = additional
            .iter()
            .map(|_| reserved::ADDITIONAL_FIELD.to_owned())
            .collect::<Vec<_>>();
        let mut members = members.into_iter().enumerate().collect::<Vec<_>>();
        // In an order that does not depend on the description's: of two that would be one field, the first has its name.
        members.sort_by_cached_key(|(_, member)| (names::field(&member.name, &[]) != member.name, member.name.clone()));
        for (index, member) in members {
            let ident = names::field(&member.name, &taken);
            taken.push(ident.clone());
            let is_required = required.contains(&member.name) && !member.is_conditional;
            fields.push((index, self.field(member, ident, is_required)));
        }
        fields.sort_by_key(|(index, _)| *index);
        let additional = additional.map(|values| self.ty_of(&values, &names::inline(name, "value")));
        Built::Kind(Kind::Struct {
            fields: fields.into_iter().map(|(_, field)| field).collect(),
            is_closed: is_closed && additional.is_none(),
            additional,
        })
    }

    fn field(&mut self, member: Member<'a>, ident: String, required: bool) -> Field {
        let Member {
            name,
            node,
            owner,
            is_conditional,
        } = member;
        let ty = self.ty_of(&node, &names::inline(&owner, &name));
        let (inner, _) = node.without_null();
        let followed = self.description.followed(&node);
        let says = |keyword: &str| {
            flag(&inner.schema, keyword) || followed.as_ref().is_some_and(|schema| flag(schema, keyword))
        };
        let access = match (says("readOnly"), says("writeOnly")) {
            (true, false) => Access::Server,
            (false, true) => Access::Client,
            _ => Access::Both,
        };
        // What holds under a condition need not hold.
        let rules = if is_conditional {
            Rules::default()
        } else {
            self.rules_of(&node, &ty)
        };
        let schema = &node.schema;
        let mut keywords = keywords(schema, &Became::Ty(&ty));
        rules.write(&mut keywords);
        Field {
            doc: doc_text(schema, &rules, &format!("The property {}.", code(&name))),
            keywords,
            rules,
            hints: hints(&self.description, &node),
            wire_name: name,
            ident,
            ty,
            boxing: Boxing::None,
            required,
            keeps_null: false,
            writes_null: true,
            access,
            constant: constant(&self.description, &node),
            tag: None,
        }
    }
}
