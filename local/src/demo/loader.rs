//! Loading the demo company.

use std::future::Future;

use aws_lc_rs::digest;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::Method;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value, json};
use shared::upload::Sha256;

use super::client::{Client, SignedIn};
use super::company::{ADMIN, FIRST_DELETED, INVESTORS, MANAGERS, PEOPLE, Person, Row};
use super::deals::{Deal, commitment, currency, deals, outcome};
use super::papers::{AMENDED, Paper, amended, papers};
use super::products::Workshop;
use super::reminders::{Then, ZONE, reminder_of};
use super::talks::{Held, talks};
use super::workshop::BUILDERS;
use super::{SIGN_IN, failed, mix};
use crate::problem::Problem;
use crate::stack::Stack;

/// Investors that are loaded side by side.
const AT_ONCE: usize = 4;
/// How many notifications everyone leaves unread.
const UNREAD: usize = 4;

/// Loads the company through the API.
pub(super) struct Loader<'a> {
    stack: &'a Stack,
    client: Client,
    begun: Timestamp,
}

/// The people, signed in, and the paths of the investors.
pub(super) struct Company {
    admin: SignedIn,
    people: Vec<SignedIn>,
    builders: Vec<SignedIn>,
    investors: Vec<Option<String>>,
}

/// An investor whose history is being loaded.
struct Loading<'a> {
    place: usize,
    row: &'a Row,
    path: String,
    admin: &'a SignedIn,
    manager: &'a SignedIn,
}

impl<'a> Loader<'a> {
    /// A loader for which "today" is when loading began.
    pub(super) fn new(stack: &'a Stack, begun: Timestamp) -> Self {
        Self { stack, client: Client { api: stack.router() }, begun }
    }

    /// Whether the stack has a first admin.
    pub(super) async fn is_set_up(stack: &Stack) -> Result<bool, Problem> {
        let answer = Client { api: stack.router() }.get("/api/setup").send().await?;
        answer["needed"].as_bool().map(|needed| !needed).ok_or_else(|| failed("set-up cannot be read"))
    }

    /// Loads the people and the investors: what everything else belongs to.
    pub(super) async fn load_company(&self) -> Result<Company, Problem> {
        let mut setup = person(&ADMIN);
        if self.client.get("/api/setup").send().await?["needed"] == true {
            setup.remove("roles");
            self.client.post("/api/setup", Value::Object(setup)).key("demo-setup").send().await?;
        }
        let admin = self.sign_in(&ADMIN).await?;
        let people = PEOPLE.iter().map(|who| self.load_person(who, &admin));
        let people: Vec<SignedIn> = in_turn(people, PEOPLE.len()).await?;
        let builders = BUILDERS.iter().map(|who| self.load_person(who, &admin));
        let builders: Vec<SignedIn> = in_turn(builders, BUILDERS.len()).await?;
        let investors = INVESTORS.iter().enumerate().map(|(place, row)| {
            let manager = &people[place % MANAGERS];
            // The admin brings in every fifth and hands it over, so that the managers have notifications.
            let by = if place.is_multiple_of(5) { &admin } else { manager };
            self.load_investor(place, row, by, &manager.id)
        });
        let investors = in_turn(investors, AT_ONCE).await?;
        Ok(Company { admin, people, builders, investors })
    }

    /// Loads two years of history with investors, and a year of work on products.
    pub(super) async fn load_history(&self, company: &Company) -> Result<(), Problem> {
        let workshop = Workshop { client: &self.client, builders: &company.builders, begun: self.begun };
        let (with_investors, of_work) = tokio::join!(self.load_talks(company), workshop.load());
        with_investors?;
        let products = of_work?;
        self.stack.drained().await.map_err(failed)?;
        workshop.decide(&products).await?;
        self.stack.drained().await.map_err(failed)?;
        let readers = company.people[..MANAGERS].iter().chain(&company.builders).chain([&company.admin]);
        for reader in readers {
            self.read_notifications(reader).await?;
        }
        Ok(())
    }

    async fn load_talks(&self, company: &Company) -> Result<(), Problem> {
        let managers = &company.people[..MANAGERS];
        let investors = INVESTORS.iter().zip(&company.investors).enumerate().filter_map(|(place, (row, path))| {
            let manager = &managers[place % MANAGERS];
            Some(self.load_past(Loading { place, row, path: path.clone()?, admin: &company.admin, manager }))
        });
        in_turn(investors, AT_ONCE).await?;
        self.stack.drained().await.map_err(failed)?;
        if let Some(path) = &company.investors[AMENDED] {
            self.amend(path, &managers[AMENDED % MANAGERS]).await?;
        }
        Ok(())
    }

    async fn load_person(&self, who: &Person, admin: &SignedIn) -> Result<SignedIn, Problem> {
        let key = format!("demo-user-{}", who.username);
        self.client.post("/api/users", Value::Object(person(who))).by(admin).key(&key).send().await?;
        self.sign_in(who).await
    }

    async fn sign_in(&self, who: &Person) -> Result<SignedIn, Problem> {
        let body = json!({"username": who.username, "password": SIGN_IN.password});
        let answer = self.client.post("/api/auth/login", body).send().await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| failed("a login gave no token"));
        Ok(SignedIn { id: text(&answer["user"]["id"])?, token: text(&answer["access_token"])? })
    }

    /// An investor; gives its path. None when it was made so long ago, before a kill, that its key is forgotten.
    async fn load_investor(
        &self,
        place: usize,
        row: &Row,
        by: &SignedIn,
        manager: &str,
    ) -> Result<Option<String>, Problem> {
        let key = format!("demo-investor-{place}");
        let new = investor(place, row, manager);
        let made = self.client.post("/api/investors", new).by(by).key(&key).send().await?;
        Ok(made["id"].as_str().map(|id| format!("/api/investors/{id}")))
    }

    /// What happened with an investor.
    async fn load_past(&self, of: Loading<'_>) -> Result<(), Problem> {
        if of.place >= FIRST_DELETED {
            self.client.call(Method::DELETE, &of.path, None).by(of.manager).version(1).send().await?;
            return Ok(());
        }
        for (number, held) in talks(of.place, of.row).iter().enumerate() {
            self.load_activity(&of, number, held).await?;
        }
        for (number, deal) in deals(of.place, of.row).enumerate() {
            self.load_deal(&of, number, deal).await?;
        }
        for (number, paper) in papers(of.place, of.row).into_iter().enumerate() {
            self.load_paper(&of, number, paper).await?;
        }
        self.load_reminder(&of).await?;
        for (version, change) in (1..).zip(changes(of.place, of.row)) {
            self.client.patch(&of.path, change).by(of.manager).version(version).send().await?;
        }
        Ok(())
    }

    /// Something that was said. The admin notes a talk now and then, and a few are corrected.
    async fn load_activity(&self, of: &Loading<'_>, number: usize, held: &Held) -> Result<(), Problem> {
        let by = if (of.place + number).is_multiple_of(13) { of.admin } else { of.manager };
        let key = format!("demo-activity-{}-{number}", of.place);
        let path = format!("{}/activities", of.path);
        let made = self.client.post(&path, self.activity(of, number, held)?).by(by).key(&key).send().await?;
        if number == 2 && of.place.is_multiple_of(6) {
            let id = made["id"].as_str().unwrap_or_default();
            let change = json!({"participants": [of.row.contact, ADMIN.name]});
            self.client.patch(&format!("{path}/{id}"), change).by(by).version(1).send().await?;
        }
        Ok(())
    }

    fn activity(&self, of: &Loading<'_>, number: usize, held: &Held) -> Result<Value, Problem> {
        let (kind, summary, details) = held.talk;
        let at = self.during_work(held.days_ago, mix(of.place, 30 + number))?;
        let quarter = quarter_before(at);
        let mut body = json!({
            "kind": kind, "occurred_at": at.to_string(), "summary": summary.replace("{quarter}", &quarter),
            "participants": if kind == "note" { vec![] } else { vec![of.row.contact] },
        });
        if let Some(details) = details {
            body["details"] = Value::from(details);
        }
        if let Some(days) = held.follow_up {
            body["follow_up_on"] = Value::from(self.day(i64::try_from(days).map_err(failed)?)?);
        }
        Ok(body)
    }

    /// A moment on a working day about so many days ago, never to come.
    fn during_work(&self, days_ago: usize, spread: usize) -> Result<Timestamp, Problem> {
        let spread = i64::try_from(spread % 36).map_err(failed)?;
        if days_ago == 0 {
            return self.begun.checked_sub((spread * 10 + 15).minutes()).map_err(failed);
        }
        let days = i64::try_from(days_ago).map_err(failed)?;
        let day = self.begun.checked_sub((days * 24).hours()).map_err(failed)?.to_zoned(jiff::tz::TimeZone::UTC).date();
        let weekend = i64::from(day.weekday().to_monday_zero_offset() - 4).max(0);
        let day = day.checked_sub(weekend.days()).map_err(failed)?;
        let at = day.at(7, 0, 0, 0).checked_add((spread * 15).minutes()).map_err(failed)?;
        Ok(at.to_zoned(jiff::tz::TimeZone::UTC).map_err(failed)?.timestamp())
    }

    /// The day so many days from now.
    fn day(&self, days: i64) -> Result<String, Problem> {
        let at = self.begun.checked_add((days * 24).hours()).map_err(failed)?;
        Ok(at.strftime("%Y-%m-%d").to_string())
    }

    fn past(&self, days_ago: usize) -> Result<String, Problem> {
        self.day(-i64::try_from(days_ago).map_err(failed)?)
    }

    /// An investment with its cash flows, which are told one after the other, and its end.
    async fn load_deal(&self, of: &Loading<'_>, number: usize, deal: &Deal) -> Result<(), Problem> {
        let (currency, committed) = (currency(of.row), commitment(of.place, of.row));
        let money = |amount: u64| json!({"amount": amount.to_string(), "currency": currency});
        let over = ["exited", "written_off"].contains(&deal.status);
        let new = json!({
            "kind": deal.kind, "name": deal.name, "round": deal.round, "commitment": money(committed),
            "invested_on": self.past(deal.days_ago)?, "status": if over { "active" } else { deal.status },
        });
        let key = format!("demo-investment-{}-{number}", of.place);
        let path = format!("{}/investments", of.path);
        let made = self.client.post(&path, new).by(of.manager).key(&key).send().await?;
        let path = format!("{path}/{}", made["id"].as_str().unwrap_or_default());
        for (flow, (kind, days_ago, thousandths)) in deal.flows.iter().enumerate() {
            let amount = money(committed / 1_000 * thousandths * outcome(of.place, deal, kind) / 100);
            let new = json!({"kind": kind, "date": self.past(*days_ago)?, "amount": amount});
            let key = format!("demo-flow-{}-{number}-{flow}", of.place);
            self.client.post(&format!("{path}/cash_flows"), new).by(of.manager).key(&key).send().await?;
        }
        if over {
            self.client.patch(&path, json!({"status": deal.status})).by(of.manager).version(1).send().await?;
        }
        Ok(())
    }

    async fn load_paper(&self, of: &Loading<'_>, number: usize, paper: Paper) -> Result<(), Problem> {
        let mut new = announced(&paper);
        new["title"] = Value::from(paper.title);
        new["description"] = Value::from(paper.description);
        let key = format!("demo-document-{}-{number}", of.place);
        let path = format!("{}/documents", of.path);
        let made = self.client.post(&path, new).by(of.manager).key(&key).send().await?;
        self.client.put(&made["upload"], paper.bytes).await
    }

    /// Adds the second version of an investor's agreement, once its first is released.
    async fn amend(&self, investor: &str, manager: &SignedIn) -> Result<(), Problem> {
        let path = format!("{investor}/documents");
        let documents = self.client.get(&path).by(manager).send().await?;
        let mut documents = documents["items"].as_array().into_iter().flatten();
        let Some(document) = documents.find(|document| document["content_type"] == "application/pdf") else {
            return Ok(());
        };
        let paper = amended(AMENDED, &INVESTORS[AMENDED]);
        let path = format!("{path}/{}/versions", document["id"].as_str().unwrap_or_default());
        let made = self.client.post(&path, announced(&paper)).by(manager).key("demo-amended").send().await?;
        self.client.put(&made["upload"], paper.bytes).await
    }

    async fn load_reminder(&self, of: &Loading<'_>) -> Result<(), Problem> {
        let Some(reminder) = reminder_of(of.place) else { return Ok(()) };
        let due = format!("{}T{}", self.day(reminder.days)?, reminder.time);
        let mut new = json!({"message": reminder.message, "due_local": due, "time_zone": ZONE});
        if let Some((frequency, interval)) = reminder.recurs {
            new["recurrence"] = json!({"frequency": frequency, "interval": interval});
        }
        let by = if of.place.is_multiple_of(5) { of.admin } else { of.manager };
        let path = format!("{}/reminders", of.path);
        let key = format!("demo-reminder-{}", of.place);
        let made = self.client.post(&path, new).by(by).key(&key).send().await?;
        let path = format!("{path}/{}", made["id"].as_str().unwrap_or_default());
        let (then, body) = match reminder.then {
            Then::Nothing => return Ok(()),
            Then::Done => ("done", None),
            Then::Cancelled => ("cancel", None),
            Then::Snoozed(days) => {
                let until = self.begun.checked_add((days * 24).hours()).map_err(failed)?;
                ("snooze", Some(json!({"until": until.to_string()})))
            }
        };
        let call = self.client.call(Method::POST, &format!("{path}/{then}"), body).by(by);
        call.key(&format!("{key}-{then}")).send().await?;
        Ok(())
    }

    /// Reads all but the newest notifications.
    async fn read_notifications(&self, reader: &SignedIn) -> Result<(), Problem> {
        loop {
            let page = self.client.get("/api/notifications?unread=true&limit=100").by(reader).send().await?;
            let ids = page["items"].as_array().into_iter().flatten().map(|one| one["id"].clone());
            let ids: Vec<Value> = ids.skip(UNREAD).collect();
            if ids.is_empty() {
                return Ok(());
            }
            self.client.post("/api/notifications/read", json!({"ids": ids})).by(reader).send().await?;
        }
    }
}

/// The results of futures of which some run side by side, in the futures' order.
async fn in_turn<T, F>(futures: impl Iterator<Item = F>, at_once: usize) -> Result<Vec<T>, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let futures: Vec<F> = futures.collect();
    stream::iter(futures).buffered(at_once).try_collect().await
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

/// Whether the investor at this place came in as a prospect and rose.
fn rose(place: usize, row: &Row) -> bool {
    place % 6 == 1 && row.tier != "prospect"
}

fn investor(place: usize, row: &Row, manager: &str) -> Value {
    let host: String = row.name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let notes = match row.tier {
        "prospect" => format!("Talk to {}. Not invested yet.", row.contact),
        _ => format!("Talk to {}. Receives the quarterly letter.", row.contact),
    };
    json!({
        "name": row.name, "kind": row.kind, "tier": if rose(place, row) { "prospect" } else { row.tier },
        "country": row.country, "address": row.address, "tags": row.tags, "notes": notes,
        "email": format!("contact@{host}.example"), "phone": format!("+1 202 555 01{place:02}"),
        "external_key": format!("HR-{:03}", place + 1), "relationship_manager_id": manager,
    })
}

/// What changes of the investor at this place afterwards.
fn changes(place: usize, row: &Row) -> Vec<Value> {
    let mut changes = Vec::new();
    if rose(place, row) {
        changes.push(json!({"tier": row.tier}));
    }
    if place % 9 == 4 {
        let tags: Vec<&str> = row.tags.iter().copied().chain(["newsletter"]).collect();
        changes.push(json!({"tags": tags}));
    }
    if place % 20 == 5 {
        let notes = format!("Talk to {}. Wants figures two days ahead of any meeting.", row.contact);
        changes.push(json!({"notes": notes}));
    }
    if place % 16 == 13 {
        changes.push(json!({"status": "inactive"}));
    }
    changes
}

/// What announces a file.
pub(super) fn announced(paper: &Paper) -> Value {
    let digest = Sha256::from_bytes(digest::digest(&digest::SHA256, &paper.bytes).as_ref());
    json!({
        "file_name": paper.file_name, "content_type": paper.content_type, "size": paper.bytes.len(), "sha256": digest,
    })
}

/// The name of the quarter that ended last before `at`.
fn quarter_before(at: Timestamp) -> String {
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    match (day.month() - 1) / 3 {
        0 => format!("Q4 {}", day.year() - 1),
        quarter => format!("Q{quarter} {}", day.year()),
    }
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
    fn the_quarter_before_a_day_is_the_one_that_has_ended() {
        let quarter = |at: &str| quarter_before(at.parse().unwrap());
        assert_eq!(quarter("2026-03-31T00:00:00Z"), "Q4 2025");
        assert_eq!(quarter("2026-04-01T00:00:00Z"), "Q1 2026");
        assert_eq!(quarter("2026-12-31T00:00:00Z"), "Q3 2026");
    }
}
