//! The calls: the method that begins one, and its builder, which sends it through the SDK's own runtime.

use std::fmt::Write as _;

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::Literal;
use quote::{format_ident, quote};
use syn::{ImplItem, Item, ItemImpl, parse_quote};

use super::{document, failures, missed, type_name};
use crate::{
    api::{Api, Operation, Scheme, Shape},
    diagnostic::Diagnostic,
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
pub(super) fn builders(items: Vec<Item>, api: &Api) -> Result<Vec<Item>, Diagnostic> {
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
    for item in items {
        match item {
            Item::Use(_) => {}
            Item::Struct(mut item) => {
                let operation = operation_of(&item.ident.to_string(), api)?;
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
                sent += implementation(&mut item, operation, api);
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
    let Operation { name, path, .. } = operation;
    let method = format_ident!("{}", operation.method);
    let security = operation.security.iter().map(|scheme| match scheme {
        Scheme::Bearer => quote!(Scheme::Bearer),
        Scheme::Basic => quote!(Scheme::Basic),
    });
    parse_quote! {
        static #constant: Operation = Operation {
            name: #name,
            method: Method::#method,
            path: #path,
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

/// Replaces the functions of a builder's `impl`; returns how many `send` it had.
fn implementation(item: &mut ItemImpl, operation: &Operation, api: &Api) -> usize {
    let mut sent = 0;
    for function in &mut item.items {
        let ImplItem::Fn(function) = function else { continue };
        match function.sig.ident.to_string().as_str() {
            "new" => {
                function.vis = parse_quote!(pub(crate));
                function.sig = parse_quote!(fn new(client: &'a Client) -> Self);
            }
            "body" => {
                document(
                    &mut function.attrs,
                    "Sets the whole body, from the type itself or from its builder.",
                );
                function.block = parse_quote!({
                    self.body = value.try_into().map(From::from).map_err(|error| error.to_string());
                    self
                });
            }
            "body_map" => document(
                &mut function.attrs,
                "Sets parts of the body: `body_map(|body| body.name(\"…\"))`, one function for each property.",
            ),
            "send" => {
                *function = send(operation, api);
                sent += 1;
            }
            _ => {}
        }
    }
    sent
}

fn send(operation: &Operation, api: &Api) -> syn::ImplItemFn {
    let constant = constant_name(operation);
    let error = failures::name(operation);
    let success = format_ident!("{}", operation.success.schema);
    let status = Literal::u16_unsuffixed(operation.success.status);
    let failures = operation.failures.iter().map(|failure| {
        let status = Literal::u16_unsuffixed(failure.status);
        let variant = format_ident!("{}", failure.variant);
        quote!(#status => answer.failure(types::#error::#variant),)
    });
    let (fields, body, json) = match &operation.body {
        Some(key) => {
            let name = format_ident!("{key}");
            let built = if api
                .schemas
                .get(key)
                .is_some_and(|schema| matches!(schema.shape, Shape::Object(_)))
            {
                quote! {
                    let body = body
                        .and_then(|body| types::#name::try_from(body).map_err(|error| error.to_string()))
                        .map_err(|reason| NotSent::new(#constant.name, reason))?;
                }
            } else {
                quote! {
                    let body = body.map_err(|reason| NotSent::new(#constant.name, reason))?;
                }
            };
            (quote!(client, body), built, quote!(.json(&body)?))
        }
        None => (quote!(client), quote!(), quote!()),
    };
    let mut send: syn::ImplItemFn = parse_quote! {
        pub async fn send(self) -> Result<Response<types::#success>, Error<types::#error>> {
            let Self { #fields } = self;
            #body
            let answer = client.call(&#constant)?#json.send().await?;
            match answer.status() {
                #status => answer.success(),
                #(#failures)*
                _ => answer.undocumented(),
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
    send
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
    let success = &operation.success;
    let _ = write!(
        doc,
        " Succeeds with `{}`{}.\n\n# Errors\n",
        success.status,
        parenthesized(&success.description)
    );
    let error = failures::name(operation);
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
            "\n| {} {} | [`{variant}`](types::{error}::{variant}) | {} |",
            failure.status,
            failure.reason,
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
