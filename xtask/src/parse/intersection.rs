//! What several schemas of one thing allow together: what all of them allow.

use std::{borrow::Cow, rc::Rc};

use serde_json::{Value, json};

use super::{
    description::Description,
    node::Node,
    objects::{add, additional, is_closed, named, required},
    shape::{Member, ObjectShape, Part, Parts},
    vocabulary::{demands, has_any, is_annotation},
};

/// The object that the parts are together.
pub(super) fn object_of<'a>(description: &Description<'a>, parts: &Parts<'a>) -> ObjectShape<'a> {
    let mut merged = ObjectShape {
        members: Vec::<Member<'a>>::new(),
        required: Vec::new(),
        additional: None,
        is_closed: parts.all.iter().any(|part| is_closed(&part.node.schema)),
    };
    for Part { node, owner } in &parts.all {
        for member in named(node, owner) {
            match merged.members.iter_mut().find(|other| other.name == member.name) {
                Some(other) if !other.is_conditional && !member.is_conditional => {
                    let node = intersection(description, other.node.clone(), member.node);
                    if !node.parts.is_empty() {
                        other.owner.clone_from(&parts.owner);
                    } else if node.at != other.node.at {
                        other.owner = member.owner;
                    }
                    other.node = node;
                }
                _ => add(&mut merged.members, member),
            }
        }
        merged.required.extend(required(&node.schema));
        if let Some(values) = additional(node) {
            merged.additional = Some(match merged.additional.take() {
                Some(before) => intersection(description, before, values),
                None => values,
            });
        }
    }
    merged
}

/// What holds for the items of each list.
pub(super) fn items_of<'a>(description: &Description<'a>, parts: &Parts<'a>) -> Option<Node<'a>> {
    let items = parts.all.iter().filter_map(|part| part.node.child("items"));
    let items = items.filter(|items| matches!(*items.schema, Value::Object(_) | Value::Bool(_)));
    items.reduce(|before, after| intersection(description, before, after))
}

/// The properties of an object with all that it consists of, and the names of the required ones; `None` if it is no object.
pub(super) fn members_of<'a>(description: &Description<'a>, node: &Node<'a>) -> Option<Rc<ObjectShape<'a>>> {
    let node = description.behind_references(node);
    description.members.or_find(&node, || {
        let parts = Parts::known(description, &node)?;
        let is_object = parts.unions.is_empty() && parts.is_object();
        is_object.then(|| Rc::new(object_of(description, &parts)))
    })
}

/// A schema that allows what both schemas allow; of annotations, the later one holds.
fn intersection<'a>(description: &Description<'a>, before: Node<'a>, after: Node<'a>) -> Node<'a> {
    let is_never = |node: &Node<'a>| *node.schema == Value::Bool(false);
    if before.schema == after.schema || is_never(&before) || description.is_upload(&before.at) {
        return before;
    }
    if is_never(&after) || description.is_upload(&after.at) {
        return after;
    }
    match (demands(&before.schema), demands(&after.schema)) {
        (_, false) => annotated(&before, &[&after]),
        (false, _) => annotated(&after, &[&before, &after]),
        _ if is_narrower(description, &after, &before) => annotated(&after, &[&before, &after]),
        _ if is_narrower(description, &before, &after) => annotated(&before, &[&after]),
        _ => {
            let schema = json!({"allOf": [*before.schema, *after.schema]});
            let both = Node {
                schema: Cow::Owned(schema),
                at: after.at.clone(),
                parts: vec![before.clone(), after.clone()],
            };
            annotated(&both, &[&before, &after])
        }
    }
}

/// The schema with the annotations of others, where they are for whoever uses it: `readOnly`, say.
fn annotated<'a>(node: &Node<'a>, others: &[&Node<'a>]) -> Node<'a> {
    let mut keywords = node.schema.as_object().cloned().unwrap_or_default();
    let before = keywords.len();
    let mut is_same = true;
    for other in others {
        for (keyword, value) in other.schema.as_object().into_iter().flatten() {
            if is_annotation(keyword) && keyword != "nullable" && keywords.get(keyword) != Some(value) {
                keywords.insert(keyword.clone(), value.clone());
                is_same = false;
            }
        }
    }
    if is_same && keywords.len() == before {
        return node.clone();
    }
    Node {
        schema: Cow::Owned(Value::Object(keywords)),
        ..node.clone()
    }
}

/// Whether what `narrow` allows is certainly allowed by `wide`.
pub(super) fn is_narrower<'a>(description: &Description<'a>, narrow: &Node<'a>, wide: &Node<'a>) -> bool {
    let (inner, outer) = (description.innermost(narrow), description.innermost(wide));
    let says_as_much = outer.schema.as_object().is_some_and(|keywords| {
        let mut demanding = keywords.iter().filter(|(keyword, _)| !is_annotation(keyword));
        demanding.all(|(keyword, value)| inner.schema.get(keyword) == Some(value))
    });
    if says_as_much || inner.at != outer.at && description.listed_by(&outer).contains(&inner.at) {
        return true;
    }
    let parts = |node: &Node<'a>| Parts::known(description, node);
    has_any(&narrow.schema, &["$ref", "allOf"])
        && parts(narrow).zip(parts(wide)).is_some_and(|(narrow, wide)| {
            let is_known = narrow.circular.is_empty() && wide.unions.is_empty() && !wide.all.is_empty();
            is_known && narrow.has_all_of(&wide.all)
        })
}
