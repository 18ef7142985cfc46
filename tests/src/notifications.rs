//! Notifications: who gets them, how often, and the unread count.

use aws_lambda_events::event::dynamodb::Event;
use kernel::policy::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

async fn list(steward: &Steward, person: &Person) -> Value {
    steward.get("/api/notifications").by(person).send().await.expect(200).json
}

/// Creates an investor of `rita` with an activity that the admin recorded.
async fn with_activity(steward: &Steward) -> (Person, Person, Answer) {
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&rita, "Acme").await;
    record(steward, &admin, &acme.id()).await;
    steward.settle().await;
    (admin, rita, acme)
}

async fn record(steward: &Steward, person: &Person, investor: &str) {
    let new = json!({"kind": "call", "occurred_at": "2026-11-20T10:00:00Z", "summary": "A secret"});
    let path = format!("/api/investors/{investor}/activities");
    steward.post(&path).by(person).json(&new).send().await.expect(201);
}

#[tokio::test]
async fn an_activity_notifies_the_relationship_manager_once() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = with_activity(&steward).await;
    let found = list(&steward, &rita).await;
    assert_eq!(found["unread_count"], 1);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let one = &found["items"][0];
    assert_eq!((one["kind"].as_str(), one["title"].as_str()), (Some("activity_created"), Some("New call with Acme")));
    assert_eq!(one["link"], format!("/investors/{}", acme.id()));
    assert!(!found.to_string().contains("A secret"));
    assert_eq!(list(&steward, &admin).await["unread_count"], 0);
}

#[tokio::test]
async fn your_own_activity_notifies_nobody() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&rita, "Acme").await;
    record(&steward, &rita, &acme.id()).await;
    steward.settle().await;
    assert_eq!(list(&steward, &rita).await["unread_count"], 0);
}

#[tokio::test]
async fn assigning_an_investor_notifies_the_new_manager() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&admin, "Acme").await;
    let path = format!("/api/investors/{}", acme.id());
    let patch = json!({"relationship_manager_id": rita.id});
    steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    steward.settle().await;
    assert_eq!(list(&steward, &rita).await["items"][0]["kind"], "investor_assigned");
}

#[tokio::test]
async fn notifications_can_be_marked_as_read() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = with_activity(&steward).await;
    for _ in 0..4 {
        record(&steward, &admin, &acme.id()).await;
    }
    steward.settle().await;
    let found = list(&steward, &rita).await;
    assert_eq!(found["unread_count"], 5);
    let id = found["items"][2]["id"].clone();
    let mark = async |body: Value| steward.post("/api/notifications/read").by(&rita).json(&body).send().await;
    assert_eq!(mark(json!({"ids": [id]})).await.expect(200).json["unread_count"], 4);
    assert_eq!(mark(json!({"ids": [id]})).await.expect(200).json["unread_count"], 4, "marking it twice counts once");
    let unread = steward.all(&rita, "/api/notifications?unread=true", 3).await;
    assert_eq!(unread.len(), 4);
    let mine = list(&steward, &admin).await;
    let other = json!({"ids": [found["items"][0]["id"]]});
    steward.post("/api/notifications/read").by(&admin).json(&other).send().await.expect(200);
    assert_eq!(list(&steward, &admin).await, mine, "nobody can mark another user's notifications");
    assert_eq!(mark(json!({"all": true})).await.expect(200).json["unread_count"], 0);
    assert_eq!(steward.all(&rita, "/api/notifications?unread=true", 3).await.len(), 0);
    mark(json!({})).await.problem(422, "invalid_input");
    mark(json!({"ids": [], "all": true})).await.problem(422, "invalid_input");
}

/// The stream records of every item in the table, as if all of them had just been inserted.
pub async fn as_stream(steward: &Steward) -> Vec<Value> {
    let mut records = Vec::new();
    for (n, item) in crate::audit::items(steward).await.into_iter().enumerate() {
        let image: serde_json::Map<String, Value> =
            item.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
        let keys = json!({"pk": image["pk"], "sk": image["sk"]});
        records.push(json!({
            "eventID": format!("{n}"), "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1", "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/steward/stream/1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_700_000_000, "Keys": keys, "NewImage": image,
                "SequenceNumber": format!("{n}"), "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        }));
    }
    records
}

fn attribute(value: &aws_sdk_dynamodb::types::AttributeValue) -> Value {
    use aws_sdk_dynamodb::types::AttributeValue as A;
    use base64::Engine as _;
    match value {
        A::S(text) => json!({"S": text}),
        A::N(number) => json!({"N": number}),
        A::Bool(flag) => json!({"BOOL": flag}),
        A::B(bytes) => json!({"B": base64::engine::general_purpose::STANDARD.encode(bytes)}),
        A::L(list) => json!({"L": list.iter().map(attribute).collect::<Vec<_>>()}),
        A::M(map) => {
            json!({"M": map.iter().map(|(k, v)| (k.clone(), attribute(v))).collect::<serde_json::Map<_, _>>()})
        }
        _ => json!({"NULL": true}),
    }
}

#[tokio::test]
async fn redelivered_stream_records_change_nothing() {
    let steward = Steward::start().await;
    let (_, rita, _) = with_activity(&steward).await;
    let before = list(&steward, &rita).await;
    let state = |items: Vec<std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>>| {
        let mut kept: Vec<String> = items
            .iter()
            .filter(|item| !item["pk"].as_s().unwrap().starts_with("FEED#"))
            .map(|item| format!("{:?}", item.iter().collect::<std::collections::BTreeMap<_, _>>()))
            .collect();
        kept.sort();
        kept.len()
    };
    let count = state(crate::audit::items(&steward).await);
    let mut records = as_stream(&steward).await;
    for turn in 0..3 {
        match turn {
            1 => records.reverse(),
            2 => {
                let half = records.len() / 2;
                records.rotate_left(half);
            }
            _ => {}
        }
        let event: Event = serde_json::from_value(json!({"Records": records})).unwrap();
        let answer = on_change::handle(steward.app(), event).await;
        assert!(answer.batch_item_failures.is_empty(), "{:?}", answer.batch_item_failures);
    }
    steward.settle().await;
    assert_eq!(list(&steward, &rita).await, before);
    assert_eq!(state(crate::audit::items(&steward).await), count);
}
