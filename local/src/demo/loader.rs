//! Loading the demo company.

use axum::Router;
use axum::body::{Body, to_bytes};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{Method, Request, StatusCode, header};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use super::SIGN_IN;
use super::company::{ADMIN, INVESTORS, PEOPLE, Person, Row, Talk, WITH_INVESTORS, WITH_PROSPECTS};
use crate::problem::Problem;
use crate::stack::Stack;

/// Investors that are loaded side by side.
const AT_ONCE: usize = 4;
/// Largest answer that is read, in bytes.
const MOST_ANSWER: usize = 1024 * 1024;

/// A user who is signed in.
struct SignedIn {
    id: String,
    token: String,
}

/// Loads the company through the API.
pub(super) struct Loader {
    api: Router,
    begun: Timestamp,
}

fn failed(cause: impl std::fmt::Display) -> Problem {
    Problem::part("the demo company", cause)
}

impl Loader {
    /// A loader for which "today" is when loading began.
    pub(super) fn new(stack: &Stack, begun: Timestamp) -> Self {
        Self { api: stack.router(), begun }
    }

    /// Whether the stack has a first admin.
    pub(super) async fn is_set_up(stack: &Stack) -> Result<bool, Problem> {
        let loader = Self::new(stack, Timestamp::now());
        let answer = loader.send(Method::GET, "/api/setup", None, None).await?;
        answer["needed"].as_bool().map(|needed| !needed).ok_or_else(|| failed("set-up cannot be read"))
    }

    /// Loads everything.
    pub(super) async fn load(&self) -> Result<(), Problem> {
        let mut setup = person(&ADMIN);
        if self.send(Method::GET, "/api/setup", None, None).await?["needed"] == true {
            setup.remove("roles");
            self.send(Method::POST, "/api/setup", None, Some(("demo-setup", Value::Object(setup)))).await?;
        }
        let admin = self.sign_in(&ADMIN).await?;
        let mut managers = Vec::new();
        for other in &PEOPLE {
            let key = format!("demo-user-{}", other.username);
            self.send(Method::POST, "/api/users", Some(&admin), Some((&key, Value::Object(person(other))))).await?;
            if other.role == "relationship_manager" {
                managers.push(self.sign_in(other).await?);
            }
        }
        let (admin, managers) = (&admin, &managers);
        let investors: Vec<_> = INVESTORS
            .iter()
            .enumerate()
            .map(|(place, row)| self.load_investor(place, row, admin, &managers[place % managers.len()]))
            .collect();
        stream::iter(investors).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    async fn sign_in(&self, who: &Person) -> Result<SignedIn, Problem> {
        let body = json!({"username": who.username, "password": SIGN_IN.password});
        let answer = self.send(Method::POST, "/api/auth/login", None, Some(("", body))).await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| failed("a login gave no token"));
        Ok(SignedIn { id: text(&answer["user"]["id"])?, token: text(&answer["access_token"])? })
    }

    /// An investor with what was talked about. The admin brings in every fifth and hands it over, and notes a talk now and
    /// then, so that the managers have notifications.
    async fn load_investor(
        &self,
        place: usize,
        row: &Row,
        admin: &SignedIn,
        manager: &SignedIn,
    ) -> Result<(), Problem> {
        let by = if place.is_multiple_of(5) { admin } else { manager };
        let key = format!("demo-investor-{place}");
        let new = investor(place, row, &manager.id);
        let answer = self.send(Method::POST, "/api/investors", Some(by), Some((&key, new))).await?;
        let id = answer["id"].as_str().ok_or_else(|| failed("an investor has no id"))?.to_owned();
        for (number, talk) in talks(place, row).into_iter().enumerate() {
            let by = if (place + number).is_multiple_of(6) { admin } else { manager };
            let key = format!("demo-activity-{place}-{number}");
            let path = format!("/api/investors/{id}/activities");
            self.send(Method::POST, &path, Some(by), Some((&key, self.activity(place, row, talk)?))).await?;
        }
        Ok(())
    }

    fn activity(&self, place: usize, row: &Row, talk: &Talk) -> Result<Value, Problem> {
        let Talk(kind, days_ago, summary, details, follow_up) = talk;
        // Spread over the working day, and a little over the days.
        let place = i64::try_from(place).map_err(failed)?;
        let hours = i64::from(*days_ago) * 24 + place * 7 % 30;
        let at = self.begun.checked_sub(hours.hours()).and_then(|at| at.checked_sub((place * 13 % 60).minutes()));
        let at = at.map_err(failed)?;
        let mut body = json!({
            "kind": kind, "occurred_at": at.to_string(), "summary": summary,
            "participants": if *kind == "note" { vec![] } else { vec![row.6] },
        });
        if let Some(details) = details {
            body["details"] = Value::from(*details);
        }
        if let Some(days) = follow_up {
            let on = self.begun.checked_add((i64::from(*days) * 24).hours()).map_err(failed)?;
            body["follow_up_on"] = Value::from(on.strftime("%Y-%m-%d").to_string());
        }
        Ok(body)
    }

    /// Sends one request; with a body comes its idempotency key, which may be empty for none.
    async fn send(
        &self,
        method: Method,
        path: &str,
        by: Option<&SignedIn>,
        body: Option<(&str, Value)>,
    ) -> Result<Value, Problem> {
        let mut request = Request::builder().method(&method).uri(path);
        if let Some(by) = by {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", by.token));
        }
        if let Some((key, _)) = body.as_ref().filter(|(key, _)| !key.is_empty()) {
            request = request.header("idempotency-key", *key);
        }
        let request = match body {
            Some((_, json)) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string()))
            }
            None => request.body(Body::empty()),
        };
        let response = match self.api.clone().oneshot(request.map_err(failed)?).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let bytes = to_bytes(response.into_body(), MOST_ANSWER).await.map_err(failed)?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        // A user who is there already was made by a process that was killed before it could say so.
        if status.is_success() || (status == StatusCode::CONFLICT && answer["code"] == "username_taken") {
            return Ok(answer);
        }
        Err(failed(format!("{method} {path} was answered with {status} {}", answer["detail"])))
    }
}

fn person(who: &Person) -> Map<String, Value> {
    Map::from_iter([
        ("username".to_owned(), Value::from(who.username)),
        ("name".to_owned(), Value::from(who.name)),
        ("email".to_owned(), Value::from(format!("{}@halden-robotics.example", who.username))),
        ("roles".to_owned(), json!([who.role])),
        ("password".to_owned(), Value::from(SIGN_IN.password)),
    ])
}

fn investor(place: usize, row: &Row, manager: &str) -> Value {
    let Row(name, kind, tier, country, address, tags, contact) = row;
    let host: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let notes = match *tier {
        "prospect" => format!("Talk to {contact}. Not invested yet."),
        _ => format!("Talk to {contact}. Receives the quarterly letter."),
    };
    json!({
        "name": name, "kind": kind, "tier": tier, "country": country, "address": address, "tags": tags, "notes": notes,
        "email": format!("contact@{host}.example"), "phone": format!("+1 202 555 01{place:02}"),
        "external_key": format!("HR-{:03}", place + 1), "relationship_manager_id": manager,
    })
}

/// What was talked about with the investor at this place: more the more important it is.
fn talks(place: usize, row: &Row) -> Vec<&'static Talk> {
    let (all, count): (&[Talk], usize) = match row.2 {
        "platinum" => (&WITH_INVESTORS, 8),
        "gold" => (&WITH_INVESTORS, 4),
        "silver" => (&WITH_INVESTORS, 3),
        "bronze" => (&WITH_INVESTORS, 1),
        _ => (&WITH_PROSPECTS, 1 + place % 5),
    };
    all.iter().cycle().skip(if count < all.len() { place } else { 0 }).take(count).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_investor_of_the_demo_is_reached_in_a_way_of_its_own() {
        let all: Vec<Value> = INVESTORS.iter().enumerate().map(|(place, row)| investor(place, row, "m")).collect();
        for field in ["email", "phone", "external_key", "name"] {
            let values: HashSet<&str> = all.iter().map(|investor| investor[field].as_str().unwrap()).collect();
            assert_eq!(values.len(), INVESTORS.len(), "{field}");
        }
    }

    #[test]
    fn whoever_matters_more_is_talked_to_more() {
        let count =
            |tier| INVESTORS.iter().enumerate().find(|(_, row)| row.2 == tier).map(|(at, row)| talks(at, row).len());
        assert!(count("platinum") > count("gold") && count("gold") > count("bronze"));
    }
}
