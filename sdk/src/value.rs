//! What the setters of a call take.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use crate::{Null, Secret, Upload};

/// What a setter of a call takes for a value of the type `T`.
///
/// | where a setter asks for | it takes |
/// |---|---|
/// | `String`, [`Secret`] | `&str`, `String`, `&String`, `Cow<str>`, `Box<str>` |
/// | a number, `bool`, [`Uuid`], [`NaiveDate`] | just that; for an `f64` also an `i32` or `f32` |
/// | `DateTime<Utc>` | a `DateTime` of any time zone |
/// | a type of [`types`](crate::types) | what has `Into` of it |
/// | `Vec<T>` | a `Vec`, an array or a slice of what it takes for `T` |
/// | `HashMap<String, T>` | a `HashMap`, a `BTreeMap`, or a `Vec` or an array of pairs |
/// | [`Value`] | JSON, and what has one form in JSON: a text, a number, `bool`, [`Null`] |
/// | [`Upload`] | what has `Into` of it: a `Vec<u8>`, a `&Path`, a `PathBuf` |
/// | `Option<T>`: it may be absent | what it takes for `T`, or an `Option` of it, of which `None` leaves it out |
/// | `Option<Option<T>>`: it may be absent or null | the same, and [`Null`], which sends null; so does `Some(None)` |
///
/// A property that may be null but not absent takes the same; `None` is null there.
///
/// An empty value does not say what it is empty of, so name the type: `None::<String>`, `Vec::<String>::new()`.
///
/// # Examples
///
/// ```no_run
/// # use askui_workspaces::{Client, Null, chrono::{DateTime, FixedOffset, Utc}};
/// # fn example(client: Client, in_berlin: DateTime<FixedOffset>, if_any: Option<DateTime<Utc>>) {
/// let call = || client.create_access_token().name("ci");
/// let until_then = call().expires_at(in_berlin);
/// let until_then_if_any = call().expires_at(if_any); // `None` leaves it out
/// let null = call().expires_at(Null);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "this setter takes `{T}`, into which `{Self}` does not convert",
    label = "does not convert into `{T}`",
    note = "the documentation of `IntoValue` lists what each setter takes"
)]
pub trait IntoValue<T> {
    /// The value.
    fn into_value(self) -> T;
}

/// What is not an `Option`.
pub trait Plain {}

/// Implements [`IntoValue`] for what converts, also where the value may be absent, and where it may be null.
macro_rules! into_value {
    ($([$($generics:tt)*] $source:ty => $target:ty, |$value:ident| $converted:expr;)*) => {$(
        impl<$($generics)*> $crate::IntoValue<$target> for $source {
            fn into_value(self) -> $target {
                let $value = self;
                $converted
            }
        }

        impl<$($generics)*> $crate::IntoValue<::std::option::Option<$target>> for $source {
            fn into_value(self) -> ::std::option::Option<$target> {
                ::std::option::Option::Some($crate::IntoValue::<$target>::into_value(self))
            }
        }

        impl<$($generics)*> $crate::IntoValue<::std::option::Option<::std::option::Option<$target>>> for $source {
            fn into_value(self) -> ::std::option::Option<::std::option::Option<$target>> {
                ::std::option::Option::Some(::std::option::Option::Some($crate::IntoValue::<$target>::into_value(self)))
            }
        }
    )*};
}

/// Says of types that none of them is an `Option`. In a macro, because Rust has to see of each that no `Option` converts into it.
macro_rules! plain {
    ($([$($generics:tt)*] $plain:ty;)*) => {$(
        impl<$($generics)*> $crate::value::Plain for $plain {}

        /// `None` leaves it out, `Some(None)` is null: what the field of a type holds.
        impl<V: $crate::IntoValue<$plain>, $($generics)*>
            $crate::IntoValue<::std::option::Option<::std::option::Option<$plain>>>
            for ::std::option::Option<::std::option::Option<V>>
        {
            fn into_value(self) -> ::std::option::Option<::std::option::Option<$plain>> {
                self.map(|value| value.map($crate::IntoValue::into_value))
            }
        }
    )*};
}

/// Implements [`IntoValue`] for the types of the API that setters ask for: for what has `Into` of one; where one is another name
/// for a type (`Name of Type`), for what is taken for that; or for it alone (`only Name`).
#[allow(
    unused_macros,
    reason = "whether a setter asks for a type depends on the API's description"
)]
macro_rules! types {
    ($($of:tt { $($types:tt)* })*) => {$($crate::value::types!(@$of $($types)*);)*};
    (@into $($name:ident),*) => {$(
        $crate::value::plain! { [] $crate::types::$name; }
        $crate::value::into_value! {
            [V: ::std::convert::Into<$crate::types::$name>] V => $crate::types::$name, |value| value.into();
        }
    )*};
    (@alias $($name:ident($target:ty)),*) => {$(
        $crate::value::plain! { [] $crate::types::$name; }
        $crate::value::into_value! {
            [] $crate::types::$name => $crate::types::$name, |value| value;
            [V: $crate::IntoValue<$target>] V => $crate::types::$name, |value| $crate::types::$name(value.into_value());
        }
    )*};
    (@only $($name:ident),*) => {$(
        $crate::value::plain! { [] $crate::types::$name; }
        $crate::value::into_value! {
            [] $crate::types::$name => $crate::types::$name, |value| value;
        }
    )*};
}

#[allow(
    unused_imports,
    reason = "whether a setter asks for a type depends on the API's description"
)]
pub(crate) use {into_value, plain, types};

into_value! {
    [] String => String, |text| text;
    [] &str => String, |text| text.to_owned();
    [] &String => String, |text| text.clone();
    [] Cow<'_, str> => String, |text| text.into_owned();
    [] Box<str> => String, |text| text.into();

    [] Secret => Secret, |secret| secret;
    [] String => Secret, |text| text.into();
    [] &str => Secret, |text| text.into();
    [] &String => Secret, |text| text.as_str().into();
    [] Cow<'_, str> => Secret, |text| text.into_owned().into();
    [] Box<str> => Secret, |text| text.into_string().into();

    [] bool => bool, |value| value;
    [] i32 => i32, |number| number;
    [] i64 => i64, |number| number;
    [] u32 => u32, |number| number;
    [] u64 => u64, |number| number;
    [] f64 => f64, |number| number;
    [] f32 => f64, |number| number.into();
    [] i32 => f64, |number| number.into();
    [] Number => Number, |number| number;
    [] i64 => Number, |number| number.into();
    [] Uuid => Uuid, |id| id;
    [] NaiveDate => NaiveDate, |day| day;
    [Z: TimeZone] DateTime<Z> => DateTime<Utc>, |time| time.to_utc();
    [V: Into<Upload>] V => Upload, |file| file.into();

    [T, V: IntoValue<T>] Vec<V> => Vec<T>, |items| items.into_iter().map(IntoValue::into_value).collect();
    [T, V: IntoValue<T>, const N: usize] [V; N] => Vec<T>, |items| items.map(IntoValue::into_value).into();
    [T, V: IntoValue<T> + Clone] &[V] => Vec<T>, |items| items.iter().cloned().map(IntoValue::into_value).collect();

    [T, K: Into<String>, V: IntoValue<T>, S: BuildHasher] HashMap<K, V, S> => HashMap<String, T>, |map| pairs(map);
    [T, K: Into<String>, V: IntoValue<T>] BTreeMap<K, V> => HashMap<String, T>, |map| pairs(map);
    [T, K: Into<String>, V: IntoValue<T>] Vec<(K, V)> => HashMap<String, T>, |map| pairs(map);
    [T, K: Into<String>, V: IntoValue<T>, const N: usize] [(K, V); N] => HashMap<String, T>, |map| pairs(map);

    [] Map<String, Value> => Map<String, Value>, |map| map;
    [K: Into<String>, V: IntoValue<Value>] Vec<(K, V)> => Map<String, Value>, |map| pairs(map);
    [K: Into<String>, V: IntoValue<Value>, const N: usize] [(K, V); N] => Map<String, Value>, |map| pairs(map);

    [] Value => Value, |value| value;
    [] String => Value, |text| text.into();
    [] &str => Value, |text| text.into();
    [] bool => Value, |value| value.into();
    [] i64 => Value, |number| number.into();
    [] f64 => Value, |number| number.into();
    [] Map<String, Value> => Value, |map| map.into();
}

fn pairs<T, K: Into<String>, V: IntoValue<T>, M: FromIterator<(String, T)>>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> M {
    let pairs = pairs.into_iter();
    pairs.map(|(name, value)| (name.into(), value.into_value())).collect()
}

plain! {
    [] String;
    [] Secret;
    [] bool;
    [] i32;
    [] i64;
    [] u32;
    [] u64;
    [] f64;
    [] Number;
    [] Uuid;
    [] NaiveDate;
    [] DateTime<Utc>;
    [] Upload;
    [] Value;
    [] Map<String, Value>;
    [T] Vec<T>;
    [T] HashMap<String, T>;
}

impl Plain for Null {}

impl<T: Plain, V: IntoValue<T>> IntoValue<Option<T>> for Option<V> {
    fn into_value(self) -> Option<T> {
        self.map(IntoValue::into_value)
    }
}

/// `None` leaves it out: an application that has no value does not clear the one that the server has.
impl<T: Plain, V: IntoValue<T>> IntoValue<Option<Option<T>>> for Option<V> {
    fn into_value(self) -> Option<Option<T>> {
        self.map(|value| Some(value.into_value()))
    }
}

impl<T: Plain> IntoValue<Option<Option<T>>> for Null {
    fn into_value(self) -> Option<Option<T>> {
        Some(None)
    }
}

impl IntoValue<Null> for Null {
    fn into_value(self) -> Null {
        self
    }
}

impl IntoValue<Option<Null>> for Null {
    fn into_value(self) -> Option<Null> {
        Some(self)
    }
}

impl IntoValue<Value> for Null {
    fn into_value(self) -> Value {
        Value::Null
    }
}

impl IntoValue<Option<Value>> for Null {
    fn into_value(self) -> Option<Value> {
        Some(Value::Null)
    }
}
