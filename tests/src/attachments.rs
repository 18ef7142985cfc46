//! Task attachments: who can add them, how many are allowed, and the count on the task's card.

use kernel::policy::Role;
use platform::table::Key;
use serde_json::{Value, json};

use crate::assets::{join, product};
use crate::documents::{PDF, announced, fetch, objects, put};
use crate::support::{Answer, Person, Steward};

/// Creates a task of the product and returns its path.
async fn task(steward: &Steward, by: &Person, product: &str, assignee: Option<&Person>) -> String {
    let new = json!({"title": "T", "assignee_id": assignee.map(|person| person.id)});
    let made = steward.post(&format!("{product}/tasks")).by(by).json(&new).send().await.expect(201);
    format!("{product}/tasks/{}", made.id())
}

/// The attachment count on the task's card, and the item's revision.
async fn counted(steward: &Steward, task: &str) -> (u64, u64) {
    let mut parts = task.split('/').skip(3);
    let (product, id) = (parts.next().unwrap(), parts.nth(1).unwrap());
    let key = Key::new(format!("PRODUCT#{product}"), format!("TASK#{id}"));
    let item = steward.app().table().get(key).await.unwrap().unwrap();
    let card: Value = platform::table::read(&item, "card").unwrap();
    (card["attachment_count"].as_u64().unwrap(), platform::table::read(&item, "revision").unwrap())
}

async fn attach(steward: &Steward, by: &Person, task: &str) -> Answer {
    let new = announced("a.pdf", "application/pdf", PDF);
    steward.post(&format!("{task}/attachments")).by(by).json(&new).send().await
}

fn path(task: &str, created: &Answer) -> String {
    format!("{task}/attachments/{}", created.json["attachment"]["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_can_be_attached_downloaded_and_removed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let product = product(&steward, &mia, "ORB").await;
    join(&steward, &mia, &product, &tom).await;
    let task = task(&steward, &mia, &product, Some(&tom)).await;
    let created = attach(&steward, &tom, &task).await.expect(201);
    let attachment = path(&task, &created);
    assert_eq!(created.headers["location"].to_str().unwrap(), attachment);
    let listed = async |person: &Person| steward.all(person, &format!("{task}/attachments"), 1).await;
    assert_eq!((listed(&mia).await.len(), listed(&tom).await.len()), (0, 1));
    assert_eq!(counted(&steward, &task).await, (0, 0));
    put(&steward, &created.json["upload"], PDF).await.expect(200);
    steward.settle().await;
    let shown = listed(&mia).await;
    assert_eq!((&shown[0]["status"], &shown[0]["file_name"]), (&json!("available"), &json!("a.pdf")));
    assert_eq!(counted(&steward, &task).await, (1, 1), "a concurrent change of the task must see the new revision");
    let got = steward.post(&format!("{attachment}/download?disposition=inline")).by(&mia).send().await.expect(200);
    assert_eq!(&fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200).bytes[..], PDF);

    // The event is repeated, and so is the upload.
    let (product_id, id) = (product.rsplit('/').next().unwrap(), attachment.rsplit('/').next().unwrap());
    put(&steward, &created.json["upload"], PDF).await.expect(200);
    steward.settle().await;
    let key = format!("pending/attachments/{product_id}/{id}");
    let outcome = product_development::attachment::uploaded(steward.app(), &key, None).await.unwrap();
    assert_eq!(outcome, platform::upload::Outcome::PassedOver);
    assert_eq!(counted(&steward, &task).await.0, 1);
    assert_eq!(objects(&steward).await, [format!("attachments/{id}")]);

    steward.delete(&attachment).by(&tom).if_match(1).send().await.problem(412, "stale_version");
    steward.delete(&attachment).by(&tom).if_match(2).send().await.expect(204);
    assert_eq!(counted(&steward, &task).await.0, 0);
    steward.post(&format!("{attachment}/download")).by(&mia).send().await.problem(404, "not_found");
    let verify = format!("/api/audit/verify?entity_type=attachment&entity_id={id}");
    let verdict = steward.get(&verify).by(&mia).send().await.expect(200);
    assert_eq!((&verdict.json["valid"], verdict.json["records"].as_u64().unwrap() >= 3), (&json!(true), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn attachment_permissions_follow_comments_and_ownership() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let tim = steward.user(&admin, "tim", &[Role::TeamMember]).await;
    let kim = steward.user(&admin, "kim", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB").await;
    for member in [&max, &tom] {
        join(&steward, &mia, &product, member).await;
    }
    let (his, nobodys) = (task(&steward, &mia, &product, Some(&tom)).await, task(&steward, &mia, &product, None).await);
    for person in [&admin, &mia, &max] {
        attach(&steward, person, &nobodys).await.expect(201);
    }
    attach(&steward, &tom, &nobodys).await.problem(403, "forbidden");
    for stranger in [&tim, &kim] {
        attach(&steward, stranger, &his).await.problem(404, "not_found");
        steward.get(&format!("{his}/attachments")).by(stranger).send().await.problem(404, "not_found");
    }
    attach(&steward, &mia, &format!("{product}/tasks/{}", kernel::id::new())).await.problem(404, "not_found");
    for remover in [&tom, &mia, &admin] {
        let created = attach(&steward, &tom, &his).await.expect(201);
        put(&steward, &created.json["upload"], PDF).await.expect(200);
        steward.settle().await;
        let attachment = path(&his, &created);
        steward.delete(&attachment).by(&max).if_match(2).send().await.problem(403, "forbidden");
        let elsewhere = path(&nobodys, &created);
        steward.delete(&elsewhere).by(remover).if_match(2).send().await.problem(404, "not_found");
        steward.delete(&attachment).by(remover).if_match(2).send().await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_has_at_most_fifty_attachments() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let task = task(&steward, &admin, &product, None).await;
    let lie = b"MZ program";
    let new = announced("a.pdf", "application/pdf", lie);
    let created = steward.post(&format!("{task}/attachments")).by(&admin).json(&new).send().await.expect(201);
    put(&steward, &created.json["upload"], lie).await.expect(200);
    steward.settle().await;
    let listed = steward.all(&admin, &format!("{task}/attachments"), 10).await;
    assert_eq!((&listed[0]["status"], &listed[0]["reason"]), (&json!("quarantined"), &json!("wrong_type")));
    steward.post(&format!("{}/download", path(&task, &created))).by(&admin).send().await.problem(409, "state_conflict");
    assert_eq!(counted(&steward, &task).await.0, 0);
    let told = steward.all(&admin, "/api/notifications", 10).await;
    assert_eq!(told.iter().filter(|note| note["kind"] == "document_quarantined").count(), 1);
    for _ in 1..product_development::attachment::MOST {
        attach(&steward, &admin, &task).await.expect(201);
    }
    attach(&steward, &admin, &task).await.problem(409, "state_conflict");
}
