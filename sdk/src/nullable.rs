//! Properties that can be absent, null or a value, which are three different things: `Option<Option<T>>`.

use serde::{Deserialize, Deserializer};

/// Reads null as `Some` of the null that `T` has; serde's own reading of a nested `Option` makes it `None`, as if it were
/// absent. `T` is an `Option`, which recursion may have put into a box.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
