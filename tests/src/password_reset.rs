//! Forgotten passwords: the same answer for everyone, and a link that works once.

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::policy::Role;
use serde_json::json;

use crate::auth::cookie;
use crate::support::{Answer, PASSWORD, Steward};

const NEW: &str = "another horse entirely";

async fn request(steward: &Steward, who: &str) -> Answer {
    let body = json!({"username_or_email": who});
    let answer = steward.post("/api/auth/password-reset/request").json(&body).send().await;
    steward.settle().await;
    answer
}

async fn confirm(steward: &Steward, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    steward.post("/api/auth/password-reset/confirm").json(&body).send().await
}

async fn login(steward: &Steward, password: &str) -> Answer {
    let body = json!({"username": "admin", "password": password});
    steward.post("/api/auth/login").json(&body).send().await
}

/// The token in the most recent mail.
fn token(steward: &Steward) -> String {
    let mail = steward.stack.mails().unwrap().remove(0);
    assert!(mail.subject.contains("password"), "{}", mail.subject);
    let text = mail.text.split_once("#token=").unwrap().1;
    text.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_reset_link_works_once_and_ends_all_sessions() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let session = cookie(&login(&steward, PASSWORD).await.expect(200));
    request(&steward, "ADA@example.com ").await.expect(202);
    let first = token(&steward);
    assert_eq!(steward.stack.mails().unwrap()[0].to, "ada@example.com");
    let items = format!("{:?}", crate::audit::items(&steward).await);
    assert!(items.contains("RESET#") && !items.contains(&first), "only the token's hash is stored");
    assert_eq!(confirm(&steward, &first, "short").await.problem(422, "invalid_input").fields(), ["password"]);
    assert_eq!(confirm(&steward, &first, "my name is admin").await.fields(), ["password"]);
    confirm(&steward, &first, NEW).await.expect(204);
    steward.post("/api/auth/refresh").header("cookie", &session).send().await.problem(401, "unauthenticated");
    login(&steward, PASSWORD).await.problem(401, "invalid_credentials");
    login(&steward, NEW).await.expect(200);
    confirm(&steward, &first, "a third horse altogether").await.problem(400, "invalid_reset_token");
    request(&steward, "admin").await.expect(202);
    assert_ne!(token(&steward), first);
    let path = format!("/api/audit?entity_type=user&entity_id={}", admin.id);
    // The reset ended the session that the admin had before.
    let admin = steward.person(admin.id, "Ada Admin", &[Role::Admin]).await;
    let trail = steward.get(&path).by(&admin).send().await.expect(200).text;
    assert!(trail.contains("password_reset_request") && trail.contains("password_reset_confirm"), "{trail}");
    assert!(!trail.contains(NEW) && !trail.contains("argon2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_used_twice_at_once_works_once() {
    let steward = Steward::start().await;
    steward.admin().await;
    request(&steward, "admin").await.expect(202);
    let token = token(&steward);
    let (one, two) = tokio::join!(confirm(&steward, &token, NEW), confirm(&steward, &token, "the other horse here"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400], "{} {}", one.text, two.text);
}

#[tokio::test]
async fn unknown_users_get_the_same_answer_and_no_mail() {
    let steward = Steward::start().await;
    steward.admin().await;
    let mut counts = Vec::new();
    for who in ["admin", "nobody-at-all", "nobody@example.com", "", "' OR 1=1 --\u{0}", &"x".repeat(254)] {
        let before = crate::audit::items(&steward).await.len();
        let body = json!({"username_or_email": who});
        let answer = steward.post("/api/auth/password-reset/request").json(&body).send().await.expect(202);
        assert_eq!(answer.text, "", "{who}");
        let kinds: Vec<String> =
            crate::audit::items(&steward).await.iter().map(|item| format!("{:?}", item["pk"])).collect();
        let of = |prefix: &str| kinds.iter().filter(|pk| pk.contains(prefix)).count();
        assert!(kinds.len() >= before + 3, "{who}");
        counts.push((of("OUTBOX#"), of("LIMIT#")));
        steward.settle().await;
    }
    // The origin has two counters.
    let expected: Vec<_> = (1..=6).map(|n| (n, n + 2)).collect();
    assert_eq!(counts, expected, "one outbox item and one counter for each request, known user or not");
    assert_eq!(steward.stack.mails().unwrap().len(), 1);
}

#[tokio::test]
async fn a_user_gets_at_most_three_links_an_hour() {
    let steward = Steward::start().await;
    steward.admin().await;
    for who in ["admin", "ada@example.com", "admin", "ada@example.com", "admin"] {
        request(&steward, who).await.expect(202);
    }
    assert_eq!(steward.stack.mails().unwrap().len(), 3);
}

#[tokio::test]
async fn a_link_expires_with_time_or_a_password_change() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    request(&steward, "admin").await.expect(202);
    let late = token(&steward);
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    let changed = late.clone();
    // Expire the link by setting its expiry back.
    let key =
        crate::audit::items(&steward).await.into_iter().find(|item| item["pk"].as_s().unwrap().starts_with("RESET#"));
    let key = key.unwrap();
    let set = async |seconds: i64| {
        let table = steward.app().table();
        let update = table.client().update_item().table_name(table.name());
        update
            .key("pk", key["pk"].clone())
            .key("sk", key["sk"].clone())
            .update_expression("SET #data.expires_at = :at")
            .expression_attribute_names("#data", "data")
            .expression_attribute_values(":at", AttributeValue::N(seconds.to_string()))
            .send()
            .await
            .unwrap();
    };
    let now = kernel::time::Timestamp::now().as_second();
    set(now - 1).await;
    confirm(&steward, &late, NEW).await.problem(400, "invalid_reset_token");
    set(now + 600).await;
    steward.post("/api/me/password").by(&admin).json(&change).send().await.expect(204);
    confirm(&steward, &changed, "a third horse altogether").await.problem(400, "invalid_reset_token");
    confirm(&steward, "", NEW).await.problem(400, "invalid_reset_token");
    confirm(&steward, &"x".repeat(5000), NEW).await.problem(400, "invalid_reset_token");
}

#[tokio::test]
async fn a_disabled_user_gets_no_link() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    request(&steward, "rita").await.expect(202);
    let token = token(&steward);
    let path = format!("/api/users/{}", rita.id);
    let off = json!({"status": "disabled"});
    steward.patch(&path).by(&admin).if_match(1).json(&off).send().await.expect(200);
    confirm(&steward, &token, NEW).await.problem(400, "invalid_reset_token");
    request(&steward, "rita").await.expect(202);
    assert_eq!(steward.stack.mails().unwrap().len(), 1);
}
