//! Activities with investors over two years.

use super::company::InvestorRow;
use super::pseudo_random;

/// An activity: kind, summary, details. `{quarter}` stands for the quarter before its day.
pub(super) type TalkText = (&'static str, &'static str, Option<&'static str>);

/// An activity and how many days ago it was.
pub(super) struct Talk {
    pub(super) text: TalkText,
    pub(super) days_ago: usize,
    /// Days from now until the follow-up.
    pub(super) follow_up: Option<usize>,
}

/// First contact.
#[rustfmt::skip]
const FIRST_CONTACT: [TalkText; 5] = [
    ("email", "Introduced by a mutual contact", None),
    ("call", "First call", Some("Forty minutes on the market and the team. Their typical first cheque fits the round.")),
    ("update", "Sent the deck and the data room link", None),
    ("meeting", "Product demonstration", Some(
        "Ran the live demo with mixed totes. Strong interest in jam recovery. Next step is a call with a reference customer.")),
    ("note", "Partner meeting is next Thursday", Some(
        "Our sponsor presents. Two partners are sceptical of hardware margins: prepare the cost curve.")),
];

/// Ongoing contact.
#[rustfmt::skip]
const ONGOING_CONTACT: [TalkText; 20] = [
    ("update", "Sent the {quarter} letter", Some(
        "Revenue, cash, hiring, and the three risks we watch: gripper supply, certification, and the second site.")),
    ("meeting", "{quarter} review at the pilot site", Some(
        "Walked through the picking line. Uptime over the quarter was 98.6%. They asked for the maintenance cost per robot before the next review.")),
    ("call", "Questions about the gripper supply", Some(
        "Second source is qualified; first parts arrive next month. They offered an introduction to a supplier.")),
    ("email", "Asked for the updated cap table", None),
    ("update", "Sent the {quarter} numbers", Some("Orders are ahead of plan, gross margin two points behind because of freight.")),
    ("note", "Prefers numbers before stories", Some("Send the metrics page two days before any meeting.")),
    ("call", "Reference call with Bluebird Logistics went well", Some(
        "Forty robots in two shifts, no night-time callouts in six weeks. They asked what a third site would need.")),
    ("meeting", "Lunch with the partner", Some(
        "Warm on the next round. Wants to see two more paying sites first and would then take their full pro rata.")),
    ("email", "Received the signed documents", None),
    ("update", "Sent the {quarter} letter", Some("First full quarter with three sites. Nineteen months of runway.")),
    ("call", "Announced the capital call", Some("Ten working days' notice, bank details confirmed by phone.")),
    ("note", "New contact in their back office", Some("Statements go to the finance team from now on, in copy to the partner.")),
    ("meeting", "Annual investor day", Some(
        "Forty guests, live demonstration of the depalletiser. The most common question: when does service break even?")),
    ("email", "Sent the audited accounts", None),
    ("call", "Walked through the valuation", Some("Multiple of comparable companies, discounted for size. They will mark at our price.")),
    ("meeting", "Visit to the new assembly hall", Some("Takt time is down from 52 to 38 minutes. They noticed the empty second line.")),
    ("update", "Certification granted", Some("Type approval came four weeks early. Shipments to the second site begin on Monday.")),
    ("email", "Thanked them for the customer introduction", None),
    ("note", "Fund closes to new deals next spring", Some("Only follow-ons after that. Ask for a decision on the next round before then.")),
    ("call", "Discussed a secondary sale", Some("No hurry, but they would sell a quarter of their stake at the last round's price.")),
];

/// Current contact.
#[rustfmt::skip]
const RECENT_CONTACT: [TalkText; 6] = [
    ("call", "Checked in before the board meeting", Some("Supports the hiring plan. Would like a written plan for service.")),
    ("email", "Sent the terms of the Series B", None),
    ("meeting", "Dinner before the round opens", Some("Would take their pro rata and asked who is leading.")),
    ("update", "Sent the forecast for next year", Some("Base case, and what changes if the fourth site slips by a quarter.")),
    ("note", "Decision in the first week of the month", Some("Investment committee meets on Tuesdays. They need the papers by Friday.")),
    ("call", "Questions about the service contracts", Some("Wants to see renewal terms. Legal sends two samples.")),
];

/// Days since the first contact with an investor.
pub(super) fn first_contact(index: usize, row: &InvestorRow) -> usize {
    match row.tier {
        "prospect" => 20 + pseudo_random(index, 1) % 160,
        _ => 727 - pseudo_random(index, 1) % 60,
    }
}

/// The activities with the investor at this index, oldest first: more for more important investors.
pub(super) fn talks(index: usize, row: &InvestorRow) -> Vec<Talk> {
    let count = match row.tier {
        "platinum" => 20,
        "gold" => 12,
        "silver" => 7,
        "bronze" => 4,
        _ => 1 + index % 5,
    };
    let since = first_contact(index, row);
    let text = |number: usize| match number {
        _ if row.tier == "prospect" => FIRST_CONTACT[number % FIRST_CONTACT.len()],
        0 => FIRST_CONTACT[index % 2],
        1 if count > 7 => FIRST_CONTACT[3],
        _ if number + 1 == count => RECENT_CONTACT[pseudo_random(index, 2) % RECENT_CONTACT.len()],
        _ => ONGOING_CONTACT[(index * 3 + number) % ONGOING_CONTACT.len()],
    };
    // For the most important investors, the last ones are close together.
    let (spacing, close) = match row.tier {
        "platinum" => (6, 3),
        "gold" => (12, 2),
        _ => ((since / count).min(80), 1),
    };
    let talk = |number: usize| {
        let (left, last) = (count - 1 - number, number + 1 == count);
        let days_ago = if left < close {
            left * spacing + pseudo_random(index, 3) % spacing.max(1)
        } else {
            // Evenly spaced from the first contact to now, with some jitter.
            let even = since - (since - close * spacing) * number / count;
            even - pseudo_random(index, 10 + number) % (since / count / 2).max(1)
        };
        let follow_up = (last && !index.is_multiple_of(3)).then(|| 1 + pseudo_random(index, 4) % 20);
        Talk { text: text(number), days_ago, follow_up }
    };
    (0..count).map(talk).collect()
}

#[cfg(test)]
mod tests {
    use super::super::company::INVESTORS;
    use super::*;

    #[test]
    fn higher_tiers_have_more_talks_in_order() {
        let all: Vec<Vec<Talk>> = INVESTORS.iter().enumerate().map(|(index, row)| talks(index, row)).collect();
        let count = |tier| all[INVESTORS.iter().position(|row| row.tier == tier).unwrap()].len();
        assert!(count("platinum") > count("gold") && count("gold") > count("bronze"));
        for talks in &all {
            assert!(talks.is_sorted_by(|a, b| a.days_ago >= b.days_ago));
        }
    }

    #[test]
    fn every_month_of_two_years_has_talks() {
        let days: Vec<usize> =
            INVESTORS.iter().enumerate().flat_map(|(index, row)| talks(index, row)).map(|talk| talk.days_ago).collect();
        for month in 0..24 {
            let count = days.iter().filter(|day| **day / 30 == month).count();
            assert!(count >= 5, "{month} months ago: {count}");
        }
    }
}
