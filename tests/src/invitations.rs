//! Invitations: new users set their own password.

use kernel::policy::Role;
use kernel::time::{self, Timestamp};
use local::{Stack, StackOptions};
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, Steward};

const OTHER: &str = "another horse entirely";
const ADDRESS: &str = "rita@example.com";

async fn invite(steward: &Steward, admin: &Person) -> Answer {
    let new = json!({"username": "rita", "name": "Rita", "email": ADDRESS, "roles": ["relationship_manager"]});
    steward.post("/api/users").by(admin).json(&new).send().await.expect(201)
}

async fn accept(steward: &Steward, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    steward.post("/api/auth/invitation/accept").json(&body).send().await
}

async fn login(steward: &Steward) -> Answer {
    steward.post("/api/auth/login").json(&json!({"username": "rita", "password": PASSWORD})).send().await
}

async fn edit(steward: &Steward, admin: &Person, user: &Answer, version: u64, patch: &Value) -> Answer {
    steward.patch(&format!("/api/users/{}", user.id())).by(admin).if_match(version).json(patch).send().await
}

async fn ask_for_reset(steward: &Steward) {
    let body = json!({"username_or_email": "rita"});
    steward.post("/api/auth/password-reset/request").json(&body).send().await.expect(202);
    steward.settle().await;
}

/// The subjects of the mails to an address, newest first.
async fn subjects(steward: &Steward, address: &str) -> Vec<String> {
    steward.settle().await;
    let mails = steward.stack.mails().unwrap();
    mails.into_iter().filter(|mail| mail.to == address).map(|mail| mail.subject).collect()
}

/// The token in the most recent mail to an address.
async fn token(steward: &Steward, address: &str) -> String {
    steward.settle().await;
    let mail = steward.stack.mails().unwrap().into_iter().find(|mail| mail.to == address).unwrap();
    mail.text.split_once("#token=").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

/// The token in a link that was shown to an admin.
fn shown(link: &Value, page: &str) -> String {
    link.as_str().unwrap().split_once(&format!("/{page}#token=")).unwrap().1.to_owned()
}

#[tokio::test]
async fn an_invited_user_sets_their_own_password() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    assert_eq!((&user.json["status"], &user.json["invitation_link"]), (&json!("invited"), &json!(null)));
    login(&steward).await.problem(401, "invalid_credentials");
    let link = token(&steward, ADDRESS).await;
    let items = crate::audit::dump(&steward).await;
    assert!(items.contains("INVITATION#") && !items.contains(&link), "only the token's hash is stored");
    assert_eq!(accept(&steward, &link, "Password1234").await.problem(422, "invalid_input").fields(), ["password"]);
    assert_eq!(accept(&steward, &link, "this is rita herself").await.fields(), ["password"]);
    let accepted = accept(&steward, &link, PASSWORD).await.expect(200);
    assert_eq!(accepted.json, json!({"username": "rita"}));
    assert!(accepted.headers["set-cookie"].to_str().unwrap().starts_with("steward_browser="), "the browser is known");
    let signed_in = login(&steward).await.expect(200);
    let rita = &signed_in.json["user"];
    assert_eq!((&rita["status"], &rita["invited_at"]), (&json!("active"), &json!(null)));
    accept(&steward, &link, OTHER).await.problem(400, "invalid_invitation_token");
    accept(&steward, "", PASSWORD).await.problem(400, "invalid_invitation_token");
    let path = format!("/api/audit?entity_type=user&entity_id={}", user.id());
    let trail = steward.get(&path).by(&admin).send().await.expect(200).text;
    assert!(trail.contains("user_create") && trail.contains("invitation_accept"), "{trail}");
    assert!(!trail.contains("argon2") && !trail.contains(PASSWORD));
}

#[tokio::test]
async fn nothing_is_assigned_to_an_invited_user() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    let list = steward.get("/api/users?status=invited").by(&admin).send().await.expect(200);
    assert_eq!(list.json["items"][0]["username"], "rita");
    let new = json!({"name": "Acme", "kind": "fund", "relationship_manager_id": user.id()});
    steward.post("/api/investors").by(&admin).json(&new).send().await.problem(422, "invalid_input");
    accept(&steward, &token(&steward, ADDRESS).await, PASSWORD).await.expect(200);
    steward.post("/api/investors").by(&admin).json(&new).send().await.expect(201);
}

#[tokio::test]
async fn a_new_invitation_voids_the_old_one() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    let first = token(&steward, ADDRESS).await;
    let path = format!("/api/users/{}/invitation", user.id());
    let again = steward.post(&path).by(&admin).send().await.expect(200);
    assert_eq!(again.json, json!({"link": null}));
    let second = token(&steward, ADDRESS).await;
    accept(&steward, &first, PASSWORD).await.problem(400, "invalid_invitation_token");
    accept(&steward, &second, PASSWORD).await.expect(200);
    steward.post(&path).by(&admin).send().await.problem(409, "state_conflict");
    let path = format!("/api/users/{}/invitation", kernel::id::new());
    steward.post(&path).by(&admin).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn an_invitation_follows_the_address() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    let mistyped = token(&steward, ADDRESS).await;
    let taken = edit(&steward, &admin, &user, 1, &json!({"email": "ada@example.com"})).await;
    taken.problem(409, "email_taken");
    let edited = edit(&steward, &admin, &user, 1, &json!({"email": "rita@new.example"})).await.expect(200);
    assert_eq!((&edited.json["email"], &edited.json["pending_email"]), (&json!("rita@new.example"), &json!(null)));
    accept(&steward, &mistyped, PASSWORD).await.problem(400, "invalid_invitation_token");
    accept(&steward, &token(&steward, "rita@new.example").await, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_invitation_lasts_three_days() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    invite(&steward, &admin).await;
    let link = token(&steward, ADDRESS).await;
    let begun = Timestamp::now();
    // A password that is refused only once the link was found to be good, and leaves it unused.
    let refused = "this is rita herself";
    let at = async |seconds: i64| time::at(begun.plus_seconds(seconds), accept(&steward, &link, refused)).await;
    at(72 * 3600 - 60).await.problem(422, "invalid_input");
    at(72 * 3600).await.problem(400, "invalid_invitation_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_accepted_twice_at_once_works_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    invite(&steward, &admin).await;
    let link = token(&steward, ADDRESS).await;
    let (one, two) = tokio::join!(accept(&steward, &link, PASSWORD), accept(&steward, &link, OTHER));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{} {}", one.text, two.text);
}

#[tokio::test]
async fn a_user_who_has_not_accepted_is_invited_or_disabled() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    let link = token(&steward, ADDRESS).await;
    let set =
        async |version: u64, status: &str| edit(&steward, &admin, &user, version, &json!({"status": status})).await;
    assert_eq!(set(1, "active").await.problem(422, "invalid_input").fields(), ["status"]);
    assert_eq!(set(1, "disabled").await.expect(200).json["status"], "disabled");
    accept(&steward, &link, PASSWORD).await.problem(400, "invalid_invitation_token");
    assert_eq!(set(2, "active").await.problem(422, "invalid_input").fields(), ["status"]);
    assert_eq!(set(2, "invited").await.expect(200).json["status"], "invited");
    // The link may have been the reason to disable the user.
    accept(&steward, &link, PASSWORD).await.problem(400, "invalid_invitation_token");
    accept(&steward, &token(&steward, ADDRESS).await, PASSWORD).await.expect(200);
    assert_eq!(set(4, "invited").await.problem(422, "invalid_input").fields(), ["status"]);
}

#[tokio::test]
async fn an_invited_admin_is_not_counted_as_one_who_can_sign_in() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    edit(&steward, &admin, &user, 1, &json!({"roles": ["admin"]})).await.expect(200);
    let own = format!("/api/users/{}", admin.id);
    let resign = json!({"roles": ["analyst"]});
    steward.patch(&own).by(&admin).if_match(1).json(&resign).send().await.problem(409, "state_conflict");
    accept(&steward, &token(&steward, ADDRESS).await, PASSWORD).await.expect(200);
    steward.patch(&own).by(&admin).if_match(1).json(&resign).send().await.expect(200);
}

#[tokio::test]
async fn nobody_sets_somebody_elses_password() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let new = json!({"username": "rita", "name": "R", "email": ADDRESS, "roles": ["analyst"], "password": OTHER});
    steward.post("/api/users").by(&admin).json(&new).send().await.problem(422, "unknown_field");
    let user = invite(&steward, &admin).await;
    edit(&steward, &admin, &user, 1, &json!({"password": OTHER})).await.problem(422, "unknown_field");
}

#[tokio::test]
async fn an_admin_sends_a_reset_link() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let path = format!("/api/users/{}/password-reset", rita.id);
    steward.post(&path).by(&rita).send().await.problem(403, "forbidden");
    assert_eq!(steward.post(&path).by(&admin).send().await.expect(200).json, json!({"link": null}));
    login(&steward).await.expect(200);
    let body = json!({"token": token(&steward, ADDRESS).await, "password": OTHER});
    steward.post("/api/auth/password-reset/confirm").json(&body).send().await.expect(204);
    login(&steward).await.problem(401, "invalid_credentials");
    let trail = format!("/api/audit?entity_type=user&entity_id={}", rita.id);
    assert!(steward.get(&trail).by(&admin).send().await.expect(200).text.contains("user_password_reset"));
    let user = format!("/api/users/{}", rita.id);
    let off = json!({"status": "disabled"});
    steward.patch(&user).by(&admin).if_match(2).json(&off).send().await.expect(200);
    steward.post(&path).by(&admin).send().await.problem(409, "state_conflict");
}

#[tokio::test]
async fn a_reset_link_asked_for_too_early_is_the_invitation_again() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = invite(&steward, &admin).await;
    let path = format!("/api/users/{}/password-reset", user.id());
    steward.post(&path).by(&admin).send().await.problem(409, "state_conflict");
    let first = token(&steward, ADDRESS).await;
    ask_for_reset(&steward).await;
    let second = token(&steward, ADDRESS).await;
    assert_eq!(subjects(&steward, ADDRESS).await, ["You have been invited to Steward"; 2]);
    // A stranger can neither void an invitation nor make it last longer.
    let mut items = crate::audit::items(&steward).await;
    items.retain(|item| item["pk"].as_s().unwrap().starts_with("INVITATION#"));
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["expires_at"], items[1]["expires_at"]);
    accept(&steward, &first, PASSWORD).await.expect(200);
    accept(&steward, &second, OTHER).await.problem(400, "invalid_invitation_token");
}

#[tokio::test]
async fn a_reset_link_is_of_no_use_to_an_invited_user() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    invite(&steward, &admin).await;
    let body = json!({"token": token(&steward, ADDRESS).await, "password": PASSWORD});
    let confirm = steward.post("/api/auth/password-reset/confirm").json(&body);
    confirm.send().await.problem(400, "invalid_reset_token");
}

#[tokio::test]
async fn without_mail_the_admin_gets_the_links() {
    let options = StackOptions { sends_mail: false, ..StackOptions::default() };
    let steward = Steward { stack: Stack::start(options).await.unwrap() };
    let admin = steward.admin().await;
    let new = json!({"username": "rita", "name": "Rita", "email": ADDRESS, "roles": ["analyst"]});
    let create = || steward.post("/api/users").by(&admin).header("idempotency-key", "rita").json(&new).send();
    let user = create().await.expect(201);
    let first = shown(&user.json["invitation_link"], "invitation");
    assert_eq!(create().await.expect(201).json, user.json);
    let invitation = format!("/api/users/{}/invitation", user.id());
    let again = steward.post(&invitation).by(&admin).send().await.expect(200);
    let second = shown(&again.json["link"], "invitation");
    let items = crate::audit::dump(&steward).await;
    assert!(!items.contains(&first) && !items.contains(&second), "no link is stored in a form that can be read");
    accept(&steward, &first, PASSWORD).await.problem(400, "invalid_invitation_token");
    accept(&steward, &second, PASSWORD).await.expect(200);
    let reset = format!("/api/users/{}/password-reset", user.id());
    let reset = steward.post(&reset).by(&admin).send().await.expect(200);
    let body = json!({"token": shown(&reset.json["link"], "reset-password"), "password": OTHER});
    steward.post("/api/auth/password-reset/confirm").json(&body).send().await.expect(204);
    assert_eq!(subjects(&steward, ADDRESS).await, ["Your Steward password was changed"]);
}

#[tokio::test]
async fn guesses_at_invitations_are_limited() {
    let steward = Steward::start().await;
    steward.admin().await;
    for _ in 0..60 {
        accept(&steward, "a guess", PASSWORD).await.problem(400, "invalid_invitation_token");
    }
    accept(&steward, "a guess", PASSWORD).await.problem(429, "rate_limited");
}
