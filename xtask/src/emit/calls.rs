//! `builder.rs`: what the description says of each operation, and its call, which is sent through the SDK's own runtime.

use std::collections::BTreeMap;

use heck::ToShoutySnakeCase as _;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    inputs::{Input, conversions, fields, inputs},
    multipart::Forms,
    statuses::{self, content_type},
    text::Text,
    tokens::{doc, document},
    validate::Checks,
};
use crate::{
    bridge::{Module, parsed, unexpected_output},
    input::diagnostic::Diagnostic,
    model::{
        Api, names,
        operation::{Content, Operation, Response, Status, Success},
        prose::code,
        security::{Scheme, SchemeKind},
        ty::Ty,
    },
};

/// Writes everything in `builder.rs`: for each operation the shell that progenitor makes of its call, and what it does.
///
/// # Errors
///
/// If progenitor's items are not of the expected form.
pub(super) fn write(
    text: &mut Text<'_>,
    mut shells: BTreeMap<String, TokenStream>,
    api: &Api,
    forms: &Forms<'_>,
    checks: &Checks<'_>,
) -> Result<(), Diagnostic> {
    if api.operations.is_empty() {
        return Ok(());
    }
    let has_scheme = api
        .operations
        .iter()
        .flat_map(|operation| &operation.security)
        .any(|schemes| !schemes.is_empty());
    let scheme = has_scheme.then(|| quote!(security::Scheme,));
    let all = api.operations.iter().flat_map(|operation| inputs(api, operation));
    let all = all.collect::<Vec<_>>();
    let body = all.iter().any(Input::is_object).then(|| quote!(body,));
    let into_value = all.iter().any(Input::has_into_value).then(|| quote!(IntoValue,));
    let imports: [Item; 3] = [
        parse_quote! {
            use reqwest::{Method, header::HeaderValue};
        },
        parse_quote! {
            use super::{#body types};
        },
        parse_quote! {
            use crate::{CallOptions, Client, Error, #into_value Response, call::Operation, #scheme};
        },
    ];
    text.add(imports);
    for operation in &api.operations {
        let shell = shells.remove(&names::call(&operation.name));
        let missing = || unexpected_output(&format!("the call of `{}`", operation.name)).at(&operation.pointer);
        let shell = shell.ok_or_else(missing)?;
        let shell = parsed(shell).map_err(|error| error.at(&operation.pointer))?;
        let inputs = inputs(api, operation);
        text.add([
            constant(operation).into(),
            declaration(shell, api, operation, &inputs),
            implementation(api, operation, &inputs, (forms, checks)),
        ]);
    }
    text.add(conversions(api));
    Ok(())
}

/// The name of the constant with what the description says of an operation.
pub(super) fn constant_name(operation: &Operation) -> syn::Ident {
    format_ident!("{}", operation.name.to_shouty_snake_case())
}

/// What the runtime has to know of an operation.
fn constant(operation: &Operation) -> syn::ItemStatic {
    let constant = constant_name(operation);
    let Operation { name, path, .. } = operation;
    let method = format_ident!("{}", operation.method);
    let security = operation.security.iter().map(|schemes| {
        let schemes = schemes.iter().map(scheme);
        quote!(&[#(#schemes),*])
    });
    let accept = operation.accepted().join(", ");
    parse_quote! {
        pub(super) static #constant: Operation = Operation {
            name: #name,
            method: Method::#method,
            path: #path,
            accept: HeaderValue::from_static(#accept),
            security: &[#(#security),*],
        };
    }
}

fn scheme(scheme: &Scheme) -> TokenStream {
    let (kind, text) = match &scheme.kind {
        SchemeKind::Bearer => ("Bearer", None),
        SchemeKind::AccessToken => ("AccessToken", None),
        SchemeKind::Basic => ("Basic", None),
        SchemeKind::HeaderKey(name) => ("HeaderKey", Some(name)),
        SchemeKind::QueryKey(name) => ("QueryKey", Some(name)),
        SchemeKind::CookieKey(name) => ("CookieKey", Some(name)),
        SchemeKind::MutualTls => ("MutualTls", None),
        SchemeKind::Unsupported(what) => ("Unsupported", Some(what)),
    };
    let (kind, name, text) = (format_ident!("{kind}"), &scheme.name, text.into_iter());
    quote!(Scheme::#kind(#name #(, #text)*))
}

fn declaration(mut shell: syn::ItemStruct, api: &Api, operation: &Operation, inputs: &[Input<'_>]) -> Item {
    let doc = format!(
        "The call that [`Client::{name}`](crate::Client::{name}) begins: {}.\n\nAn example and the documented failures are \
         with that method. From {}.",
        code(&format!("{} {}", operation.method, operation.path)),
        code(&operation.pointer.to_string()),
        name = operation.name
    );
    document(&mut shell.attrs, &doc);
    fields(&mut shell, api, inputs);
    shell
        .attrs
        .push(parse_quote!(#[must_use = "nothing is sent before `send` is awaited"]));
    shell.into()
}

fn implementation(
    api: &Api,
    operation: &Operation,
    inputs: &[Input<'_>],
    (forms, checks): (&Forms<'_>, &Checks<'_>),
) -> Item {
    let name = format_ident!("{}", names::call(&operation.name));
    let fields = inputs.iter().map(|input| &input.field);
    let setters = inputs.iter().flat_map(|input| input.setters(api));
    let (options, send) = (options(), send(api, operation, inputs, (forms, checks)));
    parse_quote! {
        impl #name {
            pub(crate) fn new(client: &Client) -> Self {
                Self {
                    client: client.clone(),
                    options: None,
                    #(#fields: ::std::default::Default::default()),*
                }
            }
            #(#setters)*
            #options
            #send
        }
    }
}

fn options() -> TokenStream {
    let doc = doc(
        "Sets the timeouts and limits of this call and how often it is retried, where they differ from the client's.",
    );
    quote! {
        #doc
        pub fn options(mut self, change: impl std::ops::FnOnce(CallOptions) -> CallOptions) -> Self {
            let options = self.options.as_deref().unwrap_or(&self.client.inner.options);
            self.options = Some(Box::new(change(options.clone())));
            self
        }
    }
}

fn send(
    api: &Api,
    operation: &Operation,
    inputs: &[Input<'_>],
    (forms, rules): (&Forms<'_>, &Checks<'_>),
) -> TokenStream {
    let constant = constant_name(operation);
    let error = statuses::failures(operation);
    let fields = inputs.iter().map(|input| &input.field).collect::<Vec<_>>();
    let steps = inputs.iter().filter_map(Input::step);
    let checks = inputs
        .iter()
        .filter_map(|input| input.check(api, operation, rules))
        .collect::<Vec<_>>();
    let check = (!checks.is_empty()).then(|| quote!(.check(|at_| { #(#checks)* })));
    let mut begun = quote!(client.call(&#constant, options.as_deref()) #check #(#steps)*);
    if let Some((body, step)) = inputs.iter().find_map(|input| input.body_step(api, forms)) {
        begun = quote! {
            let call = #begun;
            match #body {
                Some(body) => call #step,
                None => call,
            }
        };
    }
    // What is written into the call is not kept while its response is waited for.
    if !inputs.is_empty() {
        begun = quote!({ let Self { #(#fields,)* .. } = self; #begun });
    }
    let rest = (!inputs.is_empty()).then(|| quote!(..));
    let (success, arms) = success(api, operation);
    let failures = failures(operation);
    let response = match opened(operation) {
        None => quote!(let response = call.send().await?;),
        Some(opened) => quote! {
            let response = call.open().await?;
            let response = match response.status() { #(#opened)* };
        },
    };
    let doc = doc(&format!(
        "Sends the request and reads the response.\n\n# Errors\n\n[`Error::Api`] with a [`types::{error}`] for a status \
         that is documented; otherwise one of the other kinds of [`Error`]."
    ));
    quote! {
        #doc
        pub async fn send(self) -> ::std::result::Result<Response<#success>, Error<types::#error>> {
            let Self { client, options, #rest } = self;
            let call = #begun;
            #response
            match response.status() {
                #(#arms)*
                #(#failures)*
            }
        }
    }
}

/// The arms for all that is no documented success.
fn failures(operation: &Operation) -> Vec<TokenStream> {
    let error = statuses::failures(operation);
    let is_default = |failure: &Response| failure.status == Status::Default;
    // A success that is not documented is no failure, whatever `default` says.
    let has_all = operation
        .successes
        .iter()
        .any(|success| success.status == Status::Class(2));
    let arms = operation.failures.iter().map(|failure| {
        let statuses = statuses(failure.status);
        let variant = format_ident!("{}", failure.variant);
        let variant = quote!(types::#error::#variant);
        let arm = match &failure.content {
            None => quote!(response.failure_without_body(#variant)),
            Some(content) if is_of_times(content) => quote!(response.failure_of_times(#variant)),
            Some(content) if content.ty().is_some() => quote!(response.failure(#variant)),
            Some(_) => quote!(response.failure_of_bytes(#variant)),
        };
        let unexpected = (is_default(failure) && !has_all).then(|| quote!(200..=299 => response.unexpected_status(),));
        quote!(#unexpected #statuses => #arm,)
    });
    let rest = (!operation.failures.iter().any(is_default)).then(|| quote!(_ => response.unexpected_status(),));
    arms.chain(rest).collect()
}

/// Where a success is a stream: the arms that hand it on, or read the response into memory.
fn opened(operation: &Operation) -> Option<Vec<TokenStream>> {
    if !operation.successes.iter().any(Response::is_stream) {
        return None;
    }
    let several = operation.successes.len() > 1;
    let enumeration = statuses::successes(operation);
    let arms = operation.successes.iter().map(|success| {
        let statuses = statuses(success.status);
        let variant = format_ident!("{}", success.variant);
        let map = several.then(|| quote!(.map(|response| Response::map(response, types::#enumeration::#variant))));
        if success.is_stream() {
            quote!(#statuses => return response.stream() #map,)
        } else {
            quote!(#statuses => response.read().await?,)
        }
    });
    Some(arms.chain([quote!(_ => response.read().await?,)]).collect())
}

fn is_of_times(content: &Content) -> bool {
    content.ty().is_some_and(Ty::is_of_times)
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
fn success(api: &Api, operation: &Operation) -> (TokenStream, Vec<TokenStream>) {
    let enumeration = statuses::successes(operation);
    let ty = match operation.success() {
        Success::Undocumented => {
            let arm = quote!(200..=299 => response.success_of_bytes(),);
            return (quote!(crate::Body), vec![arm]);
        }
        Success::Single(only) => content_type(api, only, Module::Other).unwrap_or(quote!(())),
        Success::Several => quote!(types::#enumeration),
    };
    let several = matches!(operation.success(), Success::Several);
    let mut arms = Vec::new();
    for success in &operation.successes {
        let statuses = statuses(success.status);
        let arm = match &success.content {
            None => quote!(response.success_without_body()),
            Some(content) if is_of_times(content) => quote!(response.success_of_times()),
            Some(content) if content.ty().is_some() => quote!(response.success()),
            // It was handed on before, and what follows has no arm for it.
            Some(Content::Stream(_)) => continue,
            Some(_) => quote!(response.success_of_bytes()),
        };
        arms.push(if several {
            let variant = format_ident!("{}", success.variant);
            let ignores_nothing = success.content.is_none().then(|| quote!(|()|));
            let make = quote!(#ignores_nothing types::#enumeration::#variant);
            quote!(#statuses => #arm.map(|response| Response::map(response, #make)),)
        } else {
            quote!(#statuses => #arm,)
        });
    }
    (ty, arms)
}
