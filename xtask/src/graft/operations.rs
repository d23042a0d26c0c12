//! The calls: the method that begins one, and its builder, which sends it through the SDK's own runtime.

use std::fmt::Write as _;

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{ImplItem, Item, ItemImpl, LitStr, Type, parse_quote, visit_mut::VisitMut};

use super::{answers, document, missed, probes::Probes, type_name};
use crate::{
    api::{Api, Content, Operation, Parameter, Place, Scheme, Status},
    diagnostic::Diagnostic,
    names,
};

/// `mod.rs`: the submodules, the server, and the methods of `Client`.
pub(super) fn client(mut methods: ItemImpl, api: &Api) -> Result<Vec<Item>, Diagnostic> {
    for operation in &api.operations {
        let method = methods
            .items
            .iter_mut()
            .find_map(|item| match item {
                ImplItem::Fn(method) if method.sig.ident == operation.name => Some(method),
                _ => None,
            })
            .ok_or_else(|| missed(&format!("the method `{}`", operation.name)))?;
        document(&mut method.attrs, &method_doc(operation));
        if operation.deprecated {
            method.attrs.push(parse_quote!(#[deprecated]));
        }
    }
    methods.items.retain(|item| match item {
        ImplItem::Fn(method) => api
            .operations
            .iter()
            .any(|operation| method.sig.ident == operation.name),
        _ => true,
    });
    methods.attrs.clear();
    methods.self_ty = parse_quote!(crate::Client);
    let server = &api.server;
    Ok(vec![
        parse_quote!(
            pub mod builder;
        ),
        parse_quote!(
            pub mod types;
        ),
        parse_quote! {
            /// The address of the API, from `#/servers/0` of its document.
            pub(crate) const SERVER: &str = #server;
        },
        methods.into(),
    ])
}

/// `builder.rs`: what the document says of each operation, and its builder.
pub(super) fn builders(items: Vec<Item>, api: &Api, probes: &Probes) -> Result<Vec<Item>, Diagnostic> {
    let mut grafted: Vec<Item> = vec![
        parse_quote! {
            use reqwest::Method;
        },
        parse_quote! {
            use super::types;
        },
        parse_quote! {
            use crate::{Client, Error, Response, call::Operation, credentials::Scheme, error::NotSent};
        },
    ];
    let mut sent = 0;
    let mut has_builder = false;
    for item in items {
        match item {
            Item::Use(_) => {}
            Item::Struct(mut item) => {
                let operation = operation_of(&item.ident.to_string(), api)?;
                has_builder = has_type_builder(&item);
                grafted.push(constant(operation).into());
                document(
                    &mut item.attrs,
                    &format!(
                        "The call that [`Client::{name}`](crate::Client::{name}) begins: `{} {}`.",
                        operation.method,
                        operation.path,
                        name = operation.name
                    ),
                );
                item.attrs
                    .push(parse_quote!(#[must_use = "nothing is sent before `send` is awaited"]));
                client_field(&mut item);
                grafted.push(item.into());
            }
            Item::Impl(mut item) => {
                let name = type_name(&item.self_ty).map(ToString::to_string).unwrap_or_default();
                let operation = operation_of(&name, api)?;
                sent += implementation(&mut item, operation, has_builder, probes)?;
                grafted.push(item.into());
            }
            _ => return Err(missed("a form that is known, of an item of the module `builder`,")),
        }
    }
    if sent != api.operations.len() {
        return Err(missed("the function `send` of a builder"));
    }
    Ok(grafted)
}

fn operation_of<'a>(builder: &str, api: &'a Api) -> Result<&'a Operation, Diagnostic> {
    api.operations
        .iter()
        .find(|operation| operation.name.to_upper_camel_case() == builder)
        .ok_or_else(|| missed(&format!("the operation of the builder `{builder}`")))
}

fn constant_name(operation: &Operation) -> syn::Ident {
    format_ident!("{}", operation.name.to_shouty_snake_case())
}

/// What the runtime has to know of an operation.
fn constant(operation: &Operation) -> syn::ItemStatic {
    let constant = constant_name(operation);
    let Operation {
        name, path, is_open, ..
    } = operation;
    let method = format_ident!("{}", operation.method);
    let security = operation.security.iter().map(|scheme| match scheme {
        Scheme::Bearer => quote!(Scheme::Bearer),
        Scheme::Basic => quote!(Scheme::Basic),
    });
    let accept = operation.successes.iter().find_map(|success| match &success.content {
        Some(Content::Json { media_type, .. } | Content::Bytes(media_type)) => Some(media_type.as_str()),
        _ => None,
    });
    let accept = accept.unwrap_or("application/json");
    parse_quote! {
        static #constant: Operation = Operation {
            name: #name,
            method: Method::#method,
            path: #path,
            accept: #accept,
            is_open: #is_open,
            security: &[#(#security),*],
        };
    }
}

fn client_field(item: &mut syn::ItemStruct) {
    for field in &mut item.fields {
        if field.ident.as_ref().is_some_and(|ident| ident == "client") {
            field.ty = parse_quote!(&'a Client);
        }
    }
}

/// Whether the body is set through the builder of its type.
fn has_type_builder(item: &syn::ItemStruct) -> bool {
    item.fields.iter().any(|field| {
        let is_body = field.ident.as_ref().is_some_and(|ident| ident == "body");
        is_body && field.ty.to_token_stream().to_string().contains("types :: builder")
    })
}

/// Replaces the functions of a builder's `impl`; returns how many `send` it had.
fn implementation(
    item: &mut ItemImpl,
    operation: &Operation,
    has_builder: bool,
    probes: &Probes,
) -> Result<usize, Diagnostic> {
    let mut sent = 0;
    for function in &mut item.items {
        let ImplItem::Fn(function) = function else { continue };
        let name = function.sig.ident.to_string();
        let parameter = operation
            .parameters
            .iter()
            .find(|parameter| names::field(&parameter.field) == name);
        match (name.as_str(), parameter) {
            ("new", _) => {
                function.vis = parse_quote!(pub(crate));
                function.sig = parse_quote!(fn new(client: &'a Client) -> Self);
                NotSet(operation).visit_block_mut(&mut function.block);
            }
            ("body", _) => {
                let doc = "Sets the whole body, from the type itself or from its builder.";
                document(&mut function.attrs, doc);
                if has_builder && let Some(bounds) = &mut function.sig.generics.where_clause {
                    // progenitor spells out whose error it is, where there is only one.
                    bounds.predicates.pop();
                    bounds.predicates.push(parse_quote!(V::Error: std::fmt::Display));
                }
                let from = has_builder.then(|| quote!(.map(From::from)));
                let error = if has_builder {
                    quote!(|error| error.to_string())
                } else {
                    quote!(|_| "the body is not valid".to_string())
                };
                function.block = parse_quote!({
                    self.body = value.try_into()#from.map_err(#error);
                    self
                });
            }
            ("body_map", _) => document(
                &mut function.attrs,
                "Sets parts of the body: `body_map(|body| body.name(\"…\"))`, one function for each property.",
            ),
            ("send", _) => {
                *function = send(operation, has_builder, probes)?;
                sent += 1;
            }
            (_, Some(parameter)) => setter(function, parameter),
            _ => return Err(missed(&format!("the parameter of the setter `{name}`"))),
        }
    }
    Ok(sent)
}

fn setter(function: &mut syn::ImplItemFn, parameter: &Parameter) {
    document(&mut function.attrs, &parameter.doc);
    let field = &function.sig.ident;
    let message = format!("the parameter `{}` is not valid", parameter.name);
    let some = (!parameter.required).then(|| quote!(.map(Some)));
    function.block = parse_quote!({
        self.#field = value.try_into()#some.map_err(|_| #message.to_string());
        self
    });
}

/// Replaces what progenitor says of a parameter that was not set.
struct NotSet<'a>(&'a Operation);

impl VisitMut for NotSet<'_> {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        if let Some(field) = literal.value().strip_suffix(" was not initialized") {
            let parameter = self
                .0
                .parameters
                .iter()
                .find(|parameter| names::field(&parameter.field) == field);
            let message = match parameter {
                Some(parameter) => format!("the parameter `{}` is required, and was not set", parameter.name),
                None => "the body is required, and was not set".into(),
            };
            *literal = LitStr::new(&message, literal.span());
        }
    }
}

fn send(operation: &Operation, has_builder: bool, probes: &Probes) -> Result<syn::ImplItemFn, Diagnostic> {
    let constant = constant_name(operation);
    let error = answers::failures(operation);
    let mut fields = vec![format_ident!("client")];
    let mut checks = Vec::<syn::Stmt>::new();
    let mut steps = Vec::new();
    for parameter in &operation.parameters {
        let field = format_ident!("{}", names::field(&parameter.field));
        let step = format_ident!("{}", step(parameter.place));
        let name = &parameter.name;
        checks.push(parse_quote!(let #field = #field.map_err(|reason| NotSent::new(#constant.name, reason))?;));
        steps.push(quote!(.#step(#name, &#field)?));
        fields.push(field);
    }
    if let Some(body) = &operation.body {
        fields.push(format_ident!("body"));
        if has_builder && let Some(key) = body.component() {
            let name = format_ident!("{key}");
            checks.push(parse_quote! {
                let body = body
                    .and_then(|body| types::#name::try_from(body).map_err(|error| error.to_string()))
                    .map_err(|reason| NotSent::new(#constant.name, reason))?;
            });
        } else {
            checks.push(parse_quote!(let body = body.map_err(|reason| NotSent::new(#constant.name, reason))?;));
        }
        steps.push(match body {
            Content::Json { media_type, .. } if media_type == "application/json" => quote!(.json(&body)?),
            Content::Json { media_type, .. } => quote!(.json_as(#media_type, &body)?),
            Content::Bytes(media_type) => quote!(.bytes(#media_type, body)),
            Content::Form(_) => quote!(.form(&body)?),
        });
    }
    let (success, arms) = success(operation, probes)?;
    let failures = operation.failures.iter().map(|failure| {
        let statuses = statuses(failure.status);
        let variant = format_ident!("{}", failure.variant);
        let variant = quote!(types::#error::#variant);
        let arm = match &failure.content {
            None => quote!(answer.failure_without_body(#variant)),
            Some(Content::Json { .. }) => quote!(answer.failure(#variant)),
            Some(_) => quote!(answer.failure_of_bytes(#variant)),
        };
        // A success that is not documented is no failure, whatever `default` says.
        let has_all = operation.successes.is_empty()
            || operation
                .successes
                .iter()
                .any(|success| success.status == Status::Class(2));
        let undocumented =
            (failure.status == Status::Default && !has_all).then(|| quote!(200..=299 => answer.undocumented(),));
        quote!(#undocumented #statuses => #arm,)
    });
    let has_default = operation
        .failures
        .iter()
        .any(|failure| failure.status == Status::Default);
    let otherwise = (!has_default).then(|| quote!(_ => answer.undocumented(),));
    let mut send: syn::ImplItemFn = parse_quote! {
        pub async fn send(self) -> Result<Response<#success>, Error<types::#error>> {
            let Self { #(#fields),* } = self;
            #(#checks)*
            let answer = client.call(&#constant)?#(#steps)*.send().await?;
            match answer.status() {
                #(#arms)*
                #(#failures)*
                #otherwise
            }
        }
    };
    document(
        &mut send.attrs,
        &format!(
            "Sends the request and reads the answer.\n\n# Errors\n\n[`Error::Documented`] with a [`types::{error}`] for a \
             status that the document lists; otherwise one of the other kinds of [`Error`]."
        ),
    );
    Ok(send)
}

/// The function of the runtime that puts a parameter in its place.
fn step(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::PathTail => "path_tail",
        Place::Query => "query",
        Place::QueryJoined => "query_joined",
        Place::QueryDeep => "query_deep",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

/// The pattern for the statuses of a response.
fn statuses(status: Status) -> TokenStream {
    match status {
        Status::Code(code) => Literal::u16_unsuffixed(code).to_token_stream(),
        Status::Class(class) => {
            let first = Literal::u16_unsuffixed(class * 100);
            let last = Literal::u16_unsuffixed(class * 100 + 99);
            quote!(#first..=#last)
        }
        Status::Default => quote!(_),
    }
}

/// The type of an operation's success, and the arms that make it.
fn success(operation: &Operation, probes: &Probes) -> Result<(Type, Vec<TokenStream>), Diagnostic> {
    let mut arms = Vec::new();
    let several = operation.successes.len() > 1;
    let enumeration = answers::successes(operation);
    let mut kind: Type = if several {
        parse_quote!(types::#enumeration)
    } else {
        parse_quote!(())
    };
    for answer in &operation.successes {
        let statuses = statuses(answer.status);
        let variant = format_ident!("{}", answer.variant);
        let of_answer: Type = match &answer.content {
            None => parse_quote!(()),
            Some(Content::Json { probe, .. }) => probes.type_of(probe)?.clone(),
            Some(Content::Form(_) | Content::Bytes(_)) => parse_quote!(crate::Body),
        };
        let arm = match &answer.content {
            None => quote!(answer.success_without_body()),
            Some(Content::Json { .. }) => quote!(answer.success()),
            Some(Content::Form(_) | Content::Bytes(_)) => quote!(answer.success_of_bytes()),
        };
        arms.push(if several {
            let ignores_nothing = answer.content.is_none().then(|| quote!(|()|));
            let make = quote!(#ignores_nothing types::#enumeration::#variant);
            quote!(#statuses => #arm.map(|response| response.map(#make)),)
        } else {
            kind = of_answer;
            quote!(#statuses => #arm,)
        });
    }
    if arms.is_empty() {
        arms.push(quote!(200..=299 => answer.success_without_body(),));
    }
    Ok((kind, arms))
}

fn method_doc(operation: &Operation) -> String {
    let mut doc = format!("{}\n\n`{} {}`", operation.doc, operation.method, operation.path);
    let schemes = operation
        .security
        .iter()
        .map(|scheme| match scheme {
            Scheme::Bearer => "[`Bearer`](crate::Credentials::bearer)",
            Scheme::Basic => "[`Basic`](crate::Credentials::basic)",
        })
        .collect::<Vec<_>>();
    if schemes.is_empty() {
        doc.push_str(", without credentials.");
    } else {
        let _ = write!(doc, ", with {} credentials.", schemes.join(" or "));
    }
    let successes = operation
        .successes
        .iter()
        .map(|success| format!("`{}`{}", success.line, parenthesized(&success.description)));
    let successes = successes.collect::<Vec<_>>().join(" or ");
    if !successes.is_empty() {
        let _ = write!(doc, " Succeeds with {successes}.");
    }
    doc.push_str("\n\n# Errors\n");
    let error = answers::failures(operation);
    if operation.failures.is_empty() {
        doc.push_str("\nThe document lists none.");
    } else {
        let _ = write!(
            doc,
            "\nThe documented ones are a [`types::{error}`]:\n\n| status | variant | meaning |\n|---|---|---|"
        );
    }
    for failure in &operation.failures {
        let _ = write!(
            doc,
            "\n| {} | [`{variant}`](types::{error}::{variant}) | {} |",
            failure.line,
            failure.description.replace('|', "\\|").replace('\n', " "),
            variant = failure.variant,
        );
    }
    let _ = write!(doc, "\n\nFrom `{}`.", operation.pointer);
    doc
}

fn parenthesized(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}
