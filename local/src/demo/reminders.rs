//! Reminders of the relationship managers.

/// What happens to a reminder after it was set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ReminderFate {
    Nothing,
    Done,
    Cancelled,
    /// Snoozed by this many days.
    Snoozed(i64),
}

/// A reminder: message, days until due and time of day, recurrence, and what happened to it.
pub(super) struct Reminder {
    pub(super) message: &'static str,
    pub(super) days: i64,
    pub(super) time: &'static str,
    pub(super) recurs: Option<(&'static str, u32)>,
    pub(super) fate: ReminderFate,
}

const fn reminder(
    message: &'static str,
    days: i64,
    time: &'static str,
    recurs: Option<(&'static str, u32)>,
    fate: ReminderFate,
) -> Reminder {
    Reminder { message, days, time, recurs, fate }
}

/// Time zone of all demo users.
pub(super) const ZONE: &str = "Europe/Oslo";

/// Done, due today, upcoming, recurring, overdue, snoozed and cancelled.
#[rustfmt::skip]
static REMINDERS: [Reminder; 12] = [
    reminder("Send the terms of the Series B", 2, "09:00", None, ReminderFate::Nothing),
    reminder("Call back before the end of the day", 0, "23:30", None, ReminderFate::Nothing),
    reminder("Quarterly letter", 12, "08:00", Some(("monthly", 3)), ReminderFate::Nothing),
    reminder("Return the signed agreement", -1, "09:00", None, ReminderFate::Nothing),
    reminder("Book the room for the partner meeting", 3, "10:00", None, ReminderFate::Done),
    reminder("Partner's birthday", 40, "08:30", Some(("yearly", 1)), ReminderFate::Nothing),
    reminder("Ask for the updated bank details", 1, "14:00", None, ReminderFate::Snoozed(7)),
    reminder("Check in", 4, "09:30", Some(("weekly", 2)), ReminderFate::Nothing),
    reminder("Send the metrics page", 0, "22:00", None, ReminderFate::Nothing),
    reminder("Prepare the site visit", 20, "09:00", None, ReminderFate::Cancelled),
    reminder("Follow up on the reference call", -6, "11:00", None, ReminderFate::Nothing),
    reminder("Confirm the capital call wire", 5, "15:00", None, ReminderFate::Done),
];

/// The reminder about the investor at this index: about every second investor has one.
pub(super) fn reminder_of(index: usize) -> Option<&'static Reminder> {
    // For each of the four relationship managers.
    (index + index / 4).is_multiple_of(2).then(|| &REMINDERS[index / 2 % REMINDERS.len()])
}
