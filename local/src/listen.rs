//! Accepts connections, and gives up on those that do not get on: a client that sends its request a byte at a time must not hold a
//! connection for ever.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::timeout::{DeadlineBody, TimeoutBody};

/// Pause after a connection could not be accepted, for example because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long the server waits for a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// From the start of a connection, or the end of its previous request, to the end of a request's head.
    pub(crate) head: Duration,
    /// Between two pieces of a body.
    pub(crate) pause: Duration,
    /// For an entire body, but that of an upload.
    pub(crate) body: Duration,
    /// For the entire body of an upload: 100 MiB over a slow line.
    pub(crate) upload: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let upload = Duration::from_secs(platform::upload::UPLOAD_SECONDS);
        Self { head: Duration::from_secs(30), pause: Duration::from_secs(30), body: Duration::from_secs(30), upload }
    }
}

/// Serves `router` until `stop`, then finishes the requests that have begun.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    is_upload: fn(&str) -> bool,
    mut stop: watch::Receiver<bool>,
) {
    let stopped = stop.clone();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let service = Service { router: router.clone(), patience, is_upload, peer };
                    connections.spawn(service.serve(stream, stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = told(&mut stop) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Resolves when the server should stop.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The server as one connection sees it.
#[derive(Clone)]
struct Service {
    router: Router,
    patience: Patience,
    is_upload: fn(&str) -> bool,
    peer: SocketAddr,
}

impl Service {
    async fn serve(self, stream: TcpStream, mut stop: watch::Receiver<bool>) {
        // Answers are small and must not wait for each other.
        let _ = stream.set_nodelay(true);
        let head = self.patience.head;
        let answer = hyper::service::service_fn(move |request| {
            let service = self.clone();
            async move { Ok::<Response, Infallible>(service.answer(request).await) }
        });
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(head);
        let connection = server.serve_connection(TokioIo::new(stream), answer).with_upgrades();
        tokio::pin!(connection);
        // An error is the client's: it went away, took too long, or did not speak HTTP.
        tokio::select! {
            _ = connection.as_mut() => return,
            () = told(&mut stop) => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    async fn answer(self, request: http::Request<Incoming>) -> Response {
        if !names_host(&request) {
            return (StatusCode::BAD_REQUEST, "A request must name one host.\n").into_response();
        }
        let Patience { pause, body, upload, .. } = self.patience;
        let whole = if (self.is_upload)(request.uri().path()) { upload } else { body };
        // A limited body no longer says that it is empty, which S3 needs to know.
        let mut request: Request = request.map(|body| {
            if body.is_end_stream() {
                Body::empty()
            } else {
                Body::new(TimeoutBody::new(pause, DeadlineBody::new(whole, body)))
            }
        });
        request.extensions_mut().insert(ConnectInfo(self.peer));
        match self.router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Whether a request has exactly one `Host`, as HTTP/1.1 demands (RFC 9112, 3.2); HTTP/1.0 knows none.
fn names_host<B>(request: &http::Request<B>) -> bool {
    match request.headers().get_all(header::HOST).iter().count() {
        0 => request.version() == Version::HTTP_10,
        count => count == 1,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::post;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);

    /// A server that answers a body with its length, and its address.
    async fn server() -> (SocketAddr, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let length = |body: Result<axum::body::Bytes, axum::extract::rejection::BytesRejection>| async move {
            body.map(|body| body.len().to_string())
        };
        let router = Router::new().route("/", post(length).get(|| async { "hello" })).route("/upload", post(length));
        let (stop, stopped) = watch::channel(false);
        let patience = Patience { head: SHORT, pause: SHORT, body: 3 * SHORT, upload: 60 * SHORT };
        tokio::spawn(serve(listener, router, patience, |path| path == "/upload", stopped));
        (address, stop)
    }

    /// What the server answers to these pieces, sent `pause` apart, until it closes the connection.
    async fn ask(address: SocketAddr, pieces: &[&str], pause: Duration) -> String {
        let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
        let pieces: Vec<String> = pieces.iter().map(|piece| (*piece).to_owned()).collect();
        let sending = tokio::spawn(async move {
            for piece in pieces {
                if write.write_all(piece.as_bytes()).await.is_err() {
                    break;
                }
                tokio::time::sleep(pause).await;
            }
            write
        });
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), read.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the server kept the connection open");
        sending.abort();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_request_names_one_host() {
        let (address, _stop) = server().await;
        for (head, status) in [
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200"),
            ("GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200"),
            ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"),
            ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.0 400"),
        ] {
            let answer = ask(address, &[head], Duration::ZERO).await;
            assert!(answer.starts_with(status), "{head}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_head_that_never_ends_is_given_up() {
        let (address, _stop) = server().await;
        let started = Instant::now();
        ask(address, &[], Duration::ZERO).await;
        let drip = vec!["GET / HTTP/1.1\r\n"; 1].into_iter().chain(vec!["a: b\r\n"; 100]).collect::<Vec<_>>();
        let answer = ask(address, &drip, SHORT / 4).await;
        assert!(!answer.contains("200"), "{answer}");
        assert!(started.elapsed() < 20 * SHORT, "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let (address, _stop) = server().await;
        let head = |path: &str| format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n");
        let started = Instant::now();
        let answer = ask(address, &[&head("/")], Duration::ZERO).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        let dripping = |head: &str| [vec![head.to_owned()], vec!["x".to_owned(); 60]].concat();
        let pieces = dripping(&head("/"));
        let answer = ask(address, &pieces.iter().map(String::as_str).collect::<Vec<_>>(), SHORT / 4).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert!(started.elapsed() < 15 * SHORT, "{:?}", started.elapsed());
        // An upload may take longer, if it gets on.
        let pieces = dripping(&head("/upload"));
        let answer = ask(address, &pieces.iter().map(String::as_str).collect::<Vec<_>>(), SHORT / 10).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("60"), "{answer}");
    }

    #[tokio::test]
    async fn a_stop_finishes_what_has_begun() {
        let (address, stop) = server().await;
        let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na";
        let asking = tokio::spawn(async move { ask(address, &[request, "b"], SHORT / 2).await });
        tokio::time::sleep(SHORT / 4).await;
        stop.send_replace(true);
        let answer = asking.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with('2'), "{answer}");
        assert!(TcpStream::connect(address).await.is_err());
    }
}
