//! The items of each generated file, as what they offer.

use std::collections::BTreeMap;

use quote::quote;
use syn::{
    Attribute, Expr, Fields, ImplItem, Item, ItemImpl, Lit, ReturnType, Type,
    punctuated::Punctuated,
    visit::{self, Visit},
};

use super::{
    Group, Kind, Member,
    text::{arguments, is_public, literal, name_of, signature, text, trait_name},
};

/// An operation: its method, its builder, and those of the types that are its alone.
pub(super) fn operation(
    method: &syn::ImplItemFn,
    name: &str,
    builder: Builder,
    types: &mut BTreeMap<String, Group>,
) -> Group {
    let Builder { mut group, answer } = builder;
    let item: Item = syn::parse_quote!(impl crate::Client { #method });
    group.add(&item);
    group.own.push(name.to_owned());
    group.head = format!("builder::{name}");
    if method
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("deprecated"))
    {
        let member = Member::new(Kind::Deprecation, "its use is discouraged");
        group.members.insert("deprecated".into(), member);
    }
    let Some((success, failure)) = answer else { return group };
    group.head = format!("{}, failing with types::{failure}", group.head);
    for name in [failure, success] {
        // What is read from a body implements `Deserialize`; enums of statuses do not, and belong to one operation.
        let is_own = |own: &Group| !own.members.contains_key(&format!("types::{name}: Deserialize"));
        if types.get(&name).is_some_and(is_own) {
            group.absorb(&name, types.remove(&name).unwrap_or_default());
        }
    }
    group
}

/// What `builder.rs` has of an operation.
#[derive(Default)]
pub(super) struct Builder {
    group: Group,
    /// The names of the types that `send` gives: of a success and a failure.
    answer: Option<(String, String)>,
}

/// By their names, the builders of operations.
pub(super) fn builders(file: &syn::File) -> BTreeMap<String, Builder> {
    let mut builders = BTreeMap::<String, Builder>::new();
    // What is sent stands before the builder that sends it.
    let mut request = Group::default();
    for item in &file.items {
        match item {
            Item::Static(item) => {
                request = Group::default();
                request.add(&item.clone().into());
                request.members = facts(&item.expr);
            }
            Item::Struct(structure) => {
                let group = std::mem::take(&mut request);
                let name = structure.ident.to_string();
                let builder = builders.entry(name.clone()).or_default();
                builder.group = group;
                builder.group.add(item);
                let derives = derives(&structure.attrs, &format!("builder::{name}"));
                builder.group.members.extend(derives);
            }
            Item::Impl(block) => {
                let name = name_of(&block.self_ty);
                let builder = builders.entry(name.clone()).or_default();
                builder.group.add(item);
                calls(builder, &name, block);
            }
            _ => {}
        }
    }
    builders
}

/// What a caller may have to know of what an operation sends.
fn facts(operation: &Expr) -> BTreeMap<String, Member> {
    let mut facts = BTreeMap::new();
    let Expr::Struct(operation) = operation else {
        return facts;
    };
    let field = |name: &str| {
        let found = operation
            .fields
            .iter()
            .find(|field| matches!(&field.member, syn::Member::Named(ident) if ident == name));
        found.map(|field| &field.expr)
    };
    let last = |expression: &Expr| match expression {
        Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    let method = field("method").and_then(last).unwrap_or_default();
    let path = field("path").and_then(literal).unwrap_or_default();
    facts.insert("request".into(), Member::new(Kind::Request, format!("{method} {path}")));
    let mut schemes = Vec::new();
    if let Some(Expr::Reference(reference)) = field("security")
        && let Expr::Array(array) = &*reference.expr
    {
        schemes.extend(array.elems.iter().filter_map(last));
    }
    let is_open = field("is_open").is_some_and(|open| quote!(#open).to_string() == "true");
    if is_open || schemes.is_empty() {
        schemes.push("none".into());
    }
    for scheme in schemes {
        facts.insert(format!("credentials {scheme}"), Member::new(Kind::Credentials, scheme));
    }
    facts
}

/// The setters and `send` of an operation's builder.
fn calls(builder: &mut Builder, name: &str, block: &ItemImpl) {
    let mut unset = BTreeMap::new();
    for function in &block.items {
        let ImplItem::Fn(function) = function else { continue };
        if function.sig.ident == "new" {
            unset = initial(&function.block);
        }
    }
    for function in &block.items {
        let ImplItem::Fn(function) = function else { continue };
        if !is_public(&function.vis) {
            continue;
        }
        let field = function.sig.ident.to_string();
        let path = format!("builder::{name}::{field}");
        let member = match field.as_str() {
            "send" => {
                let (success, failure) = answer(&function.sig.output);
                let signature = match (&success, &failure) {
                    (Some(success), Some(failure)) => {
                        builder.answer = Some((name_of(success), name_of(failure)));
                        text(success)
                    }
                    _ => signature(&function.sig),
                };
                builder
                    .group
                    .members
                    .insert(format!("{path}()"), Member::new(Kind::Success, signature));
                continue;
            }
            "body" | "body_map" => Kind::Body,
            _ => Kind::Parameter,
        };
        let is_demanded = unset.get(&field).is_some_and(|unset| !unset.starts_with("Ok (None)"));
        let member = Member {
            is_demanded,
            ..Member::new(member, signature(&function.sig))
        };
        builder.group.members.insert(path, member);
    }
}

/// The types of a success and a failure, of `Result<Response<Success>, Error<Failure>>`.
fn answer(output: &ReturnType) -> (Option<Type>, Option<Type>) {
    let ReturnType::Type(_, result) = output else {
        return (None, None);
    };
    let mut sides = arguments(result).into_iter();
    let mut inner = || arguments(&sides.next()?).into_iter().next();
    (inner(), inner())
}

/// The types of `types.rs`.
pub(super) fn types(file: &syn::File) -> BTreeMap<String, Group> {
    let mut types = BTreeMap::<String, Group>::new();
    for item in &file.items {
        match item {
            Item::Struct(structure) => {
                let name = structure.ident.to_string();
                let group = types.entry(name.clone()).or_default();
                let head = match structure.fields {
                    Fields::Named(_) => "struct",
                    Fields::Unnamed(_) => "tuple struct",
                    Fields::Unit => "unit struct",
                };
                declare(group, &name, head, &structure.attrs, item);
                for (field, kind) in fields(&structure.fields) {
                    let member = Member::new(Kind::Field, kind);
                    group.members.insert(format!("types::{name}.{field}"), member);
                }
            }
            Item::Enum(enumeration) => {
                let name = enumeration.ident.to_string();
                let group = types.entry(name.clone()).or_default();
                declare(group, &name, "enum", &enumeration.attrs, item);
                for variant in &enumeration.variants {
                    let path = format!("types::{name}::{}", variant.ident);
                    let member = Member::new(Kind::Variant, payload(&variant.fields));
                    group.members.insert(path, member);
                }
            }
            Item::Type(alias) => {
                let name = alias.ident.to_string();
                let group = types.entry(name.clone()).or_default();
                declare(
                    group,
                    &name,
                    &format!("alias of {}", text(&*alias.ty)),
                    &alias.attrs,
                    item,
                );
            }
            _ => {}
        }
    }
    for item in &file.items {
        let Item::Impl(block) = item else { continue };
        let Some(name) = owner(block, &types) else { continue };
        if let Some(group) = types.get_mut(&name) {
            group.add(item);
            implementation(group, &name, block);
        }
    }
    types
}

fn declare(group: &mut Group, name: &str, head: &str, attributes: &[Attribute], item: &Item) {
    group.add(item);
    head.clone_into(&mut group.head);
    group.is_open = attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("non_exhaustive"));
    group.members.extend(derives(attributes, &format!("types::{name}")));
}

/// The type that an `impl` is about: the one that it is for, or else the one that another type is made from.
fn owner(block: &ItemImpl, types: &BTreeMap<String, Group>) -> Option<String> {
    let name = name_of(&block.self_ty);
    if types.contains_key(&name) {
        return Some(name);
    }
    let (_, path, _) = block.trait_.as_ref()?;
    let of = Type::Path(syn::TypePath {
        qself: None,
        path: path.clone(),
    });
    let mut names = arguments(&of).into_iter().map(|kind| name_of(&kind));
    names.find(|name| types.contains_key(name))
}

/// A trait that a type implements, or functions that it has.
fn implementation(group: &mut Group, name: &str, block: &ItemImpl) {
    let Some((_, path, _)) = &block.trait_ else {
        for function in &block.items {
            // What `new` takes is told with the fields that it sets.
            if let ImplItem::Fn(function) = function
                && is_public(&function.vis)
                && function.sig.ident != "new"
            {
                let member = Member::new(Kind::Function, signature(&function.sig));
                group
                    .members
                    .insert(format!("types::{name}::{}", function.sig.ident), member);
            }
        }
        return;
    };
    // The crate's own traits are private: how a form is written is nothing that callers can name.
    if path.segments.first().is_some_and(|first| first.ident == "crate") {
        return;
    }
    let of_trait = trait_name(path);
    if of_trait == "FromStr" {
        let mut limits = Limits::default();
        limits.visit_item_impl(block);
        for (kind, limit) in [(Kind::AtLeast, limits.min), (Kind::AtMost, limits.max)] {
            if let Some(limit) = limit {
                let member = Member::new(kind, limit.to_string());
                group.members.insert(format!("types::{name} {kind}"), member);
            }
        }
    }
    let for_other = name_of(&block.self_ty) != name;
    let path = if for_other {
        format!("{}: {of_trait}", text(&*block.self_ty))
    } else {
        format!("types::{name}: {of_trait}")
    };
    let associated = block.items.iter().filter_map(|item| match item {
        ImplItem::Type(kind) => Some(format!(" with {} = {}", kind.ident, text(&kind.ty))),
        _ => None,
    });
    let member = Member::new(Kind::Trait, associated.collect::<String>());
    group.members.insert(path, member);
}

/// The limits of a string's length, as the generated code checks them.
#[derive(Default)]
struct Limits {
    min: Option<u64>,
    max: Option<u64>,
}

impl Visit<'_> for Limits {
    fn visit_expr_binary(&mut self, binary: &syn::ExprBinary) {
        if let Expr::Lit(syn::ExprLit {
            lit: Lit::Int(limit), ..
        }) = &*binary.right
            && quote!(#binary).to_string().starts_with("length ")
        {
            let limit = limit.base10_parse().ok();
            match binary.op {
                syn::BinOp::Gt(_) => self.max = limit,
                syn::BinOp::Lt(_) => self.min = limit,
                _ => {}
            }
        }
        visit::visit_expr_binary(self, binary);
    }
}

/// What the builders of types let a caller set, and which fields they demand.
pub(super) fn setters(types: &mut BTreeMap<String, Group>, file: &syn::File) {
    for item in &file.items {
        let Item::Impl(block) = item else { continue };
        let name = name_of(&block.self_ty);
        let of_trait = block.trait_.as_ref().map(|(_, path, _)| trait_name(path));
        let Some(group) = types.get_mut(&name) else { continue };
        group.add(item);
        for function in &block.items {
            let ImplItem::Fn(function) = function else { continue };
            match of_trait.as_deref() {
                None if is_public(&function.vis) => {
                    let path = format!("types::builder::{name}::{}", function.sig.ident);
                    let member = Member::new(Kind::Setter, signature(&function.sig));
                    group.members.insert(path, member);
                }
                Some("Default") => {
                    for (field, unset) in initial(&function.block) {
                        if let Some(member) = group.members.get_mut(&format!("types::{name}.{field}")) {
                            member.is_demanded = unset.starts_with("Err ");
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// The values that the fields of `Self { … }` get in a block.
fn initial(block: &syn::Block) -> BTreeMap<String, String> {
    let Some(syn::Stmt::Expr(Expr::Struct(value), _)) = block.stmts.last() else {
        return BTreeMap::new();
    };
    let fields = value.fields.iter().map(|field| {
        let (member, value) = (&field.member, &field.expr);
        (quote!(#member).to_string(), quote!(#value).to_string())
    });
    fields.collect()
}

/// The fields of a struct that a caller can see.
fn fields(fields: &Fields) -> Vec<(String, String)> {
    let visible = fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis));
    let visible = visible.map(|(index, field)| {
        let name = field
            .ident
            .as_ref()
            .map_or_else(|| index.to_string(), ToString::to_string);
        (name, text(&field.ty))
    });
    visible.collect()
}

/// What a variant holds.
fn payload(fields: &Fields) -> String {
    let kinds = fields.iter().map(|field| match &field.ident {
        Some(name) => format!("{name}: {}", text(&field.ty)),
        None => text(&field.ty),
    });
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    match fields {
        Fields::Named(_) => format!(" {{ {kinds} }}"),
        Fields::Unnamed(_) => format!("({kinds})"),
        Fields::Unit => String::new(),
    }
}

/// The traits that an item derives, as members of `owner`.
fn derives(attributes: &[Attribute], owner: &str) -> Vec<(String, Member)> {
    let mut members = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let paths = attribute.parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
        for path in paths.into_iter().flatten() {
            let member = Member::new(Kind::Trait, "");
            members.push((format!("{owner}: {}", trait_name(&path)), member));
        }
    }
    members
}
