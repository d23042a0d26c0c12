//! The properties of an object that the description does not name.

use std::collections::HashMap;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};

use crate::{fitting::Fitting, losses};

/// Reads them by way of JSON values. serde's own way is through a buffer that does not know the numbers of `serde_json` where an
/// application has turned on `arbitrary_precision`.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<HashMap<String, T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let properties = Map::<String, Value>::deserialize(deserializer)?;
    // They are read at the end of their object, whose place it is.
    let object = losses::place();
    let read = properties.into_iter().map(|(name, value)| {
        let fitting = Fitting::<serde_json::Error>::at(&value, object.property(&name));
        let value = T::deserialize(fitting).map_err(D::Error::custom)?;
        Ok((name, value))
    });
    read.collect()
}
