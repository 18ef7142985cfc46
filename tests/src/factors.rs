//! Second factors: authenticator apps, recovery codes, and who must have one.

mod authenticator;
mod passkeys;
mod stepped_up;

use kernel::policy::Role;
use kernel::time::{self, Timestamp};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::auth::cookie;
use crate::support::{Answer, PASSWORD, Person, Steward};

/// Runs `work` with the clock set forward.
pub async fn later<T>(seconds: i64, work: impl Future<Output = T>) -> T {
    time::at(Timestamp::now().plus_seconds(seconds), work).await
}

pub async fn login(steward: &Steward, username: &str) -> Answer {
    steward.post("/api/auth/login").json(&json!({"username": username, "password": PASSWORD})).send().await
}

pub async fn answer(steward: &Steward, body: &Value) -> Answer {
    steward.post("/api/auth/challenge").json(body).send().await
}

/// The person with the access token of a sign-in, whose session exists.
pub fn signed_in(person: &Person, answer: &Answer) -> Person {
    Person { token: answer.json["access_token"].as_str().unwrap().into(), ..person.clone() }
}

/// The code of an authenticator app, some steps from now.
pub fn code(secret: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let at = Timestamp::now().as_second() + 30 * steps;
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

/// Adds an authenticator app; returns its secret and the recovery codes. The code of the step before this one is used.
pub async fn enrol(steward: &Steward, person: &Person) -> (String, Vec<String>) {
    let new = steward.post("/api/me/totp").by(person).send().await.expect(200);
    let secret = new.json["secret"].as_str().unwrap().to_owned();
    let body = json!({"code": code(&secret, -1)});
    let confirmed = steward.post("/api/me/totp/confirm").by(person).json(&body).send().await.expect(200);
    let codes = confirmed.json["recovery_codes"].as_array().unwrap();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

/// The challenge of a new sign-in.
pub async fn challenge(steward: &Steward, username: &str) -> String {
    let due = login(steward, username).await.expect(200);
    due.json["challenge"].as_str().unwrap_or_else(|| panic!("{}", due.text)).to_owned()
}

async fn by_totp(steward: &Steward, challenge: &str, code: &str) -> Answer {
    answer(steward, &json!({"method": "totp", "challenge": challenge, "code": code})).await
}

async fn by_recovery(steward: &Steward, challenge: &str, code: &str) -> Answer {
    answer(steward, &json!({"method": "recovery", "challenge": challenge, "code": code})).await
}

async fn trail(steward: &Steward, admin: &Person, user: &Person) -> Vec<String> {
    let records = steward.all(admin, &format!("/api/audit?entity_type=user&entity_id={}", user.id), 100).await;
    records.iter().map(|record| record["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_code_completes_the_sign_in() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, codes) = enrol(&steward, &admin).await;
    assert_eq!(codes.len(), 10);
    let due = login(&steward, "admin").await.expect(200);
    assert_eq!(due.json["methods"], json!(["totp", "recovery"]));
    assert!(due.json.get("access_token").is_none() && due.headers.get("set-cookie").is_none());
    let done = by_totp(&steward, due.json["challenge"].as_str().unwrap(), &code(&secret, 0)).await.expect(200);
    assert_eq!(done.json["user"]["second_factor"], true);
    cookie(&done);
    let mine = steward.get("/api/me/factors").by(&signed_in(&admin, &done)).send().await.expect(200);
    assert_eq!((&mine.json["recovery_codes_left"], &mine.json["passkeys"]), (&json!(10), &json!(0)));
    assert!(mine.json["totp"]["last_used_at"].is_string(), "{}", mine.text);
}

#[tokio::test]
async fn a_used_code_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, _) = enrol(&steward, &admin).await;
    let now = code(&secret, 0);
    by_totp(&steward, &challenge(&steward, "admin").await, &now).await.expect(200);
    let open = challenge(&steward, "admin").await;
    assert_eq!(by_totp(&steward, &open, &now).await.problem(422, "invalid_input").fields(), ["code"]);
    // The code before it is older than the last one accepted.
    by_totp(&steward, &open, &code(&secret, -1)).await.problem(422, "invalid_input");
    by_totp(&steward, &open, &code(&secret, 1)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_sent_twice_at_once_works_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, _) = enrol(&steward, &admin).await;
    let (one, two) = (challenge(&steward, "admin").await, challenge(&steward, "admin").await);
    let now = code(&secret, 0);
    let (one, two) = tokio::join!(by_totp(&steward, &one, &now), by_totp(&steward, &two, &now));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{} {}", one.text, two.text);
}

#[tokio::test]
async fn a_clock_may_be_off_by_one_step() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, _) = enrol(&steward, &admin).await;
    // The app's clock is two steps ahead, then one.
    let open = challenge(&steward, "admin").await;
    let (two, one) = (code(&secret, 4), code(&secret, 3));
    later(60, async {
        by_totp(&steward, &open, &two).await.problem(422, "invalid_input");
        by_totp(&steward, &open, &one).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (_, codes) = enrol(&steward, &admin).await;
    let (one, two) = (challenge(&steward, "admin").await, challenge(&steward, "admin").await);
    let typed = codes[0].replace('-', " ").to_uppercase();
    let (first, second) = tokio::join!(by_recovery(&steward, &one, &codes[0]), by_recovery(&steward, &two, &typed));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{} {}", first.text, second.text);
    let done = by_recovery(&steward, &challenge(&steward, "admin").await, &codes[1]).await.expect(200);
    let mine = steward.get("/api/me/factors").by(&signed_in(&admin, &done)).send().await.expect(200);
    assert_eq!(mine.json["recovery_codes_left"], 8);
    steward.settle().await;
    assert_eq!(steward.stack.mails().unwrap()[0].subject, "Recovery code used");
    assert_eq!(trail(&steward, &admin, &admin).await.iter().filter(|action| *action == "recovery_code_use").count(), 2);
}

#[tokio::test]
async fn new_recovery_codes_replace_the_old_ones() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.post("/api/me/recovery-codes").by(&admin).send().await.problem(409, "state_conflict");
    let (_, old) = enrol(&steward, &admin).await;
    let new = steward.post("/api/me/recovery-codes").by(&admin).send().await.expect(200);
    let open = challenge(&steward, "admin").await;
    by_recovery(&steward, &open, &old[0]).await.problem(422, "invalid_input");
    by_recovery(&steward, &open, new.json["recovery_codes"][0].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn secrets_and_codes_are_stored_unreadably() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, codes) = enrol(&steward, &admin).await;
    let open = challenge(&steward, "admin").await;
    let items = format!("{:?}", crate::audit::items(&steward).await);
    let bytes = Secret::try_from_base32(&secret).unwrap();
    assert!(
        items.contains("FACTOR#TOTP") && !items.contains(&secret) && !items.contains(&format!("{:?}", bytes.as_ref()))
    );
    assert!(codes.iter().all(|code| !items.contains(code) && !items.contains(&code.replace('-', ""))));
    assert!(items.contains("CHALLENGE#") && !items.contains(&open));
}

#[tokio::test]
async fn wrong_codes_lock_out_like_wrong_passwords() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    enrol(&steward, &admin).await;
    let open = challenge(&steward, "admin").await;
    for _ in 0..5 {
        by_totp(&steward, &open, "000000").await.problem(422, "invalid_input");
    }
    // The right password alone lifts nothing.
    let open = challenge(&steward, "admin").await;
    by_totp(&steward, &open, "000000").await.problem(429, "locked_out");
    steward.settle().await;
    let actions = trail(&steward, &admin, &admin).await;
    assert_eq!(actions.iter().filter(|action| *action == "challenge_failed").count(), 5, "{actions:?}");
}

#[tokio::test]
async fn a_challenge_is_answered_once_and_expires() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, codes) = enrol(&steward, &admin).await;
    let open = challenge(&steward, "admin").await;
    by_totp(&steward, &open, &code(&secret, 0)).await.expect(200);
    by_recovery(&steward, &open, &codes[0]).await.problem(400, "invalid_challenge");
    let open = challenge(&steward, "admin").await;
    later(301, by_recovery(&steward, &open, &codes[0])).await.problem(400, "invalid_challenge");
    by_recovery(&steward, "nonsense", &codes[0]).await.problem(400, "invalid_challenge");
}

#[tokio::test]
async fn a_new_password_voids_open_challenges() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, _) = enrol(&steward, &admin).await;
    let open = challenge(&steward, "admin").await;
    let change = json!({"current_password": PASSWORD, "new_password": "another horse entirely"});
    steward.post("/api/me/password").by(&admin).json(&change).send().await.expect(204);
    by_totp(&steward, &open, &code(&secret, 0)).await.problem(400, "invalid_challenge");
}

#[tokio::test]
async fn a_secret_counts_only_once_confirmed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.post("/api/me/totp").by(&admin).send().await.expect(200);
    let wrong = steward.post("/api/me/totp/confirm").by(&admin).json(&json!({"code": "000000"})).send().await;
    assert_eq!(wrong.problem(422, "invalid_input").fields(), ["code"]);
    assert!(login(&steward, "admin").await.expect(200).json["access_token"].is_string());
    enrol(&steward, &admin).await;
    steward.post("/api/me/totp").by(&admin).send().await.problem(409, "state_conflict");
}

#[tokio::test]
async fn removing_the_last_factor_removes_the_codes() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    enrol(&steward, &admin).await;
    steward.delete("/api/me/totp").by(&admin).send().await.expect(204);
    steward.delete("/api/me/totp").by(&admin).send().await.problem(404, "not_found");
    let mine = steward.get("/api/me/factors").by(&admin).send().await.expect(200);
    assert_eq!((&mine.json["totp"], &mine.json["recovery_codes_left"]), (&Value::Null, &json!(0)));
    assert!(login(&steward, "admin").await.expect(200).json["access_token"].is_string());
    steward.settle().await;
    let subjects: Vec<String> = steward.stack.mails().unwrap().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Authenticator app removed", "Authenticator app added"]);
    let verified = steward.get(&format!("/api/audit/verify?entity_type=user&entity_id={}", admin.id)).by(&admin).send();
    assert_eq!(verified.await.expect(200).json["valid"], true);
}

#[tokio::test]
async fn an_admin_resets_lost_factors() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    enrol(&steward, &rita).await;
    let has = async || {
        let users = steward.all(&admin, "/api/users", 100).await;
        users.iter().find(|user| user["username"] == "rita").unwrap()["second_factor"].clone()
    };
    assert_eq!(has().await, true);
    let path = format!("/api/users/{}/factors", rita.id);
    steward.delete(&path).by(&rita).send().await.problem(403, "forbidden");
    steward.delete(&path).by(&admin).send().await.expect(204);
    assert_eq!(has().await, false);
    assert!(login(&steward, "rita").await.expect(200).json["access_token"].is_string());
    steward.settle().await;
    let mail = steward.stack.mails().unwrap().remove(0);
    assert_eq!((mail.subject.as_str(), mail.to.as_str()), ("Second factors removed", "rita@example.com"));
    assert!(trail(&steward, &admin, &rita).await.contains(&"user_factors_reset".to_owned()));
}

/// Requires a second factor for relationship managers.
async fn require(steward: &Steward, admin: &Person, grace_days: u32) {
    let body = json!({"required_roles": ["relationship_manager"], "grace_days": grace_days});
    let set = steward.patch("/api/settings/security").by(admin).if_match(0).json(&body).send().await.expect(200);
    assert_eq!(set.json, json!({"version": 1, "required_roles": ["relationship_manager"], "grace_days": grace_days}));
}

#[tokio::test]
async fn a_required_factor_is_set_up_during_the_sign_in() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let before = cookie(&login(&steward, "rita").await.expect(200));
    require(&steward, &admin, 0).await;
    // The session that is open cannot be prolonged, and roles that need no factor are not asked.
    steward.post("/api/auth/refresh").header("cookie", &before).send().await.problem(401, "unauthenticated");
    assert!(login(&steward, "admin").await.expect(200).json["access_token"].is_string());
    let due = login(&steward, "rita").await.expect(200);
    assert_eq!(due.json["methods"], json!(["enrol_passkey", "enrol_totp"]));
    let open = due.json["challenge"].as_str().unwrap();
    by_totp(&steward, open, "000000").await.problem(400, "invalid_challenge");
    let begin = json!({"challenge": open, "method": "totp"});
    let begun = steward.post("/api/auth/challenge/enrol").json(&begin).send().await.expect(200);
    let secret = begun.json["totp"]["secret"].as_str().unwrap();
    let enrolled = |code: String| json!({"method": "enrol_totp", "challenge": open, "code": code});
    answer(&steward, &enrolled("000000".into())).await.problem(422, "invalid_input");
    let done = answer(&steward, &enrolled(code(secret, 0))).await.expect(200);
    assert_eq!(done.json["recovery_codes"].as_array().unwrap().len(), 10);
    let rita = signed_in(&rita, &done);
    steward.delete("/api/me/totp").by(&rita).send().await.problem(409, "state_conflict");
    steward.post("/api/auth/refresh").header("cookie", &cookie(&done)).send().await.expect(200);
}

#[tokio::test]
async fn an_enrolment_ends_with_the_first_factor() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    require(&steward, &admin, 0).await;
    let kept = challenge(&steward, "rita").await;
    enrol(&steward, &rita).await;
    for method in ["totp", "passkey"] {
        let begin = json!({"challenge": kept, "method": method});
        steward.post("/api/auth/challenge/enrol").json(&begin).send().await.problem(400, "invalid_challenge");
    }
    let body = json!({"method": "enrol_totp", "challenge": kept, "code": "000000"});
    answer(&steward, &body).await.problem(400, "invalid_challenge");
}

#[tokio::test]
async fn wrong_codes_in_a_session_lock_no_sign_in() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (secret, _) = enrol(&steward, &admin).await;
    let stolen = steward.person(admin.id, "Ada Admin", &[Role::Admin]).await;
    let wrong = json!({"method": "totp", "code": "000000"});
    for _ in 0..5 {
        steward.post("/api/auth/reauthenticate").by(&stolen).json(&wrong).send().await.problem(422, "invalid_input");
    }
    steward.post("/api/auth/reauthenticate").by(&stolen).json(&wrong).send().await.problem(429, "locked_out");
    let open = challenge(&steward, "admin").await;
    by_totp(&steward, &open, &code(&secret, 0)).await.expect(200);
}

#[tokio::test]
async fn an_admin_keeps_the_factor_that_their_role_needs() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"required_roles": ["admin"], "grace_days": 0});
    steward.patch("/api/settings/security").by(&admin).if_match(0).json(&body).send().await.expect(200);
    enrol(&steward, &admin).await;
    let own = format!("/api/users/{}/factors", admin.id);
    steward.delete(&own).by(&admin).send().await.problem(409, "state_conflict");
}

#[tokio::test]
async fn a_factor_is_required_after_the_grace() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    require(&steward, &admin, 7).await;
    let signed = login(&steward, "rita").await.expect(200);
    let mine = steward.get("/api/me/factors").by(&signed_in(&rita, &signed)).send().await.expect(200);
    assert!(mine.json["required_from"].is_string(), "{}", mine.text);
    let open = cookie(&signed);
    later(8 * 24 * 3600, async {
        steward.post("/api/auth/refresh").header("cookie", &open).send().await.problem(401, "unauthenticated");
        assert!(login(&steward, "rita").await.expect(200).json["challenge"].is_string());
    })
    .await;
}

#[tokio::test]
async fn security_settings_have_a_version_and_a_history() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let empty = steward.get("/api/settings/security").by(&admin).send().await.expect(200);
    assert_eq!(empty.json, json!({"version": 0, "required_roles": [], "grace_days": 0}));
    require(&steward, &admin, 3).await;
    let patch = |version: u64, body: Value| {
        steward.patch("/api/settings/security").by(&admin).if_match(version).json(&body).send()
    };
    patch(0, json!({"grace_days": 5})).await.problem(412, "stale_version");
    patch(1, json!({"grace_days": 91})).await.problem(422, "invalid_input");
    patch(1, json!({"required_roles": []})).await.expect(200);
    steward.settle().await;
    let trail = steward.all(&admin, "/api/audit?entity_type=security&entity_id=security", 100).await;
    assert_eq!(trail.len(), 2);
    let verified = steward.get("/api/audit/verify?entity_type=security&entity_id=security").by(&admin).send().await;
    assert_eq!(verified.expect(200).json["valid"], true);
}
