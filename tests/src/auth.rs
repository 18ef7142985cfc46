//! First-run setup, sign-in, refresh, sign-out and tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::policy::Role;
use serde_json::json;

use crate::email_change::long_ago;
use crate::support::{Answer, PASSWORD, Person, Steward};

pub async fn login(steward: &Steward, username: &str, password: &str) -> Answer {
    steward.post("/api/auth/login").json(&json!({"username": username, "password": password})).send().await
}

pub fn cookie(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn setup_creates_the_first_admin_once() {
    let steward = Steward::start().await;
    let state = steward.get("/api/setup").send().await.expect(200);
    let origin = state.json["passkey_origin"].as_str().unwrap();
    assert!(origin.starts_with("http://localhost:"), "{origin}");
    assert_eq!(state.json, json!({"needed": true, "token_required": false, "passkey_origin": origin}));
    let setup = json!({"username": "Ann", "name": "Ann", "email": "ann@example.com", "password": PASSWORD});
    let user = steward.post("/api/setup").json(&setup).send().await.expect(201);
    assert_eq!(user.json["roles"], json!(["admin"]));
    assert_eq!(user.json["username"], "ann");
    assert!(user.json.get("password_hash").is_none());
    steward.post("/api/setup").json(&setup).send().await.problem(409, "already_set_up");
    assert_eq!(steward.get("/api/setup").send().await.json["needed"], false);
}

#[tokio::test]
async fn sign_in_returns_a_token_and_httponly_cookie() {
    let steward = Steward::start().await;
    steward.admin().await;
    let answer = login(&steward, "ADMIN ", PASSWORD).await.expect(200);
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 900);
    assert_eq!(answer.json["user"]["username"], "admin");
    let set = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/api/auth"), "{set}");
    let token = format!("Bearer {}", answer.json["access_token"].as_str().unwrap());
    let me = steward.get("/api/me").header("authorization", &token).send().await.expect(200);
    assert_eq!(me.json["email"], "ada@example.com");
    assert!(me.json["permissions"].as_array().unwrap().contains(&json!("investor_create")));
}

#[tokio::test]
async fn unknown_user_and_wrong_password_look_the_same() {
    let steward = Steward::start().await;
    steward.admin().await;
    let mut wrong = login(&steward, "admin", "not the password").await.problem(401, "invalid_credentials").json;
    let mut unknown = login(&steward, "nobody-here", "not the password").await.problem(401, "invalid_credentials").json;
    for answer in [&mut wrong, &mut unknown] {
        answer.as_object_mut().unwrap().remove("request_id");
    }
    assert_eq!(wrong, unknown);
}

#[tokio::test]
async fn repeated_failures_lock_out_even_the_right_password() {
    let steward = Steward::start().await;
    steward.admin().await;
    for _ in 0..5 {
        login(&steward, "admin", "not the password").await.problem(401, "invalid_credentials");
    }
    let locked = login(&steward, "admin", PASSWORD).await.problem(429, "locked_out");
    let wait: u64 = locked.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=15).contains(&wait), "{wait}");
    login(&steward, "someone-else", PASSWORD).await.problem(401, "invalid_credentials");
}

#[tokio::test]
async fn concurrent_guesses_cannot_bypass_the_lockout() {
    let steward = Steward::start().await;
    steward.admin().await;
    let guesses = (0..24).map(|_| login(&steward, "admin", "not the password"));
    let mut tried = 0;
    let mut set = Vec::new();
    for guess in guesses {
        set.push(guess);
    }
    for answer in futures_join(set).await {
        if answer.status == 401 {
            tried += 1;
        } else {
            assert_eq!(answer.status, 429, "{}", answer.text);
        }
    }
    assert!(tried <= 5, "{tried} passwords were checked");
}

async fn futures_join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    futures_util::future::join_all(futures).await
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let steward = Steward::start().await;
    steward.admin().await;
    let session = cookie(&login(&steward, "admin", PASSWORD).await);
    let out = steward.post("/api/auth/logout").header("cookie", &session).send().await.expect(204);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    steward.post("/api/auth/refresh").header("cookie", &session).send().await.problem(401, "unauthenticated");
    steward.post("/api/auth/logout").send().await.expect(204);
}

#[tokio::test]
async fn a_disabled_user_cannot_sign_in_or_refresh() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let session = cookie(&login(&steward, "rita", PASSWORD).await.expect(200));
    let path = format!("/api/users/{}", user.id);
    steward.patch(&path).by(&admin).if_match(1).json(&json!({"status": "disabled"})).send().await.expect(200);
    steward.post("/api/auth/refresh").header("cookie", &session).send().await.problem(401, "unauthenticated");
    login(&steward, "rita", PASSWORD).await.problem(401, "invalid_credentials");
}

#[tokio::test]
async fn sessions_can_be_listed_and_revoked() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let own = format!("/api/me/sessions/{}", admin.caller.session_id);
    steward.delete(&own).by(&admin).send().await.expect(204);
    let one = login(&steward, "admin", PASSWORD).await.expect(200);
    let two = cookie(&login(&steward, "admin", PASSWORD).await);
    let token = format!("Bearer {}", one.json["access_token"].as_str().unwrap());
    let list = steward.get("/api/me/sessions").header("authorization", &token).send().await.expect(200);
    let sessions = list.json["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/api/me/sessions/{}", other["id"].as_str().unwrap());
    steward.delete(&path).header("authorization", &token).send().await.expect(204);
    steward.delete(&path).header("authorization", &token).send().await.problem(404, "not_found");
    steward.post("/api/auth/refresh").header("cookie", &two).send().await.problem(401, "unauthenticated");
    steward.delete("/api/me/sessions").header("authorization", &token).send().await.expect(204);
    let first = cookie(&one);
    steward.post("/api/auth/refresh").header("cookie", &first).send().await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_of_an_old_password_outlives_it() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut old, mut new) = (PASSWORD, "another horse entirely");
    for _ in 0..3 {
        let body = json!({"current_password": old, "new_password": new});
        let change = steward.post("/api/me/password").by(&admin).json(&body).send();
        let logins = futures_util::future::join_all((0..4).map(|_| login(&steward, "admin", old)));
        let (changed, logins) = tokio::join!(change, logins);
        changed.expect(204);
        for opened in logins.iter().filter(|answer| answer.status == 200) {
            let refreshed = steward.post("/api/auth/refresh").header("cookie", &cookie(opened)).send().await;
            refreshed.problem(401, "unauthenticated");
        }
        std::mem::swap(&mut old, &mut new);
    }
}

#[tokio::test]
async fn a_name_of_impossible_length_is_wrong_like_any_other() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    login(&steward, &"\u{FDFA}".repeat(60_000), PASSWORD).await.problem(401, "invalid_credentials");
    steward.get("/api/me").by(&admin).send().await.expect(200);
}

#[tokio::test]
async fn ending_other_sessions_needs_a_recent_proof() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let other = steward.person(admin.id, "admin", &[Role::Admin]).await;
    let stale = long_ago(&steward, &admin, "admin", &[Role::Admin]).await;
    let session = |person: &Person| format!("/api/me/sessions/{}", person.caller.session_id);
    let own = format!("/api/users/{}/sessions", admin.id);
    let of_admin = format!("{own}/{}", other.caller.session_id);
    for path in [&session(&other), "/api/me/sessions", &own, &of_admin] {
        steward.delete(path).by(&stale).send().await.problem(403, "reauthentication_required");
    }
    steward.get("/api/me").by(&other).send().await.expect(200);
    steward.delete(&session(&stale)).by(&stale).send().await.expect(204);
    steward.delete("/api/me/sessions").by(&other).send().await.expect(204);
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    let steward = Steward::start().await;
    steward.admin().await;
    let here = login(&steward, "admin", PASSWORD).await.expect(200);
    let there = cookie(&login(&steward, "admin", PASSWORD).await);
    let token = format!("Bearer {}", here.json["access_token"].as_str().unwrap());
    let change = |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        steward.post("/api/me/password").header("authorization", &token).json(&body)
    };
    let wrong = change("wrong password", "another fine one").send().await.problem(422, "invalid_input");
    assert_eq!(wrong.fields(), ["current_password"]);
    assert_eq!(change(PASSWORD, "short").send().await.problem(422, "invalid_input").fields(), ["new_password"]);
    change(PASSWORD, "another fine one").send().await.expect(204);
    steward.post("/api/auth/refresh").header("cookie", &there).send().await.problem(401, "unauthenticated");
    let mine = cookie(&here);
    steward.post("/api/auth/refresh").header("cookie", &mine).send().await.expect(200);
    login(&steward, "admin", "another fine one").await.expect(200);
}

#[tokio::test]
async fn forged_expired_and_foreign_tokens_are_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let parts: Vec<&str> = admin.token.split('.').collect();
    let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());

    let mut promoted = claims.clone();
    promoted["roles"] = json!(["admin", "manager"]);
    let tampered = format!("{}.{}.{}", parts[0], encode(&promoted), parts[2]);

    let mut none = header.clone();
    none["alg"] = json!("none");
    let unsigned = format!("{}.{}.", encode(&none), parts[1]);

    let keys = steward.app().keys();
    let signing = keys.item("SYSTEM#token-signing").await.unwrap().unwrap();
    let wrapped = platform::table::read(&signing, "wrapped").unwrap();
    let seed = keys.system_key(platform::keys::Purpose::TokenSigning, &wrapped).await.unwrap();
    let resign = |claims: &serde_json::Value, seed: &[u8; 32]| {
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
        let key = EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref());
        let kid = header["kid"].as_str().unwrap().to_owned();
        jsonwebtoken::encode(&Header { kid: Some(kid), ..Header::new(Algorithm::EdDSA) }, claims, &key).unwrap()
    };
    let mut expired = claims.clone();
    expired["exp"] = json!(claims["iat"].as_i64().unwrap() - 1);
    let mut early = claims.clone();
    early["nbf"] = json!(claims["iat"].as_i64().unwrap() + 60);
    let mut elsewhere = claims.clone();
    elsewhere["aud"] = json!("another-api");
    let hmac = {
        let key = EncodingKey::from_secret(&seed);
        let kid = header["kid"].as_str().unwrap().to_owned();
        jsonwebtoken::encode(&Header { kid: Some(kid), ..Header::new(Algorithm::HS256) }, &claims, &key).unwrap()
    };
    let bad = [
        ("tampered", tampered),
        ("unsigned", unsigned),
        ("expired", resign(&expired, &seed)),
        ("not valid yet", resign(&early, &seed)),
        ("for another audience", resign(&elsewhere, &seed)),
        ("signed with another key", resign(&claims, &[9; 32])),
        ("signed with HMAC", hmac),
        ("empty", String::new()),
        ("not a token", "abc".into()),
    ];
    for (what, token) in bad {
        let answer = steward.get("/api/me").header("authorization", &format!("Bearer {token}")).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "unauthenticated"), "{what}");
    }
    let good = resign(&claims, &seed);
    steward.get("/api/me").header("authorization", &format!("Bearer {good}")).send().await.expect(200);
    steward
        .get("/api/me")
        .header("authorization", &format!("Basic {good}"))
        .send()
        .await
        .problem(401, "unauthenticated");
}
