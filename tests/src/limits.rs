//! Limits on tries: nobody guesses a password, and nobody is locked out by somebody else.

use kernel::policy::Role;
use kernel::time::Timestamp;
use serde_json::{Value, json};

use crate::support::{Answer, Call, PASSWORD, Person, Steward};

const WRONG: &str = "not the password";
const HOME: &str = "192.0.2.10";

fn login<'a>(steward: &'a Steward, from: &str, name: &str, password: &str) -> Call<'a> {
    steward.post("/api/auth/login").from(from).json(&json!({"username": name, "password": password}))
}

/// The cookie of known browsers that an answer sets.
fn browser(answer: &Answer) -> String {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let set = set.into_iter().find(|cookie| cookie.contains("steward_browser=")).expect("a browser cookie");
    set.split(';').next().unwrap().to_owned()
}

fn attacker(number: usize) -> String {
    format!("198.51.100.{number}")
}

#[track_caller]
fn retry_after(answer: &Answer) -> u64 {
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

async fn records(steward: &Steward, person: &Person, query: &str) -> Vec<Value> {
    steward.settle().await;
    steward.all(person, &format!("/api/audit?{query}"), 100).await
}

async fn reset(steward: &Steward, from: &str, new: &str) -> Answer {
    let who = json!({"username_or_email": "admin"});
    steward.post("/api/auth/password-reset/request").from(from).json(&who).send().await.expect(202);
    steward.settle().await;
    let text = steward.stack.mails().unwrap().remove(0).text;
    let token = text.split_once("#token=").unwrap().1.split_whitespace().next().unwrap().to_owned();
    let body = json!({"token": token, "password": new});
    steward.post("/api/auth/password-reset/confirm").from(from).json(&body).send().await.expect(204)
}

#[tokio::test]
async fn a_slow_stream_of_wrong_passwords_locks_nobody_else_out() {
    let steward = Steward::start().await;
    steward.admin().await;
    let known = browser(&login(&steward, HOME, "admin", PASSWORD).send().await.expect(200));
    for number in 0..18 {
        let from = attacker(number % 3);
        let wrong = login(&steward, &from, "admin", WRONG).send().await;
        assert!([401, 429].contains(&wrong.status.as_u16()), "{}", wrong.text);
        login(&steward, &from, "admin", PASSWORD).header("cookie", &known).send().await.expect(200);
        login(&steward, &format!("203.0.113.{number}"), "admin", PASSWORD).send().await.expect(200);
    }
}

#[tokio::test]
async fn guesses_from_everywhere_slow_down_unknown_browsers_only() {
    let steward = Steward::start().await;
    steward.admin().await;
    let known = browser(&login(&steward, HOME, "admin", PASSWORD).send().await.expect(200));
    for number in 0..100 {
        login(&steward, &attacker(number), "admin", WRONG).send().await.problem(401, "invalid_credentials");
    }
    let slow = login(&steward, "203.0.113.1", "admin", PASSWORD).send().await.problem(429, "locked_out");
    assert!((1..=60).contains(&retry_after(&slow)), "{}", slow.text);
    let known = login(&steward, HOME, "admin", PASSWORD).header("cookie", &known).send().await.expect(200);
    assert!(!browser(&known).is_empty());
    let later = Timestamp::now().plus_seconds(61);
    let after = kernel::time::at(later, login(&steward, "203.0.113.1", "admin", PASSWORD).send());
    after.await.expect(200);
    // A completed reset clears the name's counter.
    login(&steward, &attacker(100), "admin", WRONG).send().await;
    reset(&steward, "203.0.113.9", "another horse entirely").await;
    login(&steward, "203.0.113.2", "admin", "another horse entirely").send().await.expect(200);
}

#[tokio::test]
async fn a_reset_lifts_the_lock_and_makes_the_browser_known() {
    let steward = Steward::start().await;
    steward.admin().await;
    for _ in 0..5 {
        login(&steward, HOME, "admin", WRONG).send().await.expect(401);
    }
    login(&steward, HOME, "admin", PASSWORD).send().await.problem(429, "locked_out");
    let known = browser(&reset(&steward, HOME, "another horse entirely").await);
    let wrong = async || login(&steward, HOME, "admin", WRONG).send().await;
    for _ in 0..5 {
        wrong().await.expect(401);
    }
    wrong().await.problem(429, "locked_out");
    let back = login(&steward, HOME, "admin", "another horse entirely").header("cookie", &known);
    back.send().await.expect(200);
}

#[tokio::test]
async fn a_known_browser_has_a_limit_of_its_own() {
    let steward = Steward::start().await;
    steward.admin().await;
    let known = browser(&login(&steward, HOME, "admin", PASSWORD).send().await.expect(200));
    for number in 0..5 {
        let from = attacker(number);
        login(&steward, &from, "admin", WRONG).header("cookie", &known).send().await.expect(401);
    }
    let locked = login(&steward, HOME, "admin", PASSWORD).header("cookie", &known).send().await;
    assert!((1..=15).contains(&retry_after(&locked.problem(429, "locked_out"))));
    login(&steward, HOME, "admin", PASSWORD).send().await.expect(200);
    let forged = known.replace("steward_browser=", "steward_browser=x");
    assert_ne!(forged, known);
    login(&steward, HOME, "admin", PASSWORD).header("cookie", &forged).send().await.expect(200);
}

#[tokio::test]
async fn a_browser_is_known_for_each_of_its_users() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.user(&admin, "rita", &[Role::Analyst]).await;
    let first = login(&steward, HOME, "admin", PASSWORD).send().await.expect(200);
    let attributes = first.headers.get_all("set-cookie").iter().next_back().unwrap().to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/;", "Max-Age=31536000"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    let one = browser(&first);
    let both = browser(&login(&steward, HOME, "rita", PASSWORD).header("cookie", &one).send().await.expect(200));
    assert!(!both.contains("admin") && !both.contains("rita"), "{both}");
    for name in ["admin", "rita"] {
        for _ in 0..5 {
            login(&steward, HOME, name, WRONG).send().await.expect(401);
        }
        login(&steward, HOME, name, PASSWORD).send().await.problem(429, "locked_out");
    }
    login(&steward, HOME, "rita", PASSWORD).header("cookie", &one).send().await.problem(429, "locked_out");
    for name in ["admin", "rita"] {
        let again = login(&steward, HOME, name, PASSWORD).header("cookie", &both).send().await.expect(200);
        assert_eq!(browser(&again).matches('~').count(), 1, "one mark per user");
    }
}

#[tokio::test]
async fn spraying_names_from_one_origin_is_stopped() {
    let steward = Steward::start().await;
    steward.admin().await;
    let mut checked = 0;
    for number in 0..160 {
        let answer = login(&steward, HOME, &format!("name{number}"), "Summer 2026 is here").send().await;
        match answer.status.as_u16() {
            401 => checked += 1,
            _ => assert!((1..=600).contains(&retry_after(&answer.problem(429, "rate_limited")))),
        }
    }
    assert_eq!(checked, 60);
    login(&steward, "203.0.113.1", "admin", PASSWORD).send().await.expect(200);
    let later = Timestamp::now().plus_seconds(601);
    kernel::time::at(later, login(&steward, HOME, "admin", PASSWORD).send()).await.expect(200);
}

#[tokio::test]
async fn an_office_that_signs_in_at_once_is_not_limited() {
    let steward = Steward::start().await;
    steward.admin().await;
    for _ in 0..70 {
        login(&steward, HOME, "admin", PASSWORD).send().await.expect(200);
    }
    for _ in 0..4 {
        login(&steward, HOME, "admin", WRONG).send().await.expect(401);
        login(&steward, HOME, "admin", PASSWORD).send().await.expect(200);
    }
}

#[tokio::test]
async fn one_network_of_ipv6_is_one_origin() {
    let steward = Steward::start().await;
    steward.admin().await;
    for number in 0..5 {
        login(&steward, &format!("2001:db8:0:7::{number}"), "admin", WRONG).send().await.expect(401);
    }
    let neighbour = login(&steward, "2001:db8:0:7:ffff::1", "admin", PASSWORD).send().await;
    neighbour.problem(429, "locked_out");
    login(&steward, "2001:db8:0:8::1", "admin", PASSWORD).send().await.expect(200);
}

#[tokio::test]
async fn guessing_ones_own_password_is_limited() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::Analyst]).await;
    let change = async |person: &Person, current: &str| {
        let body = json!({"current_password": current, "new_password": "another horse entirely"});
        steward.post("/api/me/password").by(person).json(&body).send().await
    };
    let mut checked = 0;
    for _ in 0..40 {
        let answer = change(&rita, WRONG).await;
        match answer.status.as_u16() {
            422 => checked += 1,
            _ => assert!((1..=3600).contains(&retry_after(&answer.problem(429, "rate_limited")))),
        }
    }
    assert_eq!(checked, 10);
    change(&rita, PASSWORD).await.problem(429, "rate_limited");
    change(&admin, PASSWORD).await.expect(204);
    let found = records(&steward, &admin, &format!("entity_type=user&entity_id={}", rita.id)).await;
    assert_eq!(found.iter().filter(|record| record["action"] == "login_locked").count(), 1);
}

#[tokio::test]
async fn guessing_links_and_the_setup_is_limited() {
    let steward = Steward::start().await;
    let body = json!({"token": "x", "password": "another horse entirely"});
    let guess = || steward.post("/api/auth/password-reset/confirm").from(HOME).json(&body).send();
    for _ in 0..60 {
        guess().await.problem(400, "invalid_reset_token");
    }
    assert!(retry_after(&guess().await.problem(429, "rate_limited")) <= 600);
    let setup = json!({
        "username": "admin", "name": "Ada", "email": "ada@example.com", "password": PASSWORD,
        "setup_token": steward.app().setup_token(),
    });
    let set_up = |from| steward.post("/api/setup").from(from).json(&setup).send();
    set_up(HOME).await.problem(429, "rate_limited");
    steward.get("/api/setup").from(HOME).send().await.expect(200);
    let token = format!("steward_refresh={}", "x".repeat(120));
    let refused = steward.post("/api/auth/refresh").from(HOME).header("cookie", &token).send().await;
    refused.problem(429, "rate_limited");
    set_up("203.0.113.1").await.expect(201);
    let session = login(&steward, "203.0.113.1", "admin", PASSWORD).send().await.expect(200);
    let valid = steward.post("/api/auth/refresh").from(HOME).header("cookie", &crate::auth::cookie(&session));
    valid.send().await.expect(200);
}

#[tokio::test]
async fn each_lock_is_recorded_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for name in ["admin", "nobody-here"] {
        for _ in 0..5 {
            login(&steward, HOME, name, WRONG).send().await.expect(401);
        }
        for _ in 0..4 {
            login(&steward, HOME, name, WRONG).send().await.expect(429);
        }
    }
    let all = records(&steward, &admin, "").await;
    let locks: Vec<_> = all.iter().filter(|record| record["action"] == "login_locked").collect();
    let of = |kind: &str| locks.iter().filter(|record| record["entity_type"] == kind).count();
    assert_eq!((of("user"), of("login"), locks.len()), (1, 1, 2), "{locks:?}");
    assert_eq!(locks[0]["changes"][0]["after"], "login_origin");
    assert_eq!(locks[0]["ip"], HOME);
    let soon = Timestamp::now().plus_seconds(16);
    kernel::time::at(soon, login(&steward, HOME, "admin", WRONG).send()).await.expect(401);
    kernel::time::at(soon, login(&steward, HOME, "admin", WRONG).send()).await.expect(429);
    let mine = records(&steward, &admin, &format!("entity_type=user&entity_id={}", admin.id)).await;
    assert_eq!(mine.iter().filter(|record| record["action"] == "login_locked").count(), 2);
}

#[tokio::test]
async fn failures_of_unknown_names_have_a_chain_per_hour() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let tries = (0..120).map(|number| {
        let (from, name) = (format!("198.51.{number}.1"), format!("name{number}"));
        login(&steward, &from, &name, WRONG).send()
    });
    futures_util::future::join_all(tries).await;
    let failures = records(&steward, &admin, "").await;
    let failures: Vec<_> = failures.iter().filter(|record| record["action"] == "login_failed").collect();
    assert_eq!(failures.len(), 120);
    for failure in &failures {
        let (chain, at) = (failure["entity_id"].as_str().unwrap(), failure["at"].as_str().unwrap());
        assert_eq!(chain, format!("unknown-{}", &at[..13]));
        assert!(failure["sequence"].is_u64());
    }
    let chain = failures[0]["entity_id"].as_str().unwrap();
    let path = format!("/api/audit/verify?entity_type=login&entity_id={chain}");
    let verdict = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!(verdict["valid"], true, "{verdict}");
}

#[tokio::test]
async fn an_absent_investor_is_refused_like_a_foreign_one() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let foreign = steward.investor(&admin, "Foreign").await.id();
    let absent = kernel::id::InvestorId::new().to_string();
    let denials = async |person: &Person| {
        let found = records(&steward, &admin, &format!("actor_id={}", person.id)).await;
        found.iter().filter(|record| record["action"] == "denied").count()
    };
    for (number, id) in [foreign.as_str(), &absent].into_iter().enumerate() {
        let path = format!("/api/investors/{id}");
        steward.get(&path).by(&rita).send().await.problem(404, "not_found");
        let new = json!({"kind": "call", "occurred_at": "2026-11-20T09:00:00Z", "summary": "Hello"});
        let create = steward.post(&format!("{path}/activities")).by(&rita).json(&new).send().await;
        create.problem(404, "not_found");
        assert_eq!(denials(&rita).await, 2 * (number + 1));
        steward.get(&path).by(&admin).send().await;
    }
    assert_eq!(denials(&admin).await, 0, "an admin knows of every investor");
}

#[tokio::test]
async fn returning_to_an_ended_session_counts_for_nobody() {
    let steward = Steward::start().await;
    steward.admin().await;
    let session = crate::auth::cookie(&login(&steward, HOME, "admin", PASSWORD).send().await.expect(200));
    steward.post("/api/auth/logout").from(HOME).header("cookie", &session).send().await.expect(204);
    for _ in 0..70 {
        let refused = steward.post("/api/auth/refresh").from(HOME).header("cookie", &session).send().await;
        refused.problem(401, "unauthenticated");
    }
    login(&steward, HOME, "admin", PASSWORD).send().await.expect(200);
}

#[tokio::test]
async fn passkey_challenges_and_address_mails_are_limited() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let begin =
        || steward.post("/api/auth/challenge/enrol").from(HOME).json(&json!({"challenge": "x", "method": "totp"}));
    for _ in 0..60 {
        begin().send().await.problem(400, "invalid_challenge");
    }
    begin().send().await.problem(429, "rate_limited");
    for version in 1..=10 {
        let body = json!({"email": format!("ada{version}@example.com")});
        steward.patch("/api/me").by(&admin).if_match(version).json(&body).send().await.expect(200);
    }
    let one_more = steward.patch("/api/me").by(&admin).if_match(11).json(&json!({"email": "ada11@example.com"}));
    one_more.send().await.problem(429, "rate_limited");
}
