//! What the stack itself must remember across a `kill -9`: stream positions, dead letters, open connections and sent mail.
//!
//! A separate small `SQLite` file, so that writing it never waits for the embedded DynamoDB. After a power failure the latest entries may
//! be missing; records are then delivered again, which every consumer must tolerate anyway.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, params};

/// A stream record that a consumer rejected too many times.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DeadLetter {
    /// Number; increases with each dead letter.
    pub id: i64,
    /// The consumer that rejected it.
    pub consumer: String,
    /// The record's sequence number.
    pub sequence: String,
    /// The consumer's last error.
    pub reason: String,
    /// When it was moved here, RFC 3339.
    pub at: String,
    /// The event containing only this record, as passed to a consumer.
    #[serde(skip)]
    pub event: String,
}

/// A message as SES received it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaughtMail {
    /// Number; increases with each message.
    pub id: i64,
    /// When it arrived, RFC 3339.
    pub at: String,
    /// Sender.
    pub from: String,
    /// Recipients, separated by commas.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// HTML body.
    pub html: String,
    /// Text body.
    pub text: String,
}

/// The open journal.
pub(crate) struct Journal(Mutex<Connection>);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS positions (consumer TEXT PRIMARY KEY, sequence TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS dead_letters (
        id INTEGER PRIMARY KEY AUTOINCREMENT, consumer TEXT NOT NULL, sequence TEXT NOT NULL, reason TEXT NOT NULL,
        at TEXT NOT NULL, event TEXT NOT NULL, UNIQUE (consumer, sequence));
    CREATE TABLE IF NOT EXISTS connections (id TEXT PRIMARY KEY, opened_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS mails (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
        subject TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

impl Journal {
    /// Opens the journal, creating it if missing.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last record that `consumer` has processed; `None` before the first.
    pub(crate) fn position(&self, consumer: &str) -> rusqlite::Result<Option<String>> {
        self.connection()
            .query_row("SELECT sequence FROM positions WHERE consumer = ?1", [consumer], |row| row.get(0))
            .optional()
    }

    /// Stores that `consumer` has processed everything up to `sequence`.
    pub(crate) fn advance(&self, consumer: &str, sequence: &str) -> rusqlite::Result<()> {
        self.connection()
            .prepare_cached(
                "INSERT INTO positions VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sequence = excluded.sequence",
            )?
            .execute([consumer, sequence])?;
        Ok(())
    }

    /// Adds a record to the dead letters and advances `consumer` past it, atomically.
    pub(crate) fn add_dead_letter(
        &self,
        consumer: &str,
        sequence: &str,
        event: &str,
        reason: &str,
    ) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO dead_letters (consumer, sequence, reason, at, event) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![consumer, sequence, reason, jiff::Timestamp::now().to_string(), event],
        )?;
        transaction.execute(
            "INSERT INTO positions VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sequence = excluded.sequence",
            [consumer, sequence],
        )?;
        transaction.commit()
    }

    /// The dead letters, newest first, at most 100.
    pub(crate) fn dead_letters(&self) -> rusqlite::Result<Vec<DeadLetter>> {
        let connection = self.connection();
        let mut rows = connection
            .prepare("SELECT id, consumer, sequence, reason, at, event FROM dead_letters ORDER BY id DESC LIMIT 100")?;
        rows.query_map([], dead_letter_from)?.collect()
    }

    pub(crate) fn dead_letter(&self, id: i64) -> rusqlite::Result<Option<DeadLetter>> {
        self.connection()
            .query_row(
                "SELECT id, consumer, sequence, reason, at, event FROM dead_letters WHERE id = ?1",
                [id],
                dead_letter_from,
            )
            .optional()
    }

    /// Deletes a dead letter.
    pub(crate) fn delete_dead_letter(&self, id: i64) -> rusqlite::Result<()> {
        self.connection().execute("DELETE FROM dead_letters WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Records a connection as open since `opened_at`, in milliseconds since the Unix epoch.
    pub(crate) fn record_opened(&self, connection_id: &str, opened_at: i64) -> rusqlite::Result<()> {
        self.connection()
            .execute("INSERT OR REPLACE INTO connections VALUES (?1, ?2)", params![connection_id, opened_at])?;
        Ok(())
    }

    /// Records that a connection is closed and its function was notified.
    pub(crate) fn record_closed(&self, connection_id: &str) -> rusqlite::Result<()> {
        self.connection().execute("DELETE FROM connections WHERE id = ?1", [connection_id])?;
        Ok(())
    }

    /// Connections recorded as open, with the time they opened.
    pub(crate) fn open_connections(&self) -> rusqlite::Result<Vec<(String, i64)>> {
        let connection = self.connection();
        let mut rows = connection.prepare("SELECT id, opened_at FROM connections")?;
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// Stores a message and returns its number.
    pub(crate) fn add_mail(&self, mail: &CaughtMail) -> rusqlite::Result<i64> {
        let connection = self.connection();
        connection
            .prepare_cached(
                "INSERT INTO mails (at, sender, recipients, subject, html, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![mail.at, mail.from, mail.to, mail.subject, mail.html, mail.text])?;
        Ok(connection.last_insert_rowid())
    }

    /// The newest messages, newest first, at most `most`.
    pub(crate) fn mails(&self, most: u32) -> rusqlite::Result<Vec<CaughtMail>> {
        let connection = self.connection();
        let mut rows = connection
            .prepare("SELECT id, at, sender, recipients, subject, html, text FROM mails ORDER BY id DESC LIMIT ?1")?;
        rows.query_map([most], mail_from)?.collect()
    }

    pub(crate) fn mail(&self, id: i64) -> rusqlite::Result<Option<CaughtMail>> {
        self.connection()
            .query_row(
                "SELECT id, at, sender, recipients, subject, html, text FROM mails WHERE id = ?1",
                [id],
                mail_from,
            )
            .optional()
    }

    /// A fact about this data folder, such as that the demo company is loaded.
    pub(crate) fn fact(&self, name: &str) -> rusqlite::Result<Option<String>> {
        self.connection().query_row("SELECT value FROM facts WHERE name = ?1", [name], |row| row.get(0)).optional()
    }

    pub(crate) fn set_fact(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        self.connection().execute("INSERT OR REPLACE INTO facts VALUES (?1, ?2)", [name, value])?;
        Ok(())
    }
}

fn mail_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<CaughtMail> {
    Ok(CaughtMail {
        id: row.get(0)?,
        at: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        subject: row.get(4)?,
        html: row.get(5)?,
        text: row.get(6)?,
    })
}

fn dead_letter_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<DeadLetter> {
    Ok(DeadLetter {
        id: row.get(0)?,
        consumer: row.get(1)?,
        sequence: row.get(2)?,
        reason: row.get(3)?,
        at: row.get(4)?,
        event: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::{DataLocation, Folder};

    #[test]
    fn the_journal_survives_reopening() {
        let folder = Folder::open(&DataLocation::Temporary).unwrap();
        let journal = Journal::open(&folder.journal()).unwrap();
        assert_eq!(journal.position("on-change").unwrap(), None);
        journal.advance("on-change", "1").unwrap();
        journal.advance("on-change", "2").unwrap();
        journal.add_dead_letter("run-jobs", "7", "{}", "no").unwrap();
        journal.record_opened("c1", 5).unwrap();
        journal.record_opened("c2", 6).unwrap();
        journal.record_closed("c1").unwrap();
        journal.set_fact("demo", "loaded").unwrap();
        let mail = CaughtMail {
            id: 1,
            at: "now".into(),
            from: "a@example.com".into(),
            to: "b@example.com".into(),
            subject: "Hello".into(),
            html: "<p>".into(),
            text: "text".into(),
        };
        assert_eq!(journal.add_mail(&mail).unwrap(), 1);
        drop(journal);

        let journal = Journal::open(&folder.journal()).unwrap();
        assert_eq!(journal.position("on-change").unwrap().as_deref(), Some("2"));
        assert_eq!(journal.position("run-jobs").unwrap().as_deref(), Some("7"));
        assert_eq!(journal.open_connections().unwrap(), [("c2".to_owned(), 6)]);
        assert_eq!(journal.fact("demo").unwrap().as_deref(), Some("loaded"));
        assert_eq!(journal.mails(10).unwrap(), std::slice::from_ref(&mail));
        assert_eq!(journal.mail(1).unwrap(), Some(mail));
        let letters = journal.dead_letters().unwrap();
        assert_eq!((letters.len(), letters[0].reason.as_str()), (1, "no"));
        journal.delete_dead_letter(letters[0].id).unwrap();
        assert!(journal.dead_letter(letters[0].id).unwrap().is_none());
    }
}
