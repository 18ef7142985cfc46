//! Sending due reminders: once, to the right person, at the right time, even when something goes wrong.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use investor_relations::reminder::{Limits, Report, send_due};
use kernel::policy::Role;
use kernel::time::Timestamp;
use local::{CaughtMail, MailFault};
use serde_json::{Value, json};

use super::{acme, create, path, remind};
use crate::support::{Person, Steward};

fn at(now: &str) -> Limits {
    Limits { now: now.parse().unwrap(), ..Limits::default() }
}

async fn run(steward: &Steward, now: &str) -> Report {
    send_due(steward.app(), &at(now)).await.unwrap()
}

fn mails(steward: &Steward) -> Vec<CaughtMail> {
    steward.stack.mails().unwrap()
}

async fn read(steward: &Steward, person: &Person, path: &str) -> Value {
    steward.get(path).by(person).send().await.expect(200).json
}

async fn notified(steward: &Steward, person: &Person) -> Vec<(String, String)> {
    steward.settle().await;
    let list = steward.all(person, "/api/notifications", 50).await;
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    list.iter().map(|item| (text(item, "kind"), text(item, "title"))).collect()
}

#[tokio::test]
async fn a_due_reminder_is_mailed_once() {
    let steward = Steward::start().await;
    let (_, rita, _) = acme(&steward).await;
    let acme = steward.investor(&rita, "Acme <b>&\"Sons").await.id();
    let me = json!({"time_zone": "America/New_York"});
    steward.patch("/api/me").by(&rita).if_match(1).json(&me).send().await.expect(200);
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-03-27T09:00").await);
    assert_eq!(run(&steward, "2027-03-27T07:59:59Z").await, Report::default(), "it is not due yet");
    assert_eq!(run(&steward, "2027-03-27T08:00:00Z").await, Report { sent: 1, ..Report::default() });
    assert_eq!(run(&steward, "2027-03-28T08:00:00Z").await, Report::default());
    let [mail] = mails(&steward).try_into().unwrap();
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("rita@example.com", "Reminder: Acme <b>&\"Sons"));
    assert!(mail.text.contains("Saturday, 27 March 2027, 04:00 (America/New_York)"), "{}", mail.text);
    assert!(mail.text.contains("> Ask about the fund") && mail.html.contains("Ask about the fund"));
    assert!(mail.html.contains("Acme &lt;b&gt;&amp;&quot;Sons") && !mail.html.contains("<b>"), "{}", mail.html);
    assert!(mail.text.contains(&format!("{}/investors/{acme}", steward.stack.base_url())), "{}", mail.text);
    let after = read(&steward, &rita, &one).await;
    assert_eq!((after["status"].as_str(), after["version"].as_u64()), (Some("sent"), Some(2)));
    assert!(after["sent_at"].is_string() && after["attempts"] == 1 && after["last_error"].is_null());
    assert_eq!(notified(&steward, &rita).await, [("reminder_due".into(), "Reminder: Acme <b>&\"Sons".into())]);
    let feed = format!("{:?}", crate::audit::items(&steward).await);
    assert!(!feed.contains("Ask about the fund"), "the message must not be readable in the table");
}

#[tokio::test]
async fn a_recurring_reminder_keeps_its_local_time() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let new = json!({
        "message": "m", "due_local": "2027-03-27T09:00", "time_zone": "Europe/Zurich",
        "recurrence": {"frequency": "daily"},
    });
    let one = path(&acme, &create(&steward, &rita, &acme, &new).await.expect(201));
    run(&steward, "2027-03-27T08:00:00Z").await;
    let next = read(&steward, &rita, &one).await;
    assert_eq!(
        (next["due_local"].as_str(), next["due_at"].as_str()),
        (Some("2027-03-28T09:00"), Some("2027-03-28T07:00:00.000Z"))
    );
    assert_eq!((next["status"].as_str(), next["attempts"].as_u64()), (Some("scheduled"), Some(0)));
    // After a gap of several days, the missed occurrences are sent as one and the series continues.
    assert_eq!(run(&steward, "2027-04-02T12:00:00Z").await.sent, 1);
    assert_eq!(read(&steward, &rita, &one).await["due_local"], "2027-04-03T09:00");
    // Snoozing one occurrence does not move the series.
    let until = Timestamp::now().plus_seconds(3600);
    let snooze = json!({"until": until});
    steward.post(&format!("{one}/snooze")).by(&rita).json(&snooze).send().await.expect(200);
    assert_eq!(run(&steward, &until.to_string()).await.sent, 1);
    assert_eq!(read(&steward, &rita, &one).await["due_local"], "2027-03-27T09:00");
    assert_eq!(mails(&steward).len(), 3);
    steward.post(&format!("{one}/done")).by(&rita).send().await.expect(200);
    assert_eq!(run(&steward, "2028-01-01T00:00:00Z").await, Report::default());
}

#[tokio::test]
async fn a_throttled_reminder_is_retried_later() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-01-04T09:00").await);
    steward.stack.refuse_mail(MailFault::Throttled, 3);
    assert_eq!(run(&steward, "2027-01-04T08:00:00Z").await, Report { put_off: 1, ..Report::default() });
    let waiting = read(&steward, &rita, &one).await;
    assert_eq!((waiting["attempts"].as_u64(), waiting["last_error"].as_str()), (Some(1), Some("throttling")));
    assert_eq!((waiting["status"].as_str(), waiting["version"].as_u64()), (Some("scheduled"), Some(1)));
    assert_eq!(run(&steward, "2027-01-04T08:00:59Z").await, Report::default(), "the back-off is not over");
    assert_eq!(run(&steward, "2027-01-04T08:01:00Z").await.sent, 1);
    assert_eq!(read(&steward, &rita, &one).await["last_error"], Value::Null);
    assert_eq!(mails(&steward).len(), 1);
}

#[tokio::test]
async fn a_repeatedly_rejected_reminder_fails_visibly() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-01-04T09:00").await);
    steward.stack.refuse_mail(MailFault::Rejected, 1_000);
    let start: Timestamp = "2027-01-04T08:00:00Z".parse().unwrap();
    for hours in 0..11 {
        let report = run(&steward, &start.plus_seconds(hours * 5 * 3600).to_string()).await;
        assert_eq!(report, Report { put_off: 1, ..Report::default() }, "after {hours} × 5 hours");
    }
    assert_eq!(run(&steward, "2027-01-10T08:00:00Z").await, Report { given_up: 1, ..Report::default() });
    let failed = read(&steward, &rita, &one).await;
    assert_eq!((failed["status"].as_str(), failed["last_error"].as_str()), (Some("failed"), Some("message_rejected")));
    assert_eq!(failed["attempts"], 12);
    let told = notified(&steward, &rita).await;
    assert_eq!(told, [("reminder_failed".into(), "A reminder about Acme could not be emailed".into())]);
    let id = one.rsplit('/').next().unwrap();
    let verify = format!("/api/audit/verify?entity_type=reminder&entity_id={id}");
    assert_eq!(read(&steward, &admin, &verify).await["valid"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_concurrent_senders_send_each_reminder_once() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    for n in 0..20 {
        remind(&steward, &rita, &acme, &format!("2027-01-04T09:{n:02}")).await;
    }
    let limits = at("2027-01-05T00:00:00Z");
    let (first, second) = tokio::join!(send_due(steward.app(), &limits), send_due(steward.app(), &limits));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.sent + second.sent, 20, "{first:?} {second:?}");
    assert_eq!(mails(&steward).len(), 20);
    assert_eq!(notified(&steward, &rita).await.len(), 20);
}

#[tokio::test]
async fn a_crash_before_recording_sends_again_after_the_lease() {
    let (steward, left) = crate::accidents::unlucky(400, crate::accidents::THROTTLED, false).await;
    let (_, rita, acme) = acme(&steward).await;
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-01-04T09:00").await);
    steward.settle().await;
    left.store(100_000, Ordering::SeqCst);
    assert_eq!(run(&steward, "2027-01-04T08:00:00Z").await, Report { broken: 1, ..Report::default() });
    left.store(0, Ordering::SeqCst);
    assert_eq!(read(&steward, &rita, &one).await["status"], "scheduled");
    assert_eq!(run(&steward, "2027-01-04T08:04:00Z").await, Report::default(), "the lease still holds");
    assert_eq!(run(&steward, "2027-01-04T08:05:00Z").await.sent, 1);
    assert_eq!(run(&steward, "2027-01-04T09:00:00Z").await, Report::default());
    assert_eq!(mails(&steward).len(), 2, "the crash costs a second mail");
    assert_eq!(read(&steward, &rita, &one).await["status"], "sent");
    assert_eq!(notified(&steward, &rita).await.len(), 1);
}

#[tokio::test]
async fn the_former_manager_is_not_reminded() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-01-04T09:00").await);
    let to_admin = json!({"relationship_manager_id": admin.id});
    steward.patch(&format!("/api/investors/{acme}")).by(&admin).if_match(1).json(&to_admin).send().await.expect(200);
    assert_eq!(run(&steward, "2027-01-04T08:00:00Z").await, Report { given_up: 1, ..Report::default() });
    let failed = read(&steward, &admin, &one).await;
    assert_eq!(
        (failed["status"].as_str(), failed["last_error"].as_str()),
        (Some("failed"), Some("recipient_not_permitted"))
    );
    assert_eq!(mails(&steward).len(), 0);
}

#[tokio::test]
async fn reminders_of_a_deleted_investor_are_cancelled() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let two = path(&acme, &remind(&steward, &rita, &acme, "2027-01-05T09:00").await);
    steward.delete(&format!("/api/investors/{acme}")).by(&admin).if_match(1).send().await.expect(204);
    assert_eq!(run(&steward, "2027-01-05T08:00:00Z").await.given_up, 1);
    assert_eq!(read(&steward, &admin, &two).await["status"], "cancelled");
    assert_eq!(mails(&steward).len(), 0);
}

#[tokio::test]
async fn a_user_can_turn_off_reminder_mail() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let off = json!({"notifications": {"reminder_due": {"email": false}}});
    steward.patch("/api/me/preferences").by(&rita).if_match(1).json(&off).send().await.expect(200);
    remind(&steward, &rita, &acme, "2027-01-04T09:00").await;
    assert_eq!(run(&steward, "2027-01-04T08:00:00Z").await.sent, 1);
    assert_eq!((mails(&steward).len(), notified(&steward, &rita).await.len()), (0, 1));
}

#[tokio::test]
async fn a_change_during_sending_never_sends_twice() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-01-04T09:00").await);
    let limits = at("2027-01-04T08:00:00Z");
    let patch = json!({"message": "Changed"});
    let change = steward.patch(&one).by(&rita).if_match(1).json(&patch).send();
    let (report, changed) = tokio::join!(send_due(steward.app(), &limits), change);
    assert_eq!(report.unwrap().sent, 1);
    assert!([200, 409, 412].contains(&changed.status.as_u16()), "{}", changed.text);
    assert_eq!(run(&steward, "2027-01-04T10:00:00Z").await, Report::default());
    assert_eq!(mails(&steward).len(), 1);
    assert_eq!(read(&steward, &rita, &one).await["status"], "sent");
}

/// Set `STEWARD_DUE=10000` to measure with the number of reminders in the specification.
#[tokio::test(flavor = "multi_thread")]
async fn many_due_reminders_are_sent_over_several_runs() {
    let many: usize = std::env::var("STEWARD_DUE").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let steward = Steward::start().await;
    let (admin, _, _) = acme(&steward).await;
    let mut investors = Vec::new();
    for n in 0..many.div_ceil(100) {
        investors.push(steward.investor(&admin, &format!("Investor {n}")).await.id());
    }
    for batch in (0..many).collect::<Vec<_>>().chunks(8) {
        let sets = batch.iter().map(|n| remind(&steward, &admin, &investors[n % investors.len()], "2027-01-04T09:00"));
        futures_util::future::join_all(sets).await;
    }
    steward.settle().await;
    let budget = if many > 1_000 { Duration::from_secs(45) } else { Duration::from_millis(400) };
    let limits = Limits { budget, ..at("2027-01-04T08:00:00Z") };
    let (mut sent, mut runs) = (0, 0);
    loop {
        let started = std::time::Instant::now();
        let report = send_due(steward.app(), &limits).await.unwrap();
        runs += 1;
        sent += report.sent;
        println!("run {runs}: {report:?} in {:?}", started.elapsed());
        assert!(started.elapsed() < budget + Duration::from_secs(5), "a run must end within its time budget");
        assert_eq!((report.put_off, report.given_up, report.broken), (0, 0, 0), "{report:?}");
        if !report.left {
            break;
        }
    }
    assert!(runs > 1, "the time budget must be exhausted");
    assert_eq!(sent, many);
    let due = crate::audit::items(&steward).await;
    let due = due.iter().filter(|item| item.get("gsi2pk").is_some_and(|pk| pk.as_s().unwrap().starts_with("DUE#")));
    assert_eq!(due.count(), 0, "a sent reminder leaves the index");
    let ids: BTreeSet<i64> = mails(&steward).iter().map(|mail| mail.id).collect();
    assert_eq!(ids.len(), many.min(1_000));
    assert_eq!(ids.last().copied(), i64::try_from(many).ok(), "each reminder is mailed once");
}

#[tokio::test]
async fn an_admin_can_set_a_reminder_for_the_manager() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let analyst = steward.user(&admin, "ann", &[Role::Analyst]).await;
    let new = |user: &Person| json!({"message": "m", "due_local": "2027-01-04T09:00", "time_zone": "Europe/Zurich", "user_id": user.id});
    create(&steward, &admin, &acme, &new(&rita)).await.expect(201);
    assert_eq!(create(&steward, &admin, &acme, &new(&analyst)).await.fields(), ["user_id"]);
    assert_eq!(run(&steward, "2027-01-04T08:00:00Z").await.sent, 1);
    assert_eq!(mails(&steward)[0].to, "rita@example.com");
}

#[tokio::test]
async fn a_schedule_can_be_run_by_hand() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    remind(&steward, &rita, &acme, "2020-01-04T09:00").await;
    let from_here = steward.stack.base_url().to_owned();
    steward.post("/_local/schedules/send-reminders/run").header("origin", &from_here).send().await.expect(303);
    let status = steward.get("/_local/status.json").send().await.expect(200);
    let schedule = status.json["schedules"].as_array().unwrap().iter().find(|s| s["name"] == "send-reminders");
    let schedule = schedule.unwrap();
    assert_eq!(schedule["expression"], "rate(1 minute)");
    assert!(schedule["outcome"].as_str().unwrap().contains("\"sent\":1"), "{schedule}");
    let caught = steward.get("/_local/mail.json").send().await.expect(200);
    assert_eq!(caught.json[0]["subject"], "Reminder: Acme");
    let page = steward.get("/_local/mail/1").send().await.expect(200);
    assert!(page.text.contains("<iframe sandbox") && page.text.contains("Ask about the fund"));
    let body = steward.get("/_local/mail/1/body").send().await.expect(200);
    assert!(body.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox;"));
    assert!(steward.stack.run_schedule("nothing").await.is_err());
}
