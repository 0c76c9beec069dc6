//! A server whose certificate nobody on this machine knows.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use downhaul_core::{Snapshot, Timestamp};
use downhaul_server::unleash::{Limits, Unleash};
use downhaul_server::{FlagServer, ServerConfig, ServerError, Trust};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::recorded::recorded;
use crate::server::{DATE, Reply, TOKEN, limits};

/// Serves the recorded answers over TLS, and gives the certificate as PEM.
fn start() -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("a key");
    let pem = made.cert.pem();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("an address");
    let answers = Arc::new(recorded());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (config, answers) = (Arc::clone(&config), Arc::clone(&answers));
            std::thread::spawn(move || {
                let tls = rustls::ServerConnection::new(config).expect("a connection");
                // A client that does not trust us hangs up in the middle.
                drop(answer(rustls::StreamOwned::new(tls, stream.expect("a stream")), answers.as_ref()));
            });
        }
    });
    (address, pem)
}

fn answer(mut stream: impl std::io::Read + Write, answers: &dyn Fn(&str) -> Reply) -> std::io::Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    let target = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    drop(lines);
    let Reply::Json(status, body) = answers(target.split(' ').nth(1).unwrap_or_default()) else { return Ok(()) };
    let body = body.to_string();
    let head = "Content-Type: application/json\r\nConnection: close";
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} X\r\nDate: {DATE}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}")?;
    stream.flush()
}

fn capture(address: SocketAddr, trust: &Trust) -> Result<Snapshot, ServerError> {
    let limits = Limits { attempts: 1, ..limits() };
    let url = format!("https://localhost:{}", address.port());
    Unleash::with_limits(&url, TOKEN, &ServerConfig::default(), Timestamp::UNIX_EPOCH, limits)?
        .trusting(trust)?
        .capture(&())
}

#[test]
fn certificate_of_nobody_is_refused_unless_it_is_named_or_all_are_taken() {
    let (address, pem) = start();
    let error = capture(address, &Trust::default()).expect_err("nobody vouches for it");
    let ServerError::Unreachable { detail, .. } = &error else { panic!("{error:?}") };
    assert!(detail.contains("certificate") && detail.contains("ca_file"), "{detail}");

    let named = Trust { authorities: Some(pem.into_bytes()), anything: false };
    assert!(!capture(address, &named).expect("it is named").flags.is_empty());
    let all = Trust { authorities: None, anything: true };
    assert!(!capture(address, &all).expect("all are taken").flags.is_empty());
}

#[test]
fn file_without_certificates_is_the_users_fault() {
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        let trust = Trust { authorities: Some(text.as_bytes().to_vec()), anything: false };
        let (address, _) = start();
        let error = capture(address, &trust).expect_err("it holds none");
        assert!(error.is_users_input() && error.to_string().contains("certificate authorities"), "{error}");
    }
}
