//! Tests that use the SDK as an application would. Here stand the examples of the README; the rest is in `tests/`.

/// The README, whose examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
