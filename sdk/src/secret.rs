use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// A text that must not be seen: an access token, a password.
///
/// `Debug` prints `[redacted]`, there is no `Display`, and the memory is overwritten when the value is dropped. Every
/// property with `format: password` in the API's description is a `Secret`. [`expose_secret`](Self::expose_secret) is the
/// only way to the text, so that a search for that name finds every place where a secret is used.
///
/// The wiping covers this value alone: copies that the caller makes, and the buffers of the network and TLS layers
/// below, are not reached.
///
/// # Examples
///
/// ```
/// let secret = askui_workspaces::Secret::from("hunter2");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose_secret(), "hunter2");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// The text itself. Store it or send it; do not log it.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Compares every byte, so that the time it takes does not tell where two secrets differ.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.expose_secret().as_bytes(), other.expose_secret().as_bytes());
        let differences = mine.iter().zip(theirs).fold(0, |sum, (a, b)| sum | (a ^ b));
        mine.len() == theirs.len() && differences == 0
    }
}

impl Eq for Secret {}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.into()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        // Shrinking the string in place could leave its bytes behind in the old allocation, so it is copied and wiped.
        Self::from(Zeroizing::new(text).as_str())
    }
}

/// Writes the text itself: a request that holds a secret has to carry it. Types of the API that hold a secret and are
/// only ever received do not implement `Serialize`, but for the feature `mock`, whose server responds with them.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Ok(text.into())
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}
