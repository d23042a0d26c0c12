//! An example for each operation: the call with what it requires, each of which the example is given.

use quote::ToTokens as _;
use syn::{Attribute, Expr, Fields, File, ImplItem, Item, ItemStruct, Type, visit::Visit};

use super::{document_more, probes::argument, type_name};

/// Adds them to the methods of `client`, by what is required in `builders`.
pub(super) fn add(client: &mut File, builders: &File) {
    let methods = client.items.iter_mut().filter_map(|item| match item {
        Item::Impl(item) => Some(&mut item.items),
        _ => None,
    });
    for item in methods.flatten() {
        let ImplItem::Fn(method) = item else { continue };
        let builder = match &method.sig.output {
            syn::ReturnType::Type(_, kind) => type_name(kind),
            syn::ReturnType::Default => None,
        };
        let builder = builder.and_then(|name| {
            builders.items.iter().find_map(|item| match item {
                Item::Struct(item) if item.ident == *name => Some(item),
                _ => None,
            })
        });
        if let Some(builder) = builder {
            let example = example(&method.sig.ident.to_string(), &required(builder, builders));
            insert(&mut method.attrs, &example);
        }
    }
}

/// The inputs without which a call is not sent, with their types.
fn required(builder: &ItemStruct, builders: &File) -> Vec<(String, String)> {
    let mut initial = Initial::default();
    for item in &builders.items {
        if let Item::Impl(item) = item
            && type_name(&item.self_ty) == Some(&builder.ident)
        {
            initial.visit_item_impl(item);
        }
    }
    let Fields::Named(fields) = &builder.fields else {
        return Vec::new();
    };
    let inputs = fields.named.iter().filter_map(|field| {
        let name = field.ident.as_ref()?.to_string();
        let kind = argument(&field.ty)?;
        // A body is given whole, not as its builder.
        let text = text(&kind).replace("types::builder::", "types::");
        initial.demanded.contains(&name).then_some((name, text))
    });
    inputs.collect()
}

/// The fields that begin as an error, or as a builder.
#[derive(Default)]
struct Initial {
    demanded: Vec<String>,
}

impl Visit<'_> for Initial {
    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        if function.sig.ident == "new" {
            syn::visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_field_value(&mut self, field: &syn::FieldValue) {
        let (syn::Member::Named(name), Expr::Call(call)) = (&field.member, &field.expr) else {
            return;
        };
        let is = |expected: &str| call.func.to_token_stream().to_string() == expected;
        let is_none = call.args.to_token_stream().to_string() == "None";
        if is("Err") || (is("Ok") && !is_none) {
            self.demanded.push(name.to_string());
        }
    }
}

/// A type as a person writes it.
fn text(kind: &Type) -> String {
    let spaced = kind.to_token_stream().to_string();
    let closed = [
        (" :: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("< ", "<"),
        (" ,", ","),
        ("& ", "&"),
    ];
    let text = closed.iter().fold(spaced, |text, (from, to)| text.replace(from, to));
    text.replace("crate::", "askui_workspaces::")
}

fn example(method: &str, required: &[(String, String)]) -> String {
    let parameters = required.iter().map(|(name, kind)| format!(", {name}: {kind}"));
    let parameters = parameters.collect::<String>();
    let setters = required.iter().map(|(name, _)| format!("    .{name}({name})\n"));
    let setters = setters.collect::<String>();
    format!(
        "# Examples\n\n```no_run\n# use askui_workspaces::{{Client, chrono, reqwest, types, uuid}};\n\
         # async fn example(client: Client{parameters}) -> Result<(), Box<dyn std::error::Error>> {{\n\
         let response = client\n    .{method}()\n{setters}    .send()\n    .await?;\n# Ok(())\n# }}\n```\n\n"
    )
}

/// Puts the example before what is said of errors.
fn insert(attributes: &mut Vec<Attribute>, example: &str) {
    let is_errors = |attribute: &Attribute| attribute.to_token_stream().to_string().contains("\" # Errors\"");
    // The vendor's words may have such a line as well, before ours.
    let at = attributes.iter().rposition(is_errors).unwrap_or(attributes.len());
    document_more(attributes, at, example);
}
