//! A certificate authority of the tests' own, and what it certifies.

use std::sync::Arc;

use askui_workspaces::reqwest;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: reqwest::Certificate,
    pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            certificate: reqwest::Certificate::from_der(certificate.der()).expect("a certificate"),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// What trusts this authority.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// A client of an application that trusts this authority alone.
    pub(crate) fn trusted(&self) -> reqwest::Client {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([self.certificate.clone()])
            .build()
            .expect("a client")
    }

    /// A server with that name, of which the certificate is valid until the end of that year.
    pub(crate) fn certify(&self, name: &str, year: i32) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("the key is that of the certificate");
        Arc::new(config)
    }
}
