//! Two years of history with one investor of the demo company.

use http::Method;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::client::{Client, SignedIn};
use super::company::{ADMIN, FIRST_DELETED, InvestorRow};
use super::deals::{Deal, commitment, currency, deals, outcome};
use super::documents::{DemoDocument, documents};
use super::reminders::{ReminderFate, ZONE, reminder_of};
use super::talks::{Talk, talks};
use super::{DemoError, pseudo_random};

/// History with an investor, created through the API.
pub(super) struct InvestorHistory<'a> {
    pub(super) client: &'a Client,
    /// When loading began: "today".
    pub(super) begun: Timestamp,
    /// Index of the investor.
    pub(super) index: usize,
    pub(super) row: &'a InvestorRow,
    /// The investor's path.
    pub(super) path: String,
    pub(super) admin: &'a SignedIn,
    pub(super) manager: &'a SignedIn,
}

impl InvestorHistory<'_> {
    pub(super) async fn load(&self) -> Result<(), DemoError> {
        if self.index >= FIRST_DELETED {
            self.client.call(Method::DELETE, &self.path, None).by(self.manager).version(1).send().await?;
            return Ok(());
        }
        for (number, talk) in talks(self.index, self.row).iter().enumerate() {
            self.load_activity(number, talk).await?;
        }
        for (number, deal) in deals(self.index, self.row).enumerate() {
            self.load_deal(number, deal).await?;
        }
        for (number, document) in documents(self.index, self.row).into_iter().enumerate() {
            self.load_document(number, document).await?;
        }
        self.load_reminder().await?;
        for (version, change) in (1..).zip(changes(self.index, self.row)) {
            self.client.patch(&self.path, change).by(self.manager).version(version).send().await?;
        }
        Ok(())
    }

    /// Creates an activity. Some are recorded by the admin, and a few are corrected.
    async fn load_activity(&self, number: usize, talk: &Talk) -> Result<(), DemoError> {
        let by = if (self.index + number).is_multiple_of(13) { self.admin } else { self.manager };
        let key = format!("demo-activity-{}-{number}", self.index);
        let path = format!("{}/activities", self.path);
        let made = self.client.post(&path, self.activity(number, talk)?).by(by).key(&key).send().await?;
        if number == 2 && self.index.is_multiple_of(6) {
            let id = made["id"].as_str().unwrap_or_default();
            let change = json!({"participants": [self.row.contact, ADMIN.name]});
            self.client.patch(&format!("{path}/{id}"), change).by(by).version(1).send().await?;
        }
        Ok(())
    }

    fn activity(&self, number: usize, talk: &Talk) -> Result<Value, DemoError> {
        let (kind, summary, details) = talk.text;
        let at = self.during_work(talk.days_ago, pseudo_random(self.index, 30 + number))?;
        let quarter = quarter_before(at);
        let mut body = json!({
            "kind": kind, "occurred_at": at.to_string(), "summary": summary.replace("{quarter}", &quarter),
            "participants": if kind == "note" { vec![] } else { vec![self.row.contact] },
        });
        if let Some(details) = details {
            body["details"] = Value::from(details);
        }
        if let Some(days) = talk.follow_up {
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

    fn day_ago(&self, days_ago: usize) -> Result<String, DemoError> {
        self.day(-i64::try_from(days_ago)?)
    }

    /// Creates an investment with its cash flows, one after the other, and its final status.
    async fn load_deal(&self, number: usize, deal: &Deal) -> Result<(), DemoError> {
        let (currency, committed) = (currency(self.row), commitment(self.index, self.row));
        let money = |amount: u64| json!({"amount": amount.to_string(), "currency": currency});
        let over = ["exited", "written_off"].contains(&deal.status);
        let new = json!({
            "kind": deal.kind, "name": deal.name, "round": deal.round, "commitment": money(committed),
            "invested_on": self.day_ago(deal.days_ago)?, "status": if over { "active" } else { deal.status },
        });
        let key = format!("demo-investment-{}-{number}", self.index);
        let path = format!("{}/investments", self.path);
        let made = self.client.post(&path, new).by(self.manager).key(&key).send().await?;
        let path = format!("{path}/{}", made["id"].as_str().unwrap_or_default());
        for (flow, (kind, days_ago, thousandths)) in deal.flows.iter().enumerate() {
            let amount = money(committed / 1_000 * thousandths * outcome(self.index, deal, kind) / 100);
            let new = json!({"kind": kind, "date": self.day_ago(*days_ago)?, "amount": amount});
            let key = format!("demo-flow-{}-{number}-{flow}", self.index);
            self.client.post(&format!("{path}/cash_flows"), new).by(self.manager).key(&key).send().await?;
        }
        if over {
            self.client.patch(&path, json!({"status": deal.status})).by(self.manager).version(1).send().await?;
        }
        Ok(())
    }

    async fn load_document(&self, number: usize, document: DemoDocument) -> Result<(), DemoError> {
        let mut new = document.upload_request();
        new["title"] = Value::from(document.title);
        new["description"] = Value::from(document.description);
        let key = format!("demo-document-{}-{number}", self.index);
        let path = format!("{}/documents", self.path);
        let made = self.client.post(&path, new).by(self.manager).key(&key).send().await?;
        self.client.put(&made["upload"], document.bytes).await
    }

    async fn load_reminder(&self) -> Result<(), DemoError> {
        let Some(reminder) = reminder_of(self.index) else { return Ok(()) };
        let due = format!("{}T{}", self.day(reminder.days)?, reminder.time);
        let mut new = json!({"message": reminder.message, "due_local": due, "time_zone": ZONE});
        if let Some((frequency, interval)) = reminder.recurs {
            new["recurrence"] = json!({"frequency": frequency, "interval": interval});
        }
        let by = if self.index.is_multiple_of(5) { self.admin } else { self.manager };
        let path = format!("{}/reminders", self.path);
        let key = format!("demo-reminder-{}", self.index);
        let made = self.client.post(&path, new).by(by).key(&key).send().await?;
        let path = format!("{path}/{}", made["id"].as_str().unwrap_or_default());
        let (act, body) = match reminder.fate {
            ReminderFate::Nothing => return Ok(()),
            ReminderFate::Done => ("done", None),
            ReminderFate::Cancelled => ("cancel", None),
            ReminderFate::Snoozed(days) => {
                let until = self.begun.checked_add((days * 24).hours())?;
                ("snooze", Some(json!({"until": until.to_string()})))
            }
        };
        let call = self.client.call(Method::POST, &format!("{path}/{act}"), body).by(by);
        call.key(&format!("{key}-{act}")).send().await?;
        Ok(())
    }
}

/// Whether the investor at this index started as a prospect and was upgraded.
pub(super) fn was_upgraded(index: usize, row: &InvestorRow) -> bool {
    index % 6 == 1 && row.tier != "prospect"
}

/// Later changes to the investor at this index.
fn changes(index: usize, row: &InvestorRow) -> Vec<Value> {
    let mut changes = Vec::new();
    if was_upgraded(index, row) {
        changes.push(json!({"tier": row.tier}));
    }
    if index % 9 == 4 {
        let tags: Vec<&str> = row.tags.iter().copied().chain(["newsletter"]).collect();
        changes.push(json!({"tags": tags}));
    }
    if index % 20 == 5 {
        let notes = format!("Talk to {}. Wants the figures two days before any meeting.", row.contact);
        changes.push(json!({"notes": notes}));
    }
    if index % 16 == 13 {
        changes.push(json!({"status": "inactive"}));
    }
    changes
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
