//! The calls: the method that begins one, and its builder, which sends it through the SDK's own runtime.

use std::{collections::BTreeMap, fmt::Write as _};

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{ImplItem, Item, ItemImpl, Type, parse_quote};

use super::{
    answers, document,
    forms::Forms,
    inputs::{Input, fields, inputs},
    missed,
    probes::Probes,
    type_name,
};
use crate::{
    api::{Answer, Api, Content, Operation, Scheme, Status},
    diagnostic::Diagnostic,
    prose::{cell, code, line},
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
            #[cfg(feature = "mock")]
            pub(crate) mod mock;
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
pub(super) fn builders(
    items: Vec<Item>,
    api: &Api,
    probes: &Probes,
    forms: &Forms<'_>,
) -> Result<Vec<Item>, Diagnostic> {
    let has_scheme = api.operations.iter().any(|operation| !operation.security.is_empty());
    let scheme = has_scheme.then(|| quote!(credentials::Scheme,));
    let has_input = |operation: &Operation| !operation.parameters.is_empty() || operation.body.is_some();
    let not_sent = api.operations.iter().any(has_input).then(|| quote!(error::NotSent,));
    let mut grafted: Vec<Item> = vec![
        parse_quote! {
            use reqwest::{Method, header::HeaderValue};
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
                        "The call that [`Client::{name}`](crate::Client::{name}) begins: {}.\n\nAn example and the documented \
                         failures are with that method. From {}.",
                        code(&format!("{} {}", operation.method, operation.path)),
                        code(&operation.pointer.to_string()),
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
                implementation(&mut item, operation, &inputs(operation, api, probes)?, probes, forms)?;
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
        pub(super) static #constant: Operation = Operation {
            name: #name,
            method: Method::#method,
            path: #path,
            accept: HeaderValue::from_static(#accept),
            is_open: #is_open,
            security: &[#(#security),*],
        };
    }
}

/// Replaces the functions of a builder's `impl`.
fn implementation(
    item: &mut ItemImpl,
    operation: &Operation,
    inputs: &[Input<'_>],
    probes: &Probes,
    forms: &Forms<'_>,
) -> Result<(), Diagnostic> {
    let begins = item
        .items
        .iter()
        .any(|function| matches!(function, ImplItem::Fn(function) if function.sig.ident == "send"));
    if !begins {
        return Err(missed(&format!("the function `send` of `{}`", operation.name)));
    }
    let initial = inputs.iter().map(Input::initial);
    let mut functions: Vec<ImplItem> = vec![parse_quote! {
        pub(crate) fn new(client: &'a Client) -> Self {
            Self { client, options: None, #(#initial),* }
        }
    }];
    functions.extend(inputs.iter().flat_map(Input::setters).map(Into::into));
    functions.push(options().into());
    functions.push(send(operation, inputs, probes, forms)?.into());
    item.items = functions;
    Ok(())
}

fn options() -> syn::ImplItemFn {
    let mut function: syn::ImplItemFn = parse_quote! {
        pub fn options(mut self, change: impl std::ops::FnOnce(CallOptions) -> CallOptions) -> Self {
            let options = self.options.as_deref().unwrap_or(&self.client.inner.options);
            self.options = Some(Box::new(change(*options)));
            self
        }
    };
    document(
        &mut function.attrs,
        "Sets the limits of this call and how often it is repeated, where they differ from the client's.",
    );
    function
}

fn send(
    operation: &Operation,
    inputs: &[Input<'_>],
    probes: &Probes,
    forms: &Forms<'_>,
) -> Result<syn::ImplItemFn, Diagnostic> {
    let constant = constant_name(operation);
    let error = answers::failures(operation);
    let fields = inputs.iter().map(|input| &input.field).collect::<Vec<_>>();
    let mut checks = Vec::<syn::Stmt>::new();
    let mut steps = Vec::new();
    let mut optional_body = None;
    for input in inputs {
        let (field, build, step) = (&input.field, input.build(), input.step(forms));
        checks.push(parse_quote! {
            let #field = #field #build.map_err(|reason| NotSent::new(#constant.name, reason))?;
        });
        if input.is_left_out() {
            optional_body = Some(step);
        } else {
            steps.push(step);
        }
    }
    let (success, arms) = success(operation, probes)?;
    let failures = failures(operation);
    let begun = quote!(client.call(&#constant, options.as_deref())#(#steps)*);
    let begun = match optional_body {
        None => begun,
        Some(step) => {
            checks.push(parse_quote!(let call = #begun;));
            quote! {
                match body {
                    Some(body) => call #step,
                    None => call,
                }
            }
        }
    };
    // What is written into the call is not kept while its answer is waited for.
    let begun = if checks.is_empty() {
        begun
    } else {
        quote!({ #(#checks)* #begun })
    };
    let answer = match opened(operation) {
        None => quote!(let answer = call.send().await?;),
        Some(opened) => quote! {
            let answer = call.open().await?;
            let answer = match answer.status() { #(#opened)* };
        },
    };
    let mut send: syn::ImplItemFn = parse_quote! {
        pub async fn send(self) -> ::std::result::Result<Response<#success>, Error<types::#error>> {
            let Self { client, options, #(#fields),* } = self;
            let call = #begun;
            #answer
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
    let mut doc = format!(
        "{}\n\n{}",
        operation.doc,
        code(&format!("{} {}", operation.method, operation.path))
    );
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
        .map(|success| format!("`{}`{}", success.line, parenthesized(&line(&success.description))));
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
            cell(&failure.description),
            variant = failure.variant,
        );
    }
    let _ = write!(doc, "\n\nFrom {}.", code(&operation.pointer.to_string()));
    doc
}

fn parenthesized(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}
