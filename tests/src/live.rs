//! Live tickets, and live events missed during a gap. The WebSocket itself is tested in the local stack and in the deployed tests.

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::support::Steward;

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
