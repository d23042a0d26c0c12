//! `mock/fixture.rs`: a plausible value of each type that a server responds with, and failures from what they say.

use quote::format_ident;
use syn::{Item, parse_quote};

use super::{super::text::Text, values::json};
use crate::{
    analyze::{Message, message_of},
    model::{
        Api,
        operation::{Content, Operation},
        ty::TypeId,
        typedef::Field,
    },
};

/// Writes everything in `mock/fixture.rs`.
pub(in super::super) fn write_fixtures(text: &mut Text<'_>, api: &Api) {
    let mut items = Vec::<Item>::new();
    if api.types.iter().any(|def| def.fixture.is_some()) {
        items.push(parse_quote!(
            use crate::{mock, types};
        ));
    }
    let mut names = Vec::new();
    for (id, def) in api.types() {
        let Some(fixture) = &def.fixture else { continue };
        let (name, json) = (format_ident!("{}", def.name), json(fixture));
        names.push(name.clone());
        items.push(parse_quote! {
            impl types::#name {
                /// A plausible value for tests, which set the fields that they are about; there with the feature `mock`.
                pub fn fixture() -> Self {
                    mock::fixture(#json)
                }
            }
        });
        if let Some(field) = only_text(api, id) {
            let field = format_ident!("{}", field.ident);
            items.push(parse_quote! {
                impl ::std::convert::From<&str> for types::#name {
                    fn from(text: &str) -> Self {
                        text.to_owned().into()
                    }
                }
            });
            items.push(parse_quote! {
                impl ::std::convert::From<::std::string::String> for types::#name {
                    fn from(text: ::std::string::String) -> Self {
                        let mut failure = Self::fixture();
                        failure.#field = text;
                        failure
                    }
                }
            });
        }
    }
    items.push(parse_quote! {
        #[cfg(test)]
        #[test]
        fn every_fixture_is_written_and_read() {
            #(mock::assert_fixture(&types::#names::fixture());)*
        }
    });
    text.add(items);
}

/// What a failure says, if it asks for nothing else.
fn only_text(api: &Api, id: TypeId) -> Option<&Field> {
    let is_failure = |operation: &Operation| {
        let mut failures = operation.failures.iter();
        failures.any(|failure| failure.content.as_ref().and_then(Content::named) == Some(id))
    };
    let mut required = api.fields(id)?.iter().filter(|field| field.required);
    let only = required.next()?;
    let says = message_of(api, only) == Message::Text && !only.ty.is_nullable() && required.next().is_none();
    (says && api.operations.iter().any(is_failure)).then_some(only)
}
