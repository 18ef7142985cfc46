//! Live tickets, and live events missed during a gap. The WebSocket itself is tested in the local stack and in the deployed tests.

use futures_util::{SinkExt as _, StreamExt as _};
use kernel::policy::Role;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::auth::{cookie, login};
use crate::support::{PASSWORD, Person, Steward};

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let ticket = steward.post("/api/live/ticket").by(&admin).send().await.expect(200);
    assert_eq!(ticket.json["expires_in"], 60);
    let since = ticket.json["event_id"].as_str().unwrap();
    let missed = steward.get(&format!("/api/live/events?after={since}")).by(&admin).send().await.expect(200);
    assert_eq!(missed.json["complete"], true);
    let secret = ticket.json["url"].as_str().unwrap().split("ticket=").nth(1).unwrap().to_owned();
    let connect = |id: &'static str| people::live::connect(steward.app(), id, &secret);
    connect("c1").await.unwrap();
    assert!(connect("c2").await.is_err());
    assert!(people::live::connect(steward.app(), "c3", "made up").await.is_err());
}

#[tokio::test]
async fn a_connection_that_is_still_opening_is_kept() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let connect = async |id: &'static str| {
        let ticket = steward.post("/api/live/ticket").by(&admin).send().await.expect(200);
        let secret = ticket.json["url"].as_str().unwrap().split("ticket=").nth(1).unwrap().to_owned();
        people::live::connect(steward.app(), id, &secret).await.unwrap();
    };
    connect("about to open").await;
    let long_ago = kernel::time::Timestamp::now().plus_seconds(-40);
    kernel::time::at(long_ago, connect("long closed")).await;
    // The gateway knows neither connection and reports both as gone.
    steward.investor(&admin, "Acme").await;
    steward.settle().await;
    let left = people::live::connections(steward.app()).await.unwrap();
    assert_eq!(left.iter().map(|connection| &*connection.id).collect::<Vec<_>>(), ["about to open"]);
}

#[tokio::test]
async fn missed_events_are_returned_only_to_authorized_users() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let worker = steward.user(&admin, "tim", &[Role::TeamMember]).await;
    let before = kernel::id::new();
    let acme = steward.investor(&rita, "Acme").await;
    steward.settle().await;
    let missed = async |person| {
        let answer = steward.get(&format!("/api/live/events?after={before}")).by(person).send().await.expect(200);
        assert_eq!(answer.json["complete"], true);
        let events = answer.json["items"].as_array().unwrap().clone();
        events.into_iter().filter(|event| event["entity_type"] == "investor").collect::<Vec<Value>>()
    };
    for person in [&admin, &rita] {
        let events = missed(person).await;
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0]["entity_id"], &events[0]["version"]), (&json!(acme.id()), &json!(1)));
        assert!(!events[0].to_string().contains("Acme"), "an event contains no data of its entity");
    }
    assert!(missed(&sam).await.is_empty());
    assert!(missed(&worker).await.is_empty());
}

#[tokio::test]
async fn an_event_cursor_that_is_too_old_is_incomplete() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let old = "/api/live/events?after=01890000-0000-7000-8000-000000000000";
    assert_eq!(steward.get(old).by(&rita).send().await.expect(200).json["complete"], false);
    steward.get("/api/live/events").by(&rita).send().await.problem(422, "invalid_input");
}

/// Signs in and returns the cookie and a way to call as this session.
async fn session(steward: &Steward) -> (String, String) {
    let answer = login(steward, "admin", PASSWORD).await.expect(200);
    let token = answer.json["access_token"].as_str().unwrap().to_owned();
    (cookie(&answer), format!("Bearer {token}"))
}

async fn ticket(steward: &Steward, bearer: &str) -> String {
    let ticket = steward.post("/api/live/ticket").header("authorization", bearer).send().await.expect(200);
    ticket.json["url"].as_str().unwrap().to_owned()
}

fn secret(url: &str) -> &str {
    url.split("ticket=").nth(1).unwrap()
}

async fn open(steward: &Steward) -> Vec<String> {
    people::live::connections(steward.app()).await.unwrap().into_iter().map(|connection| connection.id).collect()
}

#[tokio::test]
async fn the_end_of_a_session_closes_its_connections() {
    let steward = Steward::start().await;
    steward.admin().await;
    let (one, two) = (session(&steward).await, session(&steward).await);
    for (id, (_, bearer)) in [("a1", &one), ("b1", &two), ("a2", &one)] {
        people::live::connect(steward.app(), id, secret(&ticket(&steward, bearer).await)).await.unwrap();
    }
    let late = ticket(&steward, &one.1).await;
    steward.post("/api/auth/logout").header("cookie", &one.0).send().await.expect(204);
    steward.settle().await;
    assert_eq!(open(&steward).await, ["b1"]);
    assert!(people::live::connect(steward.app(), "a3", secret(&late)).await.is_err());
    assert_eq!(open(&steward).await, ["b1"]);
}

#[tokio::test]
async fn a_user_has_a_limited_number_of_connections() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let connect = async |person: &Person, id: String| {
        let url = ticket(&steward, &format!("Bearer {}", person.token)).await;
        people::live::connect(steward.app(), &id, secret(&url)).await.unwrap();
    };
    connect(&rita, "of rita".into()).await;
    // The oldest is not the first by name.
    for n in (0..22).rev() {
        connect(&admin, format!("n{n:02}")).await;
    }
    let open = open(&steward).await;
    let expected: Vec<String> = (0..20).map(|n| format!("n{n:02}")).chain(["of rita".to_owned()]).collect();
    assert_eq!(open, expected);
}

#[tokio::test]
async fn a_connection_opens_only_for_stewards_own_page() {
    let steward = Steward::start().await;
    steward.admin().await;
    let (_, bearer) = session(&steward).await;
    let status = async |headers: Value| {
        let url = ticket(&steward, &bearer).await;
        let event = json!({
            "requestContext": {
                "routeKey": "$connect", "eventType": "CONNECT", "connectionId": kernel::id::new(),
                "connectedAt": 0, "requestTimeEpoch": 0, "identity": {},
            },
            "headers": headers,
            "queryStringParameters": {"ticket": secret(&url)},
        });
        ::live::handle(steward.app(), serde_json::from_value(event).unwrap()).await.status_code
    };
    let own = steward.app().web_url().to_owned();
    for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example"] {
        assert_eq!(status(json!({"Origin": origin, "Host": "evil.example:1"})).await, 403, "{origin}");
    }
    assert_eq!(status(json!({"sec-fetch-site": "cross-site"})).await, 403);
    assert!(open(&steward).await.is_empty());
    for headers in [json!({"Origin": own}), json!({"Origin": "http://localhost:5173"}), json!({})] {
        assert_eq!(status(headers.clone()).await, 200, "{headers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_floods_is_closed() {
    let steward = Steward::start().await;
    steward.admin().await;
    let (_, bearer) = session(&steward).await;
    let url = ticket(&steward, &bearer).await;
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    for _ in 0..40 {
        // The connection may be closed by now.
        let _ = socket.send(Message::text(r#"{"type":"ping"}"#)).await;
    }
    let mut pongs = 0;
    let closed = loop {
        match tokio::time::timeout(std::time::Duration::from_secs(10), socket.next()).await.expect("it stays open") {
            Some(Ok(Message::Text(text))) if text.contains("pong") => pongs += 1,
            Some(Ok(Message::Close(frame))) => break frame,
            Some(Ok(other)) => panic!("{other:?}"),
            Some(Err(_)) | None => break None,
        }
    };
    // A window may end in between.
    assert!((1..=20).contains(&pongs), "{pongs} answers before {closed:?}");
}
