//! The one recursion that makes types of schemas.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;

use super::{
    classify::classify,
    compose::variant_owner,
    definition::definition,
    description::{Description, MAX_DEPTH, component_at, schemas_at},
    docs::doc_text,
    files::is_file,
    naming::{TypeNames, of_place},
    node::Node,
    references::References,
    reports::{IN_ANY_JSON, Reports, Unfollowed},
    secrets,
    shape::{Alternative, Shape, TupleShape, UnionShape},
    sorted::sorted,
    unions::GENERIC_WORDS,
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        names,
        prose::line,
        ty::{Format, Ty, TypeId},
        typedef::{Item, Kind, Known, TypeDef, Variant},
    },
};

/// What a schema became.
pub(super) enum Built {
    /// A type without a name of its own.
    Ty(Ty),
    /// What needs a name.
    Kind(Kind),
}

impl From<Built> for Kind {
    fn from(built: Built) -> Self {
        match built {
            Built::Ty(ty) => Self::Alias(ty),
            Built::Kind(kind) => kind,
        }
    }
}

/// The types so far, and what they are made from.
pub(super) struct Build<'a> {
    pub(super) description: Description<'a>,
    pub(super) reports: Reports,
    taken: TypeNames,
    types: Vec<Declared>,
    components: BTreeMap<String, TypeId>,
    /// The schemas that stand within others, each of which is built once, and their types.
    inlined: BTreeMap<Pointer, (Cow<'a, Value>, Ty)>,
    /// The schemas without a name that are being built and may hold themselves: the names for their types, and the types that were
    /// needed meanwhile.
    building: BTreeMap<String, (String, Option<TypeId>)>,
    /// How deep the schema that is being built stands.
    depth: usize,
}

/// A type that has its name, and is defined sooner or later.
struct Declared {
    name: String,
    /// Where it stands, if it is a component.
    component: Option<Pointer>,
    def: Option<TypeDef>,
}

impl<'a> Build<'a> {
    pub(super) fn new(description: Description<'a>, taken: TypeNames, reports: Reports) -> Self {
        let mut build = Self {
            description,
            reports,
            taken,
            types: Vec::new(),
            components: BTreeMap::new(),
            inlined: BTreeMap::new(),
            building: BTreeMap::new(),
            depth: 0,
        };
        for (component, name) in build.description.component_names.clone() {
            let id = build.declare(name);
            build.types[id.index()].component = Some(schemas_at().child(&component));
            build.components.insert(component, id);
        }
        build
    }

    /// Builds every component, whether an operation uses it or not.
    pub(super) fn components(&mut self, references: &References) {
        let used = references.used_components(&self.description);
        for (component, schema) in self.description.schemas() {
            // A component that is a file gets a type only if JSON refers to it (see `reference`); a form has `Upload` instead.
            if is_file(&self.description, &Node::at(schema, schemas_at().child(component))) {
                continue;
            }
            let at = schemas_at().child(component);
            let id = self.components[component];
            let before = self.reports.errors.len();
            self.component(id, &Node::at(schema, at.clone()));
            // What no operation uses must not keep the others from being called.
            if !used.contains(component) && self.reports.errors.len() > before {
                for error in self.reports.errors.split_off(before) {
                    let text = format!("not used by any operation, and left as any JSON: {}", error.message());
                    self.reports.note(Rule::UnusedComponent, &at, text);
                }
                if let Some(def) = &mut self.types[id.index()].def {
                    def.kind = Kind::Alias(Ty::Any);
                }
            }
        }
    }

    /// The type of a schema that stands within another or in an operation: `Ty::Nullable` if the schema allows null. If it needs
    /// a name, that is `name`.
    pub(super) fn ty_of(&mut self, node: &Node<'a>, name: &str) -> Ty {
        // A property of several parts may be both of what these say of it, at the place of one of them.
        if let Some((schema, ty)) = self.inlined.get(&node.at)
            && *schema == node.schema
        {
            return ty.clone();
        }
        let (inner, is_nullable) = node.without_null();
        let is_nullable = is_nullable || self.description.consists_of_nullable(&inner);
        let mut ty = self.not_null(&inner, name);
        if is_nullable {
            ty = ty.nullable();
        }
        self.inlined.insert(node.at.clone(), (node.schema.clone(), ty.clone()));
        ty
    }

    /// The type of a schema that allows no null.
    fn not_null(&mut self, node: &Node<'a>, name: &str) -> Ty {
        let key = if !node.parts.is_empty() {
            // What both of two schemas say of a property may hold the same property in turn.
            node.schema.to_string()
        } else if self.description.referred.contains(&node.at) {
            node.at.to_string()
        } else {
            let built = self.build(node, name);
            return self.named(built, name, node);
        };
        if let Some((name, id)) = self.building.get(&key).cloned() {
            let id = id.unwrap_or_else(|| {
                let name = self.taken.take(&name, &node.at, &mut self.reports);
                self.declare(name)
            });
            self.building.insert(key, (name, Some(id)));
            return Ty::Named(id);
        }
        self.building.insert(key.clone(), (name.to_owned(), None));
        let built = self.build(node, name);
        match (self.building.remove(&key), built) {
            (Some((_, Some(id))), built) => {
                self.define(id, built.into(), node);
                Ty::Named(id)
            }
            (_, built) => self.named(built, name, node),
        }
    }

    /// Every type, sorted, and what was reported; `of_operations` are the types in operations, which change their ids.
    pub(super) fn finish<'t>(self, of_operations: impl IntoIterator<Item = &'t mut Ty>) -> (Vec<TypeDef>, Reports) {
        let types = self.types.into_iter().map(|declared| declared.def);
        (sorted(types.collect(), of_operations), self.reports)
    }

    /// What a type is; `None` as long as it is being built.
    pub(super) fn kind(&self, id: TypeId) -> Option<&Kind> {
        self.types[id.index()].def.as_ref().map(|def| &def.kind)
    }

    /// Where the schema of a type stands, as far as that is known.
    pub(super) fn place(&self, id: TypeId) -> Option<Pointer> {
        let declared = &self.types[id.index()];
        let defined = declared.def.as_ref().map(|def| &def.pointer);
        declared.component.as_ref().or(defined).cloned()
    }

    fn declare(&mut self, name: String) -> TypeId {
        self.types.push(Declared {
            name,
            component: None,
            def: None,
        });
        TypeId::new(self.types.len() - 1)
    }

    /// Builds the schema of a type that was declared.
    fn component(&mut self, id: TypeId, node: &Node<'a>) {
        let name = self.types[id.index()].name.clone();
        // `ty_of` makes each reference to it nullable, by `consists_of_nullable`.
        let (inner, _) = node.without_null();
        let built = self.build(&inner, &name);
        self.define(id, built.into(), node);
    }

    /// The type of what was built, which gets a name if it needs one.
    fn named(&mut self, built: Built, name: &str, node: &Node<'a>) -> Ty {
        match built {
            Built::Ty(ty) => ty,
            Built::Kind(kind) => {
                let name = self.taken.take(name, &node.at, &mut self.reports);
                let id = self.declare(name);
                self.define(id, kind, node);
                Ty::Named(id)
            }
        }
    }

    fn define(&mut self, id: TypeId, kind: Kind, node: &Node<'a>) {
        let rules = self.rules_of_type(node, &kind);
        let declared = &mut self.types[id.index()];
        declared.def = Some(definition(&self.description, &declared.name, kind, node, rules));
    }

    fn build(&mut self, node: &Node<'a>, name: &str) -> Built {
        if self.depth >= MAX_DEPTH {
            self.reports.any_instead(&Unfollowed {
                rule: Rule::TooDeep,
                at: node.at.clone(),
                message: format!("schemas stand in each other more than {MAX_DEPTH} deep"),
                help: "make components of some, in openapi/overlay.yaml",
            });
            return Built::Ty(Ty::Any);
        }
        self.depth += 1;
        let shape = classify(&self.description, node, name, &mut self.reports);
        let built = self.of_shape(shape, node, name);
        self.depth -= 1;
        // What is left as any JSON is printed by `Debug`, so a secret must not be lost in it.
        if let Built::Ty(ty) = &built
            && ty.refers_to().is_none()
            && !ty.contains(Format::Secret)
            && secrets::marks(&node.schema, &self.description.secrets)
        {
            self.reports.exposed_secret(&node.at, IN_ANY_JSON);
        }
        built
    }

    fn of_shape(&mut self, shape: Shape<'a>, node: &Node<'a>, name: &str) -> Built {
        match shape {
            Shape::Ty(ty) => Built::Ty(ty),
            Shape::Reference(target) => Built::Ty(self.reference(&target, node)),
            // `ty_of` asks whether null is allowed.
            Shape::Same(node) => self.build(&node.without_null().0, name),
            Shape::Merged(merged) => {
                let mark = self.reports.mark();
                let node = Node::of(Cow::Owned(merged.schema), node.at.clone());
                let built = self.build(&node, name);
                // Maps diagnostics back to the `allOf` member.
                self.reports.relocate(mark, |at| {
                    let mut outer = at.outwards();
                    outer.find_map(|outer| at.moved(&outer, merged.places.get(&outer)?))
                });
                built
            }
            Shape::Enum(choice) => Built::Kind(choice.kind()),
            Shape::List(items) => {
                let items = self.ty_of(&items, &names::inline(name, "item"));
                Built::Ty(Ty::List(Box::new(items)))
            }
            Shape::Tuple(tuple) => self.tuple(&tuple, name),
            Shape::Object(object) => self.object(object, node, name),
            Shape::Union(union) => self.union(union, name),
        }
    }

    /// The type of what the `$ref` of `from` leads to.
    fn reference(&mut self, node: &Node<'a>, from: &Node<'a>) -> Ty {
        if self.description.followed(node).is_none() {
            let why = self.description.endless(&from.schema, &from.at);
            self.reports.any_instead(&why);
            return Ty::Any;
        }
        let target = &node.at;
        let component = component_at(target).filter(|(_, rest)| rest.is_empty());
        if let Some(id) = component.and_then(|(name, _)| self.components.get(&name).copied()) {
            // Only text comes here: `classify` does not follow a reference to a file. So this makes the type that `components`
            // has skipped.
            if self.types[id.index()].def.is_none() && is_file(&self.description, node) {
                self.component(id, node);
            }
            return Ty::Named(id);
        }
        let name = of_place(&self.description, target);
        self.ty_of(node, &name).not_null().clone()
    }

    /// A list whose items have types of their own, if it has just these items; otherwise, of their common type.
    fn tuple(&mut self, tuple: &TupleShape<'a>, name: &str) -> Built {
        let items = tuple.items.iter().enumerate().map(|(index, node)| {
            let ty = self.ty_of(node, &names::inline(name, &format!("item{}", index + 1)));
            let rules = self.rules_of(node, &ty);
            Item {
                doc: doc_text(&node.schema, &rules, "An item."),
                ty,
                rules,
                is_boxed: false,
            }
        });
        let items = items.collect::<Vec<_>>();
        let common = items.first().map(|item| item.ty.clone());
        let common = common.filter(|first| items.iter().all(|item| item.ty == *first));
        if tuple.is_closed && tuple.has_all && common.is_none() {
            return Built::Kind(Kind::Tuple(items));
        }
        let ty = common.filter(|_| tuple.is_closed).unwrap_or(Ty::Any);
        if ty == Ty::Any {
            let text = "a list that may be shorter or longer: its items are any JSON";
            self.reports.note(Rule::OpenTuple, &tuple.at, text);
        }
        Built::Ty(Ty::List(Box::new(ty)))
    }

    /// One of several types, each variant called after its type.
    fn union(&mut self, union: UnionShape<'a>, name: &str) -> Built {
        let UnionShape { alternatives, tag } = union;
        let mut variants = Vec::<Variant>::new();
        for (index, alternative) in alternatives.into_iter().enumerate() {
            let Alternative { word, node, shape } = alternative;
            let inner = variant_owner(name, &word);
            let ty = match shape {
                None => self.ty_of(&node, &inner),
                Some(shape) => {
                    let built = self.of_shape(*shape, &node, &inner);
                    self.named(built, &inner, &node)
                }
            };
            let tags = tag.as_ref().map_or(Vec::new(), |(_, tags)| tags[index].clone());
            // Two that are read and written alike are one, unless the tag tells them apart.
            let rules = self.rules_of(&node, &ty);
            if tag.is_none()
                && let Some(same) = variants.iter_mut().find(|variant| variant.ty == ty)
            {
                let text = "the same as an alternative before it";
                self.reports.note(Rule::DuplicateAlternative, &node.at, text);
                // A value may break the rules of either, if it keeps those of the other.
                if same.rules != rules {
                    same.rules = same.rules.common(&rules);
                    let text = "where two alternatives of one type have different rules, the client checks what holds for both";
                    self.reports.note(Rule::UncheckedKeyword, &node.at, text);
                }
                continue;
            }
            let is_generic = GENERIC_WORDS.contains(&word.as_str());
            let word = if is_generic && *ty.not_null() == Ty::Str(Format::Upload) {
                "file".to_owned()
            } else {
                word
            };
            let wanted = match tags.first() {
                Some(tag) if is_generic => names::variant(tag),
                _ => names::type_name(&names::inline("", &word)),
            };
            let others = variants.iter().map(|variant| variant.name.as_str());
            variants.push(Variant {
                name: names::free_variant(&wanted, others),
                doc: doc_text(
                    &node.schema,
                    &rules,
                    &format!("{} {}.", names::article(&word), line(&word)),
                ),
                ty,
                is_boxed: false,
                is_scalar: false,
                rules,
                tags,
                written_tag: None,
                may_lose_tag: false,
                order: 0,
                known: Known::default(),
            });
        }
        if let [single] = variants.as_slice() {
            return Built::Ty(single.ty.clone());
        }
        Built::Kind(Kind::Union {
            variants,
            tag: tag.map(|(property, _)| property),
        })
    }
}
