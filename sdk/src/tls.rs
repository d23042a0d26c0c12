use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::BuildError;

/// TLS with the cryptography that the application has installed for its process, or else that of ring.
pub(crate) fn config(needs_certificates: bool) -> Result<ClientConfig, BuildError> {
    let provider = match CryptoProvider::get_default() {
        Some(provider) => Arc::clone(provider),
        None => Arc::new(ring::default_provider()),
    };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = if needs_certificates {
        builder.and_then(BuilderVerifierExt::with_platform_verifier)
    } else {
        // Without a configuration reqwest makes one of its own, which panics where no cryptography is installed.
        builder.map(|builder| builder.with_root_certificates(RootCertStore::empty()))
    };
    let builder = builder.map_err(|error| BuildError::new("TLS could not be set up").with_cause(&error))?;
    let mut config = builder.with_no_client_auth();
    // As the other TLS features have it.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_certificates_are_read_where_they_are_needed() {
        for needs_certificates in [false, true] {
            let config = config(needs_certificates).expect("the system has certificates");
            assert!(!config.crypto_provider().cipher_suites.is_empty());
        }
    }
}
