//! Two years of history with one investor of the demo company.

use aws_lc_rs::digest;
use http::Method;
use jiff::{Timestamp, ToSpan as _};
use platform::upload::Sha256;
use serde_json::{Value, json};

use super::client::{Client, SignedIn};
use super::company::{ADMIN, FIRST_DELETED, Row};
use super::deals::{Deal, commitment, currency, deals, outcome};
use super::papers::{Paper, papers};
use super::reminders::{Then, ZONE, reminder_of};
use super::talks::{Held, talks};
use super::{DemoError, mix};

/// History with an investor, created through the API.
pub(super) struct Past<'a> {
    pub(super) client: &'a Client,
    /// When loading began: "today".
    pub(super) begun: Timestamp,
    /// Index of the investor.
    pub(super) place: usize,
    pub(super) row: &'a Row,
    /// The investor's path.
    pub(super) path: String,
    pub(super) admin: &'a SignedIn,
    pub(super) manager: &'a SignedIn,
}

impl Past<'_> {
    pub(super) async fn load(&self) -> Result<(), DemoError> {
        if self.place >= FIRST_DELETED {
            self.client.call(Method::DELETE, &self.path, None).by(self.manager).version(1).send().await?;
            return Ok(());
        }
        for (number, held) in talks(self.place, self.row).iter().enumerate() {
            self.load_activity(number, held).await?;
        }
        for (number, deal) in deals(self.place, self.row).enumerate() {
            self.load_deal(number, deal).await?;
        }
        for (number, paper) in papers(self.place, self.row).into_iter().enumerate() {
            self.load_paper(number, paper).await?;
        }
        self.load_reminder().await?;
        for (version, change) in (1..).zip(changes(self.place, self.row)) {
            self.client.patch(&self.path, change).by(self.manager).version(version).send().await?;
        }
        Ok(())
    }

    /// Creates an activity. Some are recorded by the admin, and a few are corrected.
    async fn load_activity(&self, number: usize, held: &Held) -> Result<(), DemoError> {
        let by = if (self.place + number).is_multiple_of(13) { self.admin } else { self.manager };
        let key = format!("demo-activity-{}-{number}", self.place);
        let path = format!("{}/activities", self.path);
        let made = self.client.post(&path, self.activity(number, held)?).by(by).key(&key).send().await?;
        if number == 2 && self.place.is_multiple_of(6) {
            let id = made["id"].as_str().unwrap_or_default();
            let change = json!({"participants": [self.row.contact, ADMIN.name]});
            self.client.patch(&format!("{path}/{id}"), change).by(by).version(1).send().await?;
        }
        Ok(())
    }

    fn activity(&self, number: usize, held: &Held) -> Result<Value, DemoError> {
        let (kind, summary, details) = held.talk;
        let at = self.during_work(held.days_ago, mix(self.place, 30 + number))?;
        let quarter = quarter_before(at);
        let mut body = json!({
            "kind": kind, "occurred_at": at.to_string(), "summary": summary.replace("{quarter}", &quarter),
            "participants": if kind == "note" { vec![] } else { vec![self.row.contact] },
        });
        if let Some(details) = details {
            body["details"] = Value::from(details);
        }
        if let Some(days) = held.follow_up {
            body["follow_up_on"] = Value::from(self.day(i64::try_from(days)?)?);
        }
        Ok(body)
    }

    /// A moment during working hours, so many days ago, never in the future.
    fn during_work(&self, days_ago: usize, spread: usize) -> Result<Timestamp, DemoError> {
        let spread = i64::try_from(spread % 36)?;
        if days_ago == 0 {
            return Ok(self.begun.checked_sub((spread * 10 + 15).minutes())?);
        }
        let days = i64::try_from(days_ago)?;
        let day = self.begun.checked_sub((days * 24).hours())?.to_zoned(jiff::tz::TimeZone::UTC).date();
        let weekend = i64::from(day.weekday().to_monday_zero_offset() - 4).max(0);
        let day = day.checked_sub(weekend.days())?;
        let at = day.at(7, 0, 0, 0).checked_add((spread * 15).minutes())?;
        Ok(at.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp())
    }

    /// The day so many days from now.
    fn day(&self, days: i64) -> Result<String, DemoError> {
        let at = self.begun.checked_add((days * 24).hours())?;
        Ok(at.strftime("%Y-%m-%d").to_string())
    }

    fn past(&self, days_ago: usize) -> Result<String, DemoError> {
        self.day(-i64::try_from(days_ago)?)
    }

    /// Creates an investment with its cash flows, one after the other, and its final status.
    async fn load_deal(&self, number: usize, deal: &Deal) -> Result<(), DemoError> {
        let (currency, committed) = (currency(self.row), commitment(self.place, self.row));
        let money = |amount: u64| json!({"amount": amount.to_string(), "currency": currency});
        let over = ["exited", "written_off"].contains(&deal.status);
        let new = json!({
            "kind": deal.kind, "name": deal.name, "round": deal.round, "commitment": money(committed),
            "invested_on": self.past(deal.days_ago)?, "status": if over { "active" } else { deal.status },
        });
        let key = format!("demo-investment-{}-{number}", self.place);
        let path = format!("{}/investments", self.path);
        let made = self.client.post(&path, new).by(self.manager).key(&key).send().await?;
        let path = format!("{path}/{}", made["id"].as_str().unwrap_or_default());
        for (flow, (kind, days_ago, thousandths)) in deal.flows.iter().enumerate() {
            let amount = money(committed / 1_000 * thousandths * outcome(self.place, deal, kind) / 100);
            let new = json!({"kind": kind, "date": self.past(*days_ago)?, "amount": amount});
            let key = format!("demo-flow-{}-{number}-{flow}", self.place);
            self.client.post(&format!("{path}/cash_flows"), new).by(self.manager).key(&key).send().await?;
        }
        if over {
            self.client.patch(&path, json!({"status": deal.status})).by(self.manager).version(1).send().await?;
        }
        Ok(())
    }

    async fn load_paper(&self, number: usize, paper: Paper) -> Result<(), DemoError> {
        let mut new = announced(&paper);
        new["title"] = Value::from(paper.title);
        new["description"] = Value::from(paper.description);
        let key = format!("demo-document-{}-{number}", self.place);
        let path = format!("{}/documents", self.path);
        let made = self.client.post(&path, new).by(self.manager).key(&key).send().await?;
        self.client.put(&made["upload"], paper.bytes).await
    }

    async fn load_reminder(&self) -> Result<(), DemoError> {
        let Some(reminder) = reminder_of(self.place) else { return Ok(()) };
        let due = format!("{}T{}", self.day(reminder.days)?, reminder.time);
        let mut new = json!({"message": reminder.message, "due_local": due, "time_zone": ZONE});
        if let Some((frequency, interval)) = reminder.recurs {
            new["recurrence"] = json!({"frequency": frequency, "interval": interval});
        }
        let by = if self.place.is_multiple_of(5) { self.admin } else { self.manager };
        let path = format!("{}/reminders", self.path);
        let key = format!("demo-reminder-{}", self.place);
        let made = self.client.post(&path, new).by(by).key(&key).send().await?;
        let path = format!("{path}/{}", made["id"].as_str().unwrap_or_default());
        let (then, body) = match reminder.then {
            Then::Nothing => return Ok(()),
            Then::Done => ("done", None),
            Then::Cancelled => ("cancel", None),
            Then::Snoozed(days) => {
                let until = self.begun.checked_add((days * 24).hours())?;
                ("snooze", Some(json!({"until": until.to_string()})))
            }
        };
        let call = self.client.call(Method::POST, &format!("{path}/{then}"), body).by(by);
        call.key(&format!("{key}-{then}")).send().await?;
        Ok(())
    }
}

/// Whether the investor at this index started as a prospect and was upgraded.
pub(super) fn rose(place: usize, row: &Row) -> bool {
    place % 6 == 1 && row.tier != "prospect"
}

/// Later changes to the investor at this index.
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
        let notes = format!("Talk to {}. Wants the figures two days before any meeting.", row.contact);
        changes.push(json!({"notes": notes}));
    }
    if place % 16 == 13 {
        changes.push(json!({"status": "inactive"}));
    }
    changes
}

/// Request body that announces a file.
pub(super) fn announced(paper: &Paper) -> Value {
    let digest = Sha256::from_bytes(digest::digest(&digest::SHA256, &paper.bytes).as_ref());
    json!({
        "file_name": paper.file_name, "content_type": paper.content_type, "size": paper.bytes.len(), "sha256": digest,
    })
}

/// Name of the last quarter that ended before `at`.
fn quarter_before(at: Timestamp) -> String {
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    match (day.month() - 1) / 3 {
        0 => format!("Q4 {}", day.year() - 1),
        quarter => format!("Q{quarter} {}", day.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarter_before_returns_the_last_finished_quarter() {
        let quarter = |at: &str| quarter_before(at.parse().unwrap());
        assert_eq!(quarter("2026-03-31T00:00:00Z"), "Q4 2025");
        assert_eq!(quarter("2026-04-01T00:00:00Z"), "Q1 2026");
        assert_eq!(quarter("2026-12-31T00:00:00Z"), "Q3 2026");
    }
}
