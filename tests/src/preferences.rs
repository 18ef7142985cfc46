//! Notification preferences, and that notifications are delivered accordingly.

use aws_lambda_events::event::dynamodb::Event;
use kernel::policy::Role;
use local::MailFault;
use serde_json::{Value, json};

use crate::support::{Person, Steward};

async fn prefer(steward: &Steward, person: &Person, notifications: Value) {
    let patch = json!({"notifications": notifications});
    let read = steward.get("/api/me/preferences").by(person).send().await.expect(200);
    steward.patch("/api/me/preferences").by(person).if_match(read.etag()).json(&patch).send().await.expect(200);
}

/// Assigns an investor to someone, which notifies them.
async fn give(steward: &Steward, admin: &Person, person: &Person, name: &str) {
    let new = json!({"name": name, "kind": "company", "relationship_manager_id": person.id});
    steward.post("/api/investors").by(admin).json(&new).send().await.expect(201);
    steward.settle().await;
}

async fn count(steward: &Steward, person: &Person) -> (usize, u64) {
    let list = steward.get("/api/notifications").by(person).send().await.expect(200).json;
    (list["items"].as_array().unwrap().len(), list["unread_count"].as_u64().unwrap())
}

#[tokio::test]
async fn preferences_start_with_defaults() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let first = steward.get("/api/me/preferences").by(&admin).send().await.expect(200);
    let ways = |kind: &str| first.json["notifications"][kind].clone();
    for kind in ["reminder_due", "task_overdue"] {
        assert_eq!(ways(kind), json!({"in_app": true, "email": true}), "{kind}");
    }
    for kind in ["activity_created", "investor_assigned", "import_finished", "reminder_failed", "task_assigned"] {
        assert_eq!(ways(kind), json!({"in_app": true, "email": false}), "{kind}");
    }
    assert_eq!((first.etag().as_str(), &first.json["time_zone"]), ("\"1\"", &json!("UTC")));
    let patch = json!({"time_zone": "Asia/Tokyo", "notifications": {"import_finished": {"email": true}}});
    let call = || steward.patch("/api/me/preferences").by(&admin);
    call().json(&patch).send().await.problem(428, "precondition_required");
    let changed = call().if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(changed.json["notifications"]["import_finished"], json!({"in_app": true, "email": true}));
    assert_eq!(changed.json["notifications"]["reminder_due"], ways("reminder_due"));
    call().if_match(1).json(&patch).send().await.problem(412, "stale_version");
    let me = steward.get("/api/me").by(&admin).send().await.expect(200);
    assert_eq!((&me.json["time_zone"], me.etag().as_str()), (&json!("Asia/Tokyo"), "\"2\""));
    for (field, wrong) in [
        ("time_zone", json!({"time_zone": "Mars/Olympus"})),
        ("notifications.weather", json!({"notifications": {"weather": {"email": true}}})),
        ("notifications.reminder_due.in_app", json!({"notifications": {"reminder_due": {"in_app": null}}})),
    ] {
        assert_eq!(call().if_match(2).json(&wrong).send().await.fields(), [field]);
    }
    let path = format!("/api/audit?entity_type=user&entity_id={}", admin.id);
    let trail = steward.get(&path).by(&admin).send().await.expect(200).text;
    assert!(trail.contains("preferences_update") && trail.contains("import_finished: in_app, email"), "{trail}");
}

#[tokio::test]
async fn notifications_use_the_chosen_channels() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    give(&steward, &admin, &rita, "Both off by mail").await;
    assert_eq!((count(&steward, &rita).await, steward.stack.mails().unwrap().len()), ((1, 1), 0));
    prefer(&steward, &rita, json!({"investor_assigned": {"email": true}})).await;
    give(&steward, &admin, &rita, "Both <i>").await;
    assert_eq!(count(&steward, &rita).await, (2, 2));
    let mail = steward.stack.mails().unwrap().remove(0);
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("rita@example.com", "Both <i> was assigned to you"));
    assert!(!mail.html.contains("<i>") && mail.text.contains("/investors/"), "{}", mail.html);
    prefer(&steward, &rita, json!({"investor_assigned": {"in_app": false}})).await;
    give(&steward, &admin, &rita, "Mail alone").await;
    assert_eq!((count(&steward, &rita).await, steward.stack.mails().unwrap().len()), ((2, 2), 2));
    prefer(&steward, &rita, json!({"investor_assigned": {"email": false}})).await;
    give(&steward, &admin, &rita, "Nothing").await;
    assert_eq!((count(&steward, &rita).await, steward.stack.mails().unwrap().len()), ((2, 2), 2));
}

#[tokio::test]
async fn a_deferred_or_redelivered_mail_is_sent_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    prefer(&steward, &rita, json!({"investor_assigned": {"email": true}})).await;
    steward.stack.refuse_mail(MailFault::Rejected, 1);
    give(&steward, &admin, &rita, "Acme").await;
    assert_eq!((count(&steward, &rita).await, steward.stack.mails().unwrap().len()), ((1, 1), 0));
    // Every item in the table is delivered again, in both orders.
    let mut records = crate::notifications::as_stream(&steward).await;
    for _ in 0..3 {
        let event: Event = serde_json::from_value(json!({"Records": records})).unwrap();
        assert!(on_change::handle(steward.app(), event.clone()).await.batch_item_failures.is_empty());
        assert!(send_mail::handle_stream(steward.app(), event).await.batch_item_failures.is_empty());
        records.reverse();
    }
    steward.settle().await;
    assert_eq!((count(&steward, &rita).await, steward.stack.mails().unwrap().len()), ((1, 1), 1));
    let report = steward.stack.run_schedule("send-mail").await.unwrap();
    assert_eq!(report["sent"], 0, "{report}");
}
