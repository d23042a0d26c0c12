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
    let required = inputs.iter().filter(|input| !input.is_optional);
    let required = required.flat_map(|input| input.required_setters(api));
    let (mut parameters, mut setters) = (String::new(), String::new());
    for (name, asked) in required {
        let mut ty: syn::Type = parse_quote!(#asked);
        Shorten::new(prelude, Module::Other).visit_type_mut(&mut ty);
        // The example has a client of its own.
        let parameter = if name == "client" { "its_client" } else { &name };
        let _ = write!(parameters, ", {parameter}: {}", text(&ty));
        let _ = writeln!(setters, "    .{name}({parameter})");
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
