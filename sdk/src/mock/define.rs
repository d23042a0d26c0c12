//! What generated code says of an operation and of plausible values, and what becomes of it.

/// Defines the type of an operation's requests, how a request is read, which parts of it can be matched, and the documented
/// responses:
///
/// ```ignore
/// mock::operation! {
///     /// Stubs [`Client::rename`](crate::Client::rename): `PUT /things/{id}`.
///     rename = builder::RENAME, unauthorized, invalid;
///     /// A request of [`Client::rename`](crate::Client::rename), as the mock server received it.
///     request Rename {
///         /// The parameter `id`.
///         id: i64 = path("id") where |value, at| {
///             at.minimum(value, 1);
///         };
///         /// The body.
///         body: types::Name = json("application/json");
///     }
///     matchers {
///         /// Matches only requests whose parameter `id` is this.
///         with_id: i64 = |request| Some(&request.id);
///         /// Matches only requests whose property `note` of the body is this.
///         with_note: Option<Option<String>> as |value| { value.flatten() } = |request| Some(&request.body.note);
///     }
///     responses {
///         /// Responds with `200 OK`.
///         ok, ok_with(types::Name) = json(200, "application/json");
///         /// Responds with `404 Not Found`.
///         not_found() = empty(404);
///     }
/// }
/// ```
///
/// Each part of a request comes from a function of `ParsedRequest`, and each response from one of `StubBuilder`. After `where` stand
/// the rules for a part, and after `as` what a part holds of what its setter takes. The parameters of the path that may hold slashes stand in the first line, after `with slashes in`.
macro_rules! operation {
    (
        $(#[$doc:meta])*
        $function:ident = $call:path, $unauthorized:ident, $invalid:ident $(, with slashes in $($tail:literal),+)?;
        $(#[$request_doc:meta])*
        request $request:ident {
            $(
                $(#[$field_doc:meta])*
                $field:ident: $type:ty = $read:ident($($argument:tt)*) $(where |$part_value:ident, $at:ident| $check:block)?;
            )*
        }
        matchers {
            $(
                $(#[$matcher_doc:meta])*
                $matcher:ident: $matched:ty $(as |$matched_value:ident| $stored:block)? = $part:expr;
            )*
        }
        responses {
            $($(#[$response_doc:meta])* $response:ident $(, $from_request:ident)? ($($body:tt)*) = $respond:ident $value:tt;)*
        }
    ) => {
        $(#[$request_doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $request {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::mock::Request for $request {
            fn operation() -> &'static $crate::mock::Operation {
                static OPERATION: $crate::mock::Operation = $crate::mock::Operation {
                    call: &$call,
                    tails: &[$($($tail),+)?],
                    unauthorized: $crate::generated::mock::$unauthorized(),
                    invalid: $crate::generated::mock::$invalid(),
                    read: $crate::mock::read::<$request>,
                };
                &OPERATION
            }

            #[allow(unused_variables, reason = "a request may have no parts")]
            fn read(request: &mut $crate::mock::ParsedRequest<'_>) -> ::std::option::Option<Self> {
                // What comes after a part that is wrong is read as well, so that all that is wrong is named.
                $(
                    let $field = request.$read::<$type>($($argument)*);
                    $(request.check($field.as_ref(), |$part_value, $at| $check);)?
                )*
                ::std::option::Option::Some(Self { $($field: $field?,)* })
            }
        }

        impl $crate::mock::MockServer {
            $(#[$doc])*
            pub fn $function(&self) -> $crate::mock::StubBuilder<$request> {
                self.stub()
            }
        }

        impl $crate::mock::StubBuilder<$request> {
            $(
                $(#[$matcher_doc])*
                pub fn $matcher(self, value: impl $crate::IntoValue<$matched>) -> Self {
                    let value: $matched = value.into_value();
                    $(let value = { let $matched_value = value; $stored };)?
                    self.with(stringify!($matcher), value, $part)
                }
            )*
            $($crate::mock::operation! {
                @responses [$(#[$response_doc])*] $request $response [$($from_request)?] ($($body)*) $respond $value
            })*
        }
    };
    (@responses $doc:tt $request:ident $response:ident [$($from_request:ident)?] $body:tt $respond:ident $value:tt) => {
        $crate::mock::operation! { @response $doc $request $response $body $respond $value }
        $($crate::mock::operation! { @from_request $request $from_request $response $body $value })?
    };
    (@response [$($doc:tt)*] $request:ident $response:ident () $respond:ident ($($value:tt)*)) => {
        $($doc)*
        #[track_caller]
        pub fn $response(self) -> $crate::mock::Stub<$request> {
            self.$respond($($value)*)
        }
    };
    (@response [$($doc:tt)*] $request:ident $response:ident ($status:ident: u16) $respond:ident ($($value:tt)*)) => {
        $($doc)*
        #[track_caller]
        pub fn $response(self, $status: u16) -> $crate::mock::Stub<$request> {
            self.$respond($($value)*)
        }
    };
    (@response [$($doc:tt)*] $request:ident $response:ident ($status:ident: u16, $body:ty) $respond:ident ($($value:tt)*)) => {
        $($doc)*
        #[track_caller]
        pub fn $response(self, $status: u16, body: impl ::std::convert::Into<$body>) -> $crate::mock::Stub<$request> {
            self.$respond($($value)*, ::std::convert::Into::<$body>::into(body))
        }
    };
    (@response [$($doc:tt)*] $request:ident $response:ident ($body:ty) $respond:ident ($($value:tt)*)) => {
        $($doc)*
        #[track_caller]
        pub fn $response(self, body: impl ::std::convert::Into<$body>) -> $crate::mock::Stub<$request> {
            self.$respond($($value)*, ::std::convert::Into::<$body>::into(body))
        }
    };
    (@from_request $request:ident $from_request:ident $response:ident ($status:ident: u16, $body:ty) ($($value:tt)*)) => {
        #[doc = concat!("As [`", stringify!($response), "`](Self::", stringify!($response), "), with a body made from the request.")]
        #[track_caller]
        pub fn $from_request(
            self,
            $status: u16,
            body: impl ::std::ops::Fn(&$request) -> $body + ::std::marker::Send + ::std::marker::Sync + 'static,
        ) -> $crate::mock::Stub<$request> {
            self.json_with($($value)*, body)
        }
    };
    (@from_request $request:ident $from_request:ident $response:ident ($body:ty) ($($value:tt)*)) => {
        #[doc = concat!("As [`", stringify!($response), "`](Self::", stringify!($response), "), with a body made from the request.")]
        #[track_caller]
        pub fn $from_request(
            self,
            body: impl ::std::ops::Fn(&$request) -> $body + ::std::marker::Send + ::std::marker::Sync + 'static,
        ) -> $crate::mock::Stub<$request> {
            self.json_with($($value)*, body)
        }
    };
}

/// Defines a plausible value of each type, from JSON: `Name = "{}";`. Of a failure that is made from a text alone, the property for
/// that text is named: `Failure.detail = "{}";`.
macro_rules! fixtures {
    ($($type:ident $(. $text:ident)? = $json:literal;)*) => {
        $(
            impl $crate::types::$type {
                /// A plausible value for tests, which set the fields that they are about; it needs the feature `mock`.
                pub fn fixture() -> Self {
                    $crate::mock::fixture($json)
                }
            }

            $(
                impl ::std::convert::From<&str> for $crate::types::$type {
                    fn from(text: &str) -> Self {
                        text.to_owned().into()
                    }
                }

                impl ::std::convert::From<::std::string::String> for $crate::types::$type {
                    fn from(text: ::std::string::String) -> Self {
                        let mut failure = Self::fixture();
                        failure.$text = text;
                        failure
                    }
                }
            )?
        )*

        #[cfg(test)]
        #[test]
        fn every_fixture_is_written_and_read() {
            $($crate::mock::assert_fixture(&$crate::types::$type::fixture());)*
        }
    };
}

#[allow(unused_imports, reason = "whether they are needed depends on the API's description")]
pub(crate) use {fixtures, operation};
