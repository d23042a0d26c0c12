//! An example for each operation: the call with what it requires, each of which the example is given.

use std::fmt::Write as _;

use quote::ToTokens as _;
use syn::{parse_quote, visit_mut::VisitMut as _};

use super::{
    inputs::inputs,
    paths::{Prelude, Shorten},
};
use crate::{
    bridge::Module,
    model::{Api, operation::Operation},
};

/// The example, with its heading.
pub(super) fn example(api: &Api, prelude: &Prelude, operation: &Operation) -> String {
    let inputs = inputs(api, operation);
    let required = inputs.into_iter().filter(|input| !input.is_optional);
    let (mut parameters, mut setters) = (String::new(), String::new());
    for input in required {
        let (name, given) = (&input.field, &input.given);
        let mut ty: syn::Type = parse_quote!(#given);
        Shorten::new(prelude, Module::Other).visit_type_mut(&mut ty);
        let _ = write!(parameters, ", {name}: {}", text(&ty));
        let _ = writeln!(setters, "    .{name}({name})");
    }
    let method = &operation.name;
    format!(
        "# Examples\n\n```no_run\n# use askui_workspaces::{{Client, chrono, reqwest, types, uuid}};\n\
         # async fn example(client: Client{parameters}) -> Result<(), Box<dyn std::error::Error>> {{\n\
         let response = client\n    .{method}()\n{setters}    .send()\n    .await?;\n# Ok(())\n# }}\n```\n\n"
    )
}

/// A type as a person writes it.
fn text(ty: &syn::Type) -> String {
    let spaced = ty.to_token_stream().to_string();
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
