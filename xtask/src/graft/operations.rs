//! The calls: the method that begins one, and its builder, which sends it through the SDK's own runtime.

use std::{collections::BTreeMap, fmt::Write as _};

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{ImplItem, Item, ItemImpl, Type, parse_quote};

use super::{
    answers, document, literally, missed,
    probes::{Probes, argument},
    type_name,
};
use crate::{
    api::{Answer, Api, Body, Content, Operation, Parameter, Place, Schema, Scheme, Shape, Status},
    diagnostic::Diagnostic,
};

/// `mod.rs`: the submodules, the server, and the methods of `Client`.
pub(super) fn client(mut methods: ItemImpl, api: &Api) -> Result<Vec<Item>, Diagnostic> {
    let mut by_name = api
        .operations
        .iter()
        .map(|operation| (operation.name.clone(), operation))
        .collect::<BTreeMap<_, _>>();
    methods.items.retain_mut(|item| {
        let ImplItem::Fn(method) = item else { return false };
        let Some(operation) = by_name.remove(&method.sig.ident.to_string()) else {
            return false;
        };
        document(&mut method.attrs, &method_doc(operation));
        if operation.deprecated {
            method.attrs.push(parse_quote!(#[deprecated]));
        }
        true
    });
    if let Some(name) = by_name.keys().next() {
        return Err(missed(&format!("the method `{name}`")));
    }
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
    let has_scheme = api.operations.iter().any(|operation| !operation.security.is_empty());
    let scheme = has_scheme.then(|| quote!(credentials::Scheme,));
    let has_input = |operation: &Operation| !operation.parameters.is_empty() || operation.body.is_some();
    let not_sent = api.operations.iter().any(has_input).then(|| quote!(error::NotSent,));
    let mut grafted: Vec<Item> = vec![
        parse_quote! {
            use reqwest::Method;
        },
        parse_quote! {
            use super::types;
        },
        parse_quote! {
            use crate::{CallOptions, Client, Error, Response, call::Operation, #scheme #not_sent};
        },
    ];
    let by_builder = api
        .operations
        .iter()
        .map(|operation| (operation.name.to_upper_camel_case(), operation));
    let by_builder = by_builder.collect::<BTreeMap<_, _>>();
    let operation_of = |builder: &str| {
        let found = by_builder.get(builder).copied();
        found.ok_or_else(|| missed(&format!("the operation of the builder `{builder}`")))
    };
    let mut made = 0;
    for item in items {
        match item {
            Item::Use(_) => {}
            Item::Struct(mut item) => {
                let operation = operation_of(&item.ident.to_string())?;
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
                fields(&mut item, &inputs(operation, api, probes)?);
                item.attrs
                    .push(parse_quote!(#[must_use = "nothing is sent before `send` is awaited"]));
                grafted.push(item.into());
            }
            Item::Impl(mut item) => {
                let name = type_name(&item.self_ty).map(ToString::to_string).unwrap_or_default();
                let operation = operation_of(&name)?;
                implementation(&mut item, operation, &inputs(operation, api, probes)?, api, probes)?;
                made += 1;
                grafted.push(item.into());
            }
            _ => return Err(missed("a form that is known, of an item of the module `builder`,")),
        }
    }
    if made != api.operations.len() {
        return Err(missed("the builder of an operation"));
    }
    Ok(grafted)
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
    let mut accepted = Vec::new();
    for media_type in operation
        .successes
        .iter()
        .filter_map(|success| success.content.as_ref()?.media_type())
    {
        if !accepted.contains(&media_type) {
            accepted.push(media_type);
        }
    }
    let accept = if accepted.is_empty() {
        "application/json".into()
    } else {
        accepted.join(", ")
    };
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

/// What the caller sets, with its type and what it is before it is set.
struct Input<'a> {
    field: syn::Ident,
    kind: Type,
    initial: syn::Expr,
    of: Of<'a>,
}

enum Of<'a> {
    Parameter(&'a Parameter),
    Body {
        required: bool,
        content: &'a Content,
        builder: Option<syn::Ident>,
    },
}

/// What the caller of an operation sets.
fn inputs<'a>(operation: &'a Operation, api: &Api, probes: &Probes) -> Result<Vec<Input<'a>>, Diagnostic> {
    let mut inputs = Vec::new();
    for parameter in &operation.parameters {
        let kind = probes.type_of(&parameter.probe)?.clone();
        // One that may be null is one that may be left out: null is written as nothing.
        let inner = if is_option(&kind) { argument(&kind) } else { None };
        let is_optional = !parameter.required || inner.is_some();
        let kind = inner.unwrap_or(kind);
        let message = format!("the parameter `{}` is required, and was not set", parameter.name);
        let (kind, initial): (Type, syn::Expr) = if is_optional {
            (parse_quote!(::std::option::Option<#kind>), parse_quote!(Ok(None)))
        } else {
            (kind, parse_quote!(Err(#message.to_string())))
        };
        inputs.push(Input {
            field: format_ident!("{}", parameter.field),
            kind,
            initial,
            of: Of::Parameter(parameter),
        });
    }
    if let Some(Body { required, content }) = &operation.body {
        let is_object = |key: &&str| {
            matches!(
                api.schemas.get(*key),
                Some(Schema {
                    shape: Shape::Object(_),
                    ..
                })
            )
        };
        let builder = content.component().filter(is_object).map(|key| format_ident!("{key}"));
        let kind = match (&builder, content.schema()) {
            (Some(name), _) => parse_quote!(types::builder::#name),
            (None, Some(schema)) => probes.type_of(&schema.probe)?.clone(),
            (None, None) => parse_quote!(reqwest::Body),
        };
        let (kind, initial): (Type, syn::Expr) = match (required, &builder) {
            (false, _) => (parse_quote!(::std::option::Option<#kind>), parse_quote!(Ok(None))),
            (true, Some(_)) => (kind, parse_quote!(Ok(Default::default()))),
            (true, None) => (
                kind,
                parse_quote!(Err("the body is required, and was not set".to_string())),
            ),
        };
        inputs.push(Input {
            field: format_ident!("body"),
            kind,
            initial,
            of: Of::Body {
                required: *required,
                content,
                builder,
            },
        });
    }
    Ok(inputs)
}

fn is_option(kind: &Type) -> bool {
    type_name(kind).is_some_and(|name| name == "Option")
}

/// Gives the builder a field for each input.
fn fields(item: &mut syn::ItemStruct, inputs: &[Input<'_>]) {
    let inputs = inputs
        .iter()
        .map(|Input { field, kind, .. }| quote!(#field: ::std::result::Result<#kind, ::std::string::String>));
    item.fields = syn::Fields::Named(parse_quote!({ client: &'a Client, options: CallOptions, #(#inputs),* }));
    // A body of bytes may be a stream, which is sent once.
    let is_bytes = |field: &syn::Field| field.ty.to_token_stream().to_string().contains("reqwest :: Body");
    if item.fields.iter().any(is_bytes) {
        item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
        item.attrs.push(parse_quote!(#[derive(Debug)]));
    }
}

/// Replaces the functions of a builder's `impl`.
fn implementation(
    item: &mut ItemImpl,
    operation: &Operation,
    inputs: &[Input<'_>],
    api: &Api,
    probes: &Probes,
) -> Result<(), Diagnostic> {
    let begins = item
        .items
        .iter()
        .any(|function| matches!(function, ImplItem::Fn(function) if function.sig.ident == "send"));
    if !begins {
        return Err(missed(&format!("the function `send` of `{}`", operation.name)));
    }
    let initial = inputs
        .iter()
        .map(|Input { field, initial, .. }| quote!(#field: #initial));
    let mut functions: Vec<ImplItem> = vec![parse_quote! {
        pub(crate) fn new(client: &'a Client) -> Self {
            Self { client, options: client.inner.options, #(#initial),* }
        }
    }];
    for input in inputs {
        match &input.of {
            Of::Parameter(parameter) => functions.push(setter(input, parameter).into()),
            Of::Body { required, builder, .. } => {
                functions.extend(
                    body_setters(input, *required, builder.as_ref())
                        .into_iter()
                        .map(Into::into),
                );
            }
        }
    }
    functions.push(options().into());
    functions.push(send(operation, inputs, api, probes)?.into());
    item.items = functions;
    Ok(())
}

fn setter(input: &Input<'_>, parameter: &Parameter) -> syn::ImplItemFn {
    let Input { field, kind, .. } = input;
    let inner = if is_option(kind) { argument(kind) } else { None };
    let some = inner.is_some().then(|| quote!(.map(Some)));
    let kind = inner.as_ref().unwrap_or(kind);
    let message = format!("the parameter `{}`: {{error}}", literally(&parameter.name));
    let mut function: syn::ImplItemFn = parse_quote! {
        pub fn #field<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<#kind>,
            V::Error: std::fmt::Display,
        {
            self.#field = value.try_into()#some.map_err(|error| format!(#message));
            self
        }
    };
    document(&mut function.attrs, &parameter.doc);
    function
}

fn body_setters(input: &Input<'_>, required: bool, builder: Option<&syn::Ident>) -> Vec<syn::ImplItemFn> {
    let Input { field, kind, .. } = input;
    let inner = if required { None } else { argument(kind) };
    let kind = inner.as_ref().unwrap_or(kind);
    let some = (!required).then(|| quote!(.map(Some)));
    let Some(name) = builder else {
        let mut function: syn::ImplItemFn = parse_quote! {
            pub fn #field<V>(mut self, value: V) -> Self
            where
                V: std::convert::TryInto<#kind>,
                V::Error: std::fmt::Display,
            {
                self.#field = value.try_into()#some.map_err(|error| error.to_string());
                self
            }
        };
        document(&mut function.attrs, "Sets the body.");
        return vec![function];
    };
    let mut whole: syn::ImplItemFn = parse_quote! {
        pub fn #field<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::#name>,
            V::Error: std::fmt::Display,
        {
            self.#field = value.try_into().map(From::from)#some.map_err(|error| error.to_string());
            self
        }
    };
    document(
        &mut whole.attrs,
        "Sets the whole body, from the type itself or from its builder.",
    );
    let mapped = if required {
        quote!(f)
    } else {
        quote!(|body| Some(f(body.unwrap_or_default())))
    };
    let mut parts: syn::ImplItemFn = parse_quote! {
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(#kind) -> #kind,
        {
            self.#field = self.#field.map(#mapped);
            self
        }
    };
    document(
        &mut parts.attrs,
        "Sets parts of the body: `body_map(|body| body.name(\"…\"))`, one function for each property.",
    );
    vec![whole, parts]
}

fn options() -> syn::ImplItemFn {
    let mut function: syn::ImplItemFn = parse_quote! {
        pub fn options(mut self, change: impl std::ops::FnOnce(CallOptions) -> CallOptions) -> Self {
            self.options = change(self.options);
            self
        }
    };
    document(
        &mut function.attrs,
        "Sets the limits of this call and how often it is repeated, where they differ from the client's.",
    );
    function
}

/// The step that gives the call its body.
fn body_step(content: &Content, value: &TokenStream, builder: Option<&syn::Ident>, api: &Api) -> TokenStream {
    match content {
        Content::Json { media_type, .. } if media_type == "application/json" => quote!(.json(#value)?),
        Content::Json { media_type, .. } => quote!(.json_as(#media_type, #value)?),
        Content::Bytes(media_type) | Content::Stream(media_type) => quote!(.bytes(#media_type, body)),
        Content::Form { is_deep: false, .. } => quote!(.form(#value)?),
        Content::Form { is_deep: true, .. } => quote!(.form_deep(#value)?),
        Content::Multipart(_) => {
            let schema = builder.and_then(|key| api.schemas.get(&key.to_string()));
            let parts = if let Some(Shape::Object(properties)) = schema.map(|schema| &schema.shape) {
                let parts = properties.iter().map(|property| {
                    let (name, field) = (&property.name, format_ident!("{}", property.field));
                    if property.is_upload {
                        quote!(.files(#name, &body.#field))
                    } else {
                        quote!(.field(#name, &body.#field))
                    }
                });
                parts.collect()
            } else {
                quote!(.fields(#value))
            };
            quote!(.multipart(crate::upload::Form::new()#parts))
        }
    }
}

fn send(
    operation: &Operation,
    inputs: &[Input<'_>],
    api: &Api,
    probes: &Probes,
) -> Result<syn::ImplItemFn, Diagnostic> {
    let constant = constant_name(operation);
    let error = answers::failures(operation);
    let fields = inputs.iter().map(|input| &input.field).collect::<Vec<_>>();
    let mut checks = Vec::<syn::Stmt>::new();
    let mut steps = Vec::new();
    let mut optional_body = None;
    for Input { field, of, .. } in inputs {
        let not_sent = quote!(.map_err(|reason| NotSent::new(#constant.name, reason))?);
        match of {
            Of::Parameter(parameter) => {
                let step = format_ident!("{}", step(parameter.place));
                let name = &parameter.name;
                checks.push(parse_quote!(let #field = #field #not_sent;));
                steps.push(quote!(.#step(#name, &#field)?));
            }
            Of::Body {
                required,
                content,
                builder,
            } => {
                let build = builder.as_ref().map(|name| {
                    if *required {
                        quote!(.and_then(|body| types::#name::try_from(body).map_err(|error| error.to_string())))
                    } else {
                        quote!(.and_then(|body| {
                            body.map(types::#name::try_from).transpose().map_err(|error| error.to_string())
                        }))
                    }
                });
                checks.push(parse_quote!(let body = body #build #not_sent;));
                if *required {
                    steps.push(body_step(content, &quote!(&body), builder.as_ref(), api));
                } else {
                    optional_body = Some(body_step(content, &quote!(&body), builder.as_ref(), api));
                }
            }
        }
    }
    let (success, arms) = success(operation, probes)?;
    let failures = failures(operation);
    let begun = quote!(client.call(&#constant, options)#(#steps)*);
    let begun = match optional_body {
        None => begun,
        Some(step) => {
            checks.push(parse_quote!(let call = #begun;));
            checks.push(parse_quote! {
                let call = match body {
                    Some(body) => call #step,
                    None => call,
                };
            });
            quote!(call)
        }
    };
    match opened(operation) {
        None => checks.push(parse_quote!(let answer = #begun.send().await?;)),
        Some(opened) => {
            checks.push(parse_quote!(let answer = #begun.open().await?;));
            checks.push(parse_quote!(let answer = match answer.status() { #(#opened)* };));
        }
    }
    let mut send: syn::ImplItemFn = parse_quote! {
        pub async fn send(self) -> ::std::result::Result<Response<#success>, Error<types::#error>> {
            let Self { client, options, #(#fields),* } = self;
            #(#checks)*
            match answer.status() {
                #(#arms)*
                #(#failures)*
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

/// The arms for all that is no documented success.
fn failures(operation: &Operation) -> Vec<TokenStream> {
    let error = answers::failures(operation);
    let mut arms = operation
        .failures
        .iter()
        .map(|failure| {
            let statuses = statuses(failure.status);
            let variant = format_ident!("{}", failure.variant);
            let variant = quote!(types::#error::#variant);
            let arm = match &failure.content {
                None => quote!(answer.failure_without_body(#variant)),
                Some(content) if content.schema().is_some() => quote!(answer.failure(#variant)),
                Some(_) => quote!(answer.failure_of_bytes(#variant)),
            };
            // A success that is not documented is no failure, whatever `default` says.
            let has_all = operation
                .successes
                .iter()
                .any(|success| success.status == Status::Class(2));
            let undocumented =
                (failure.status == Status::Default && !has_all).then(|| quote!(200..=299 => answer.undocumented(),));
            quote!(#undocumented #statuses => #arm,)
        })
        .collect::<Vec<_>>();
    let has_default = operation
        .failures
        .iter()
        .any(|failure| failure.status == Status::Default);
    if !has_default {
        arms.push(quote!(_ => answer.undocumented(),));
    }
    arms
}

/// Where a success is a stream: the arms that hand it on, or read the answer whole.
fn opened(operation: &Operation) -> Option<Vec<TokenStream>> {
    let is_stream = |answer: &Answer| matches!(answer.content, Some(Content::Stream(_)));
    if !operation.successes.iter().any(is_stream) {
        return None;
    }
    let several = operation.successes.len() > 1;
    let enumeration = answers::successes(operation);
    let mut arms = operation
        .successes
        .iter()
        .map(|success| {
            let statuses = statuses(success.status);
            let variant = format_ident!("{}", success.variant);
            let map = several.then(|| quote!(.map(|response| Response::map(response, types::#enumeration::#variant))));
            if is_stream(success) {
                quote!(#statuses => return answer.stream() #map,)
            } else {
                quote!(#statuses => answer.read().await?,)
            }
        })
        .collect::<Vec<_>>();
    arms.push(quote!(_ => answer.read().await?,));
    Some(arms)
}

/// The function of the runtime that puts a parameter in its place.
fn step(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::PathTail => "path_tail",
        Place::PathLabel => "path_label",
        Place::PathMatrix => "path_matrix",
        Place::Query => "query",
        Place::QueryJoined => "query_joined",
        Place::QuerySpaced => "query_spaced",
        Place::QueryPiped => "query_piped",
        Place::QueryDeep => "query_deep",
        Place::QueryJson => "query_json",
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
        let of_answer = answers::type_of(answer, probes)?;
        let arm = match &answer.content {
            None => quote!(answer.success_without_body()),
            Some(content) if content.schema().is_some() => quote!(answer.success()),
            Some(Content::Stream(_)) => {
                // It was handed on before, and what follows has no arm for it.
                if !several {
                    kind = of_answer.unwrap_or(kind);
                }
                continue;
            }
            Some(_) => quote!(answer.success_of_bytes()),
        };
        arms.push(if several {
            let ignores_nothing = answer.content.is_none().then(|| quote!(|()|));
            let make = quote!(#ignores_nothing types::#enumeration::#variant);
            quote!(#statuses => #arm.map(|response| Response::map(response, #make)),)
        } else {
            kind = of_answer.unwrap_or(kind);
            quote!(#statuses => #arm,)
        });
    }
    // A success of which nothing is documented is kept as it came.
    if operation.successes.is_empty() {
        kind = parse_quote!(crate::Body);
        arms.push(quote!(200..=299 => answer.success_of_bytes(),));
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
