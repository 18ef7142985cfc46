//! Prints how long refusals take that must not tell anything apart: failed sign-ins with a name that exists and one that does not, and
//! requests for another manager's investor and one that does not exist. The tries alternate. `make bench` runs it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement stops at the first surprise")]
#![allow(dead_code, reason = "the tests use more of the shared support")]

#[path = "../src/support.rs"]
mod support;

use std::time::{Duration, Instant};

use kernel::id::InvestorId;
use kernel::policy::Role;
use serde_json::json;
use support::{Call, Steward};
use tower::ServiceExt as _;

/// Number of tries of each kind.
const TIMES: usize = 240;
/// Number of names, so that none reaches its limit.
const NAMES: usize = 60;

#[tokio::main]
async fn main() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    for number in 0..NAMES {
        steward.user(&admin, &format!("known{number}"), &[Role::Analyst]).await;
    }
    let mut foreign = Vec::new();
    for number in 0..TIMES {
        foreign.push(steward.investor(&admin, &format!("Investor {number}")).await.id());
    }
    steward.settle().await;
    println!("| refusal | one | median | 10 % to 90 % | other | median | 10 % to 90 % |");
    println!("|---|---|---|---|---|---|---|");
    let sign_in = |kind: &str, net: usize, number: usize| {
        let body = json!({"username": format!("{kind}{}", number % NAMES), "password": "not the password"});
        let from = format!("10.{net}.{}.{}", number / 250, number % 250);
        steward.post("/api/auth/login").from(&from).json(&body)
    };
    let (one, other) = alternate(|n| sign_in("known", 1, n), |n| sign_in("unknown", 2, n), 401).await;
    print("sign-in", ("known name", one), ("unknown name", other));
    let read = |id: &str| steward.get(&format!("/api/investors/{id}")).by(&rita);
    for what in ["investor, first read", "investor, read again"] {
        let absent = |_| read(&InvestorId::new().to_string());
        let (one, other) = alternate(|n| read(&foreign[n]), absent, 404).await;
        print(what, ("another manager's", one), ("absent", other));
    }
    let new = json!({"kind": "call", "occurred_at": "2026-11-20T09:00:00Z", "summary": "Hello"});
    let create = |id: &str| steward.post(&format!("/api/investors/{id}/activities")).by(&rita).json(&new);
    let absent = |_| create(&InvestorId::new().to_string());
    let (one, other) = alternate(|n| create(&foreign[n]), absent, 404).await;
    print("new activity", ("another manager's", one), ("absent", other));
}

/// Times of both kinds, sorted. Which of the two comes first alternates as well.
async fn alternate<'a>(
    one: impl Fn(usize) -> Call<'a>,
    other: impl Fn(usize) -> Call<'a>,
    status: u16,
) -> (Vec<Duration>, Vec<Duration>) {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for number in 0..TIMES {
        if number % 2 == 0 {
            ones.push(time(one(number), status).await);
            others.push(time(other(number), status).await);
        } else {
            others.push(time(other(number), status).await);
            ones.push(time(one(number), status).await);
        }
    }
    ones.sort_unstable();
    others.sort_unstable();
    (ones, others)
}

async fn time(call: Call<'_>, status: u16) -> Duration {
    let (router, request) = call.prepare();
    let started = Instant::now();
    let response = router.oneshot(request).await.unwrap();
    let took = started.elapsed();
    assert_eq!(response.status().as_u16(), status);
    took
}

fn print(what: &str, (one, ones): (&str, Vec<Duration>), (other, others): (&str, Vec<Duration>)) {
    let at = |times: &[Duration], tenth: usize| times[times.len() * tenth / 10].as_secs_f64() * 1000.0;
    let cells = |times: &[Duration]| format!("{:.2} ms | {:.2} to {:.2} ms", at(times, 5), at(times, 1), at(times, 9));
    println!("| {what} | {one} | {} | {other} | {} |", cells(&ones), cells(&others));
}
