use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::routing::get;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;
use crate::folder::{DataLocation, Folder};

type Client = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;
type Calls = Arc<Mutex<Vec<(String, String)>>>;

/// A gateway behind a server, in front of a function that records its calls: route and connection or message.
struct Rig {
    calls: Calls,
    gateway: Arc<Gateway>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    posts: aws_sdk_apigatewaymanagement::Client,
    journal: Arc<Journal>,
    _folder: Folder,
}

async fn upgrade(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
    gateway.connect(upgrade, parts, [127, 0, 0, 1].into()).await
}

fn function(calls: Calls) -> LiveFunction {
    Arc::new(move |request| {
        let context = &request.request_context;
        let route = context.route_key.clone().unwrap();
        let what = match route.as_str() {
            "$default" => request.body.clone().unwrap(),
            _ => context.connection_id.clone().unwrap(),
        };
        let mut response = ApiGatewayProxyResponse::default();
        let refused = route == "$connect" && request.query_string_parameters.first("ticket") != Some("good");
        response.status_code = if refused { 401 } else { 200 };
        assert_ne!(what, "panic");
        calls.lock().unwrap().push((route, what));
        Box::pin(async move { Ok(response) })
    })
}

impl Rig {
    async fn new() -> Self {
        let calls = Calls::default();
        Self::with(function(Arc::clone(&calls)), calls).await
    }

    async fn with(function: LiveFunction, calls: Calls) -> Self {
        let folder = Folder::open(&DataLocation::Temporary).unwrap();
        let journal = Arc::new(Journal::open(&folder.journal()).unwrap());
        let stop = watch::Sender::new(false);
        let gateway = Gateway::new(function, Arc::clone(&journal), stop.subscribe());
        let app = axum::Router::new().route("/live", get(upgrade)).with_state(Arc::clone(&gateway));
        let app = app.merge(router(Arc::clone(&gateway), "key"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let posts = management(address, "key");
        Self { calls, gateway, address, stop, posts, journal, _folder: folder }
    }

    async fn open(&self, ticket: &str) -> Result<Client, Error> {
        connect_async(format!("ws://{}/live?ticket={ticket}", self.address)).await.map(|(client, _)| client)
    }

    fn calls(&self) -> Vec<(String, String)> {
        self.calls.lock().unwrap().clone()
    }

    /// Waits until the function has been called `count` times.
    async fn called(&self, count: usize) -> Vec<(String, String)> {
        let started = Instant::now();
        while self.calls().len() < count && started.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.calls()
    }

    async fn post(&self, id: &str, text: &str) -> Result<(), u16> {
        let body = aws_sdk_apigatewaymanagement::primitives::Blob::new(text);
        let sent = self.posts.post_to_connection().connection_id(id).data(body).send().await;
        sent.map(|_| ()).map_err(|error| error.raw_response().unwrap().status().as_u16())
    }
}

fn management(address: SocketAddr, key: &str) -> aws_sdk_apigatewaymanagement::Client {
    use aws_sdk_apigatewaymanagement::config::{Config, Credentials, Region, retry::RetryConfig};
    let written = watch::Sender::new(0);
    let config = Config::builder()
        .behavior_version_latest()
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(key, "b", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(crate::loopback::client(tokio::runtime::Handle::current(), written).unwrap())
        .endpoint_url(format!("http://{address}{BASE}"));
    aws_sdk_apigatewaymanagement::Client::from_conf(config.build())
}

async fn text(client: &mut Client) -> String {
    client.next().await.unwrap().unwrap().into_text().unwrap().to_string()
}

/// The close code that the server sends.
async fn closed(client: &mut Client) -> Option<u16> {
    while let Some(Ok(message)) = client.next().await {
        if let Message::Close(frame) = message {
            return frame.map(|frame| u16::from(frame.code));
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_opens_talks_both_ways_and_closes() {
    let rig = Rig::new().await;
    let mut client = rig.open("good").await.unwrap();
    let (route, id) = rig.calls()[0].clone();
    assert_eq!(route, "$connect");
    client.send(Message::text("hi")).await.unwrap();
    assert_eq!(rig.called(2).await[1], ("$default".to_owned(), "hi".to_owned()));

    rig.post(&id, "{\"type\":\"hello\"}").await.unwrap();
    assert_eq!(text(&mut client).await, "{\"type\":\"hello\"}");
    let told = rig.posts.get_connection().connection_id(&id).send().await.unwrap();
    assert!(told.connected_at().is_some());
    assert_eq!(rig.post("nobody", "x").await, Err(410));
    let stranger = management(rig.address, "other").delete_connection().connection_id(&id).send().await;
    assert_eq!(stranger.unwrap_err().raw_response().unwrap().status().as_u16(), 403);

    client.close(None).await.unwrap();
    assert_eq!(rig.called(3).await[2], ("$disconnect".to_owned(), id.clone()));
    assert_eq!(rig.post(&id, "x").await, Err(410));
    assert!(rig.journal.open_connections().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_connection_keeps_the_functions_status() {
    let rig = Rig::new().await;
    let Err(Error::Http(response)) = rig.open("bad").await else { panic!("it opened") };
    assert_eq!(response.status().as_u16(), 401);
    assert_eq!(rig.gateway.count(), 0);
    assert!(rig.journal.open_connections().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_messages_close_and_failures_are_reported() {
    let rig = Rig::new().await;
    let mut client = rig.open("good").await.unwrap();
    client.send(Message::text("panic")).await.unwrap();
    assert!(text(&mut client).await.contains("Internal server error"));
    client.send(Message::text("x".repeat(socket::MAX_MESSAGE))).await.unwrap();
    assert_eq!(rig.called(2).await.len(), 2);
    client.send(Message::text("x".repeat(socket::MAX_MESSAGE + 1))).await.unwrap();
    assert_eq!(closed(&mut client).await, Some(u16::from(CloseCode::Size)));

    let mut client = rig.open("good").await.unwrap();
    client.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(closed(&mut client).await, Some(u16::from(CloseCode::Unsupported)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_can_close_connections() {
    let rig = Rig::new().await;
    let mut first = rig.open("good").await.unwrap();
    let id = rig.calls()[0].1.clone();
    rig.posts.delete_connection().connection_id(&id).send().await.unwrap();
    assert_eq!(closed(&mut first).await, Some(1000));
    assert_eq!(rig.called(2).await[1], ("$disconnect".to_owned(), id));

    let mut second = rig.open("good").await.unwrap();
    rig.stop.send_replace(true);
    assert_eq!(closed(&mut second).await, Some(1001));
    rig.gateway.stopped().await;
    assert_eq!(rig.calls().len(), 4);
    assert_eq!(rig.gateway.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_connections_are_disconnected_at_start() {
    let rig = Rig::new().await;
    rig.journal.record_opened("lost", 1).unwrap();
    rig.gateway.drop_stale().await.unwrap();
    assert_eq!(rig.calls(), [("$disconnect".to_owned(), "lost".to_owned())]);
    assert!(rig.journal.open_connections().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_greeting_before_the_connect_response_arrives() {
    let posts = Arc::new(std::sync::OnceLock::<aws_sdk_apigatewaymanagement::Client>::new());
    let greeter = Arc::clone(&posts);
    let greeting: LiveFunction = Arc::new(move |request| {
        let posts = greeter.get().unwrap().clone();
        Box::pin(async move {
            let context = request.request_context;
            if context.route_key.as_deref() == Some("$connect") {
                let body = aws_sdk_apigatewaymanagement::primitives::Blob::new("early");
                posts.post_to_connection().connection_id(context.connection_id.unwrap()).data(body).send().await?;
            }
            let mut response = ApiGatewayProxyResponse::default();
            response.status_code = 200;
            Ok(response)
        })
    });
    let rig = Rig::with(greeting, Calls::default()).await;
    posts.set(rig.posts.clone()).unwrap();
    let mut client = rig.open("good").await.unwrap();
    assert_eq!(text(&mut client).await, "early");
}
