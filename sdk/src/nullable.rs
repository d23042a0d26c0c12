//! Properties that can be absent, null or a value, which are three different things: `Option<Option<T>>`.

use serde::{Deserialize, Deserializer};

/// Reads null as `Some(None)`; serde's own reading of a nested `Option` makes it `None`, as if it were absent.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
#[expect(clippy::option_option, reason = "the three states are the point")]
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
