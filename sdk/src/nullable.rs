//! Optional properties that may be null, which is something else than absent: `Option<Option<T>>`, or `Option<T>` of a `T` that
//! has a null of its own.

use serde::{Deserialize, Deserializer};

/// Reads null as `Some` of the null that `T` has; serde's own reading of an `Option` makes it `None`, as if it were absent.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
