//! What checks a rule, for a value of the type that it says something of.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::limits::numeric;
use crate::model::{
    rules::{Pattern, Rule},
    ty::Ty,
    typedef::Field,
};

/// How many properties are set.
pub(super) fn count(
    fields: &[Field],
    is_set: impl Fn(&Field) -> Option<TokenStream>,
    others: Option<&TokenStream>,
) -> TokenStream {
    let set = flags(fields, is_set);
    match others {
        Some(others) => quote!(#set + #others.len()),
        None => set,
    }
}

pub(super) fn flags(fields: &[Field], is_set: impl Fn(&Field) -> Option<TokenStream>) -> TokenStream {
    let flags = fields.iter().filter_map(is_set).collect::<Vec<_>>();
    let always = fields.len() - flags.len();
    if flags.is_empty() {
        return quote!(#always);
    }
    quote!(#always + [#(#flags),*].into_iter().filter(|is_set| *is_set).count())
}

fn size(count: u64) -> TokenStream {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let count = proc_macro2::Literal::usize_unsuffixed(count);
    quote!(#count)
}

pub(super) fn text(rule: &Rule, value: &TokenStream) -> Option<TokenStream> {
    Some(match rule {
        Rule::MinLength(count) => {
            let count = size(*count);
            quote!(at.min_length(#value, #count);)
        }
        Rule::MaxLength(count) => {
            let count = size(*count);
            quote!(at.max_length(#value, #count);)
        }
        Rule::Pattern(Pattern { text, is_unicode }) => {
            let flags = if *is_unicode { "u" } else { "" };
            quote! {{
                static PATTERN: crate::generated::validate::Pattern = crate::generated::validate::Pattern::new(#text, #flags);
                at.pattern(#value, &PATTERN);
            }}
        }
        _ => return None,
    })
}

pub(super) fn list(rule: &Rule, value: &TokenStream) -> Option<TokenStream> {
    Some(match rule {
        Rule::MinItems(count) => {
            let count = size(*count);
            quote!(at.min_items(#value, #count);)
        }
        Rule::MaxItems(count) => {
            let count = size(*count);
            quote!(at.max_items(#value, #count);)
        }
        Rule::UniqueItems => quote!(at.unique_items(#value);),
        _ => return None,
    })
}

/// What checks a list of so many items, each of a type of its own: their number is that of the type.
pub(super) fn tuple(rules: &[Rule], len: usize, value: &TokenStream) -> TokenStream {
    if !rules.contains(&Rule::UniqueItems) {
        return TokenStream::new();
    }
    let items = (0..len).map(|position| {
        let index = syn::Index::from(position);
        quote!(::serde_json::to_value(&#value.#index).ok())
    });
    quote!(at.unique_items(&[#(#items),*]);)
}

/// What checks an object with that many properties, and these besides the ones that have names of their own.
pub(super) fn object(rules: &[Rule], count: &TokenStream, others: Option<&TokenStream>) -> TokenStream {
    let checks = rules.iter().filter_map(|rule| {
        Some(match rule {
            Rule::MinProperties(limit) => {
                let limit = size(*limit);
                quote!(at.min_properties(#count, #limit);)
            }
            Rule::MaxProperties(limit) => {
                let limit = size(*limit);
                quote!(at.max_properties(#count, #limit);)
            }
            Rule::PropertyNames(rules) => {
                let others = others?;
                let checks = rules.iter().filter_map(|rule| text(rule, &quote!(name)));
                quote!(at.names(#others.keys().map(|name| name.as_str()), |at, name| { #(#checks)* });)
            }
            _ => return None,
        })
    });
    checks.collect()
}

/// What checks any JSON: each rule says something of values of one type alone.
pub(super) fn any(rules: &[Rule], value: &TokenStream) -> TokenStream {
    let texts = rules.iter().filter_map(|rule| text(rule, &quote!(value)));
    let numbers = rules.iter().filter_map(|rule| numeric(rule, &Ty::Any, &quote!(value)));
    let lists = rules.iter().filter_map(|rule| list(rule, &quote!(value)));
    let objects = object(rules, &quote!(value.len()), Some(&quote!(value)));
    let arms = [
        ("String", texts.collect()),
        ("Number", numbers.collect()),
        ("Array", lists.collect()),
        ("Object", objects),
    ];
    let arms = arms
        .into_iter()
        .filter(|(_, checks): &(_, TokenStream)| !checks.is_empty());
    let arms = arms.map(|(kind, checks)| {
        let kind = format_ident!("{kind}");
        quote!(::serde_json::Value::#kind(value) => { #checks })
    });
    quote!(match #value { #(#arms)* _ => {} })
}
