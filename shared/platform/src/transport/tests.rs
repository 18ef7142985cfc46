use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// Self-signed certificate and key of a server named `localhost`.
const SOMEONE: &[u8] = include_bytes!("someone.pem");

/// What a server does after reading a request; it closes the connection when told to.
#[derive(Clone, Copy)]
enum Does {
    /// Responds and waits for the next request.
    Answers,
    /// Responds, then closes the connection although it promised to keep it open.
    AnswersAndGoes,
    /// Closes the connection in the middle of its response.
    GoesHalfway,
    /// Sends nothing.
    Waits,
}

async fn serve(mut connection: impl AsyncRead + AsyncWrite + Unpin, does: Does) {
    let mut buffer = [0; 4_096];
    while connection.read(&mut buffer).await.is_ok_and(|read| read > 0) {
        let answer: &[u8] = match does {
            Does::Answers | Does::AnswersAndGoes => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            Does::GoesHalfway => b"HTTP/1.1 200 OK\r\n",
            Does::Waits => continue,
        };
        connection.write_all(answer).await.unwrap();
        if matches!(does, Does::AnswersAndGoes | Does::GoesHalfway) {
            return;
        }
    }
}

/// Starts a server; returns its address and the number of connections it has accepted.
async fn server(does: Does) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, opened) = (format!("http://{}/", listener.local_addr().unwrap()), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&opened);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(connection, does));
        }
    });
    (address, opened)
}

async fn call(transport: &Transport, address: &str) -> Result<Vec<u8>, ConnectorError> {
    let mut request = HttpRequest::new(SdkBody::from("{}"));
    request.set_method("POST").unwrap();
    request.set_uri(address.to_owned()).unwrap();
    let answer = transport.call(request).await?;
    let body =
        http_body_util::BodyExt::collect(answer.into_body()).await.map_err(|e| ConnectorError::other(e, None))?;
    Ok(body.to_bytes().to_vec())
}

#[test]
fn the_trust_store_holds_the_five_roots() {
    assert_eq!(CertificateDer::pem_slice_iter(AMAZON_ROOTS).flatten().count(), 5);
    client().unwrap();
}

/// Number of connections that a server accepted for this many requests, all of which it answered.
async fn connections_for(requests: usize, does: Does) -> usize {
    let (address, opened) = server(does).await;
    let transport = transport(AMAZON_ROOTS).unwrap();
    for _ in 0..requests {
        assert_eq!(call(&transport, &address).await.unwrap(), b"ok");
    }
    opened.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_connection_is_reused_for_later_requests() {
    assert_eq!(connections_for(5, Does::Answers).await, 1);
}

#[tokio::test]
async fn a_connection_closed_by_the_server_costs_no_request() {
    assert_eq!(connections_for(20, Does::AnswersAndGoes).await, 20);
}

#[tokio::test]
async fn a_server_that_never_completes_tls_times_out() {
    let (address, _) = server(Does::Waits).await;
    let late = call(&transport(AMAZON_ROOTS).unwrap(), &address.replace("http:", "https:")).await.unwrap_err();
    assert!(late.is_timeout(), "{late:?}");
}

#[tokio::test]
async fn failures_are_classified_for_the_sdks_retries() {
    let transport = transport(AMAZON_ROOTS).unwrap();
    let (address, _) = server(Does::GoesHalfway).await;
    let halfway = call(&transport, &address).await.unwrap_err();
    assert_eq!(halfway.as_other(), Some(ErrorKind::TransientError), "{halfway:?}");

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = call(&transport, &format!("http://{free}/")).await.unwrap_err();
    assert!(refused.is_io(), "{refused:?}");

    let (address, _) = server(Does::Waits).await;
    let impatient = Transport { answer: Some(Duration::from_millis(20)), ..transport.clone() };
    let late = call(&impatient, &address).await.unwrap_err();
    assert!(late.is_timeout(), "{late:?}");
}

/// Starts a server that responds over TLS with the certificate above; returns its address.
async fn tls_server() -> String {
    let certificate = CertificateDer::from_pem_slice(SOMEONE).unwrap();
    let config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::from_pem_slice(SOMEONE).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        if let Ok(connection) = TlsAcceptor::from(Arc::new(config)).accept(connection).await {
            serve(connection, Does::Answers).await;
        }
    });
    address
}

#[tokio::test]
async fn requests_reach_a_trusted_server_over_tls() {
    let (address, transport) = (tls_server().await, transport(SOMEONE).unwrap());
    for _ in 0..3 {
        assert_eq!(call(&transport, &address).await.unwrap(), b"ok");
    }
}

#[tokio::test]
async fn a_server_without_an_amazon_certificate_is_rejected() {
    let refused = call(&transport(AMAZON_ROOTS).unwrap(), &tls_server().await).await.unwrap_err();
    assert!(refused.is_io(), "{refused:?}");
    let refused = format!("{refused:?}");
    assert!(refused.contains("UnknownIssuer"), "{refused}");
}
