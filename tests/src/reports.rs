//! PDF reports: what they contain, and that hostile input does them no harm.

mod product;

use std::time::Instant;

use kernel::policy::Role;
use lopdf::Document;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

/// An investor's report and its text, page by page, without any white space, because word spacing is up to the typesetter.
async fn report(steward: &Steward, person: &Person, investor: &str, query: &str) -> (Answer, Vec<String>) {
    made(steward, person, &format!("/api/investors/{investor}/report{query}")).await
}

/// The report at a path, and its text in the same form.
async fn made(steward: &Steward, person: &Person, path: &str) -> (Answer, Vec<String>) {
    steward.settle().await;
    let answer = steward.get(path).by(person).send().await.expect(200);
    assert_eq!(answer.headers["content-type"], "application/pdf");
    let pages = texts(&answer.bytes);
    (answer, pages)
}

fn texts(pdf: &[u8]) -> Vec<String> {
    let document = Document::load_mem(pdf).unwrap();
    let pages = document.get_pages();
    pages.keys().map(|number| squeezed(&document.extract_text(&[*number]).unwrap())).collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[track_caller]
fn says(pages: &[String], text: &str) {
    assert!(pages.concat().contains(&squeezed(text)), "{text:?} is missing in {pages:#?}");
}

#[track_caller]
fn never_says(pages: &[String], text: &str) {
    assert!(!pages.concat().contains(&squeezed(text)), "{text:?} is in {pages:#?}");
}

async fn investment(
    steward: &Steward,
    person: &Person,
    investor: &str,
    name: &str,
    amount: &str,
    code: &str,
) -> String {
    let new = json!({
        "kind": "equity", "name": name, "round": "Series A", "status": "active", "invested_on": "2021-01-01",
        "commitment": {"amount": amount, "currency": code},
    });
    let path = format!("/api/investors/{investor}/investments");
    let made = steward.post(&path).by(person).json(&new).send().await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

async fn flow(steward: &Steward, person: &Person, path: &str, kind: &str, date: &str, money: (&str, &str)) {
    let body = json!({"kind": kind, "date": date, "amount": {"amount": money.0, "currency": money.1}});
    steward.post(&format!("{path}/cash_flows")).by(person).json(&body).send().await.expect(201);
}

async fn activity(steward: &Steward, person: &Person, investor: &str, at: &str, summary: &str, details: Value) {
    let body = json!({"kind": "meeting", "occurred_at": at, "summary": summary, "details": details});
    steward.post(&format!("/api/investors/{investor}/activities")).by(person).json(&body).send().await.expect(201);
}

#[tokio::test]
async fn a_report_shows_the_investor_and_exact_holdings() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let manager = steward.user(&admin, "rosa", &[Role::RelationshipManager]).await;
    let new = json!({
        "name": "Zürcher Kantonale & Söhne", "kind": "family_office", "tier": "platinum", "country": "CH",
        "email": "office@zkb.example", "phone": "+41 44 555 12 34", "address": "Bahnhofstrasse 12\n8001 Zürich",
        "tags": ["climate"], "notes": "Prefers plain reports.", "external_key": "CRM-7",
    });
    let investor = steward.post("/api/investors").by(&manager).json(&new).send().await.expect(201).id();
    // Microsoft's XIRR example, with its last payment as a valuation: 37.3363 %.
    let fund = investment(&steward, &manager, &investor, "Helio Grid", "12000", "USD").await;
    flow(&steward, &manager, &fund, "contribution", "2008-01-01", ("10000", "USD")).await;
    for (date, amount) in [("2008-03-01", "2750"), ("2008-10-30", "4250"), ("2009-02-15", "3250.5")] {
        flow(&steward, &manager, &fund, "distribution", date, (amount, "USD")).await;
    }
    flow(&steward, &manager, &fund, "valuation", "2009-04-01", ("2749.50", "USD")).await;
    let unvalued = investment(&steward, &manager, &investor, "Δίκτυο Ενέργειας", "5000000.25", "EUR").await;
    flow(&steward, &manager, &unvalued, "contribution", "2022-05-10", ("1250000.25", "EUR")).await;
    investment(&steward, &manager, &investor, "Київ Ліс", "4000.125", "KWD").await;
    activity(&steward, &manager, &investor, "2026-03-05T09:30:00Z", "Quarterly review", json!("They liked it.")).await;

    let (answer, pages) = report(&steward, &manager, &investor, "").await;
    for text in [
        "Investor report",
        "Confidential",
        "Zürcher Kantonale & Söhne",
        "Family office",
        "Platinum",
        "Active",
        "CH",
        "rosa of Steward",
        "office@zkb.example",
        "+41 44 555 12 34",
        "8001 Zürich",
        "climate",
        "CRM-7",
        "Prefers plain reports.",
        "12,000.00 USD",
        "10,250.50 USD",
        "2,749.50 USD",
        "37.3%",
        "1.03×",
        "Valuations from 1 Apr 2009.",
        "IRR from 1 Jan 2008 to 1 Apr 2009.",
        "Helio Grid: 2,750.00 USD",
        "1 of 1 investments never valued (1,250,000.25 EUR paid in).",
        "Helio Grid",
        "5,000,000.25 EUR",
        "1,250,000.25 EUR",
        "Not defined: no valuation",
        "Δίκτυο Ενέργειας",
        "Київ Ліс",
        "4,000.125 KWD",
        "0.000 KWD",
        "Not defined: nothing paid in",
        "30 Oct 2008",
        "Distribution",
        "Quarterly review",
        "They liked it.",
        "5 Mar 2026, 09:30",
        "Investor created",
        "No documents.",
    ] {
        says(&pages, text);
    }
    let count = pages.len();
    for (n, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page{}of{count}", n + 1)), "{page}");
        assert!(page.contains("Confidential"), "{page}");
    }
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"Z_rcher Kantonale & S_hne "), "{disposition}");
    assert!(disposition.contains("filename*=UTF-8''Z%C3%BCrcher%20Kantonale%20%26%20S%C3%B6hne%20"), "{disposition}");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_report_is_restricted_and_recorded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rosa = steward.user(&admin, "rosa", &[Role::RelationshipManager]).await;
    let malik = steward.user(&admin, "malik", &[Role::RelationshipManager]).await;
    let nora = steward.user(&admin, "nora", &[Role::Analyst]).await;
    let investor = steward.investor(&rosa, "Acme").await.id();
    let path = format!("/api/investors/{investor}/report");
    steward.get(&path).by(&malik).send().await.problem(404, "not_found");
    activity(&steward, &rosa, &investor, "2026-03-05T09:30:00Z", "A secret of theirs", json!(null)).await;
    report(&steward, &nora, &investor, "?from=2026-01-01&to=2026-12-31").await;
    steward.settle().await;
    let trail = format!("/api/audit?entity_type=investor&entity_id={investor}");
    let records = steward.get(&trail).by(&admin).send().await.expect(200);
    let items = records.json["items"].as_array().unwrap();
    let made: Vec<&Value> = items.iter().filter(|record| record["action"] == "investor_report").collect();
    assert_eq!(made.len(), 1, "{items:#?}");
    assert_eq!(made[0]["actor_name"], "nora of Steward");
    let kept: Vec<(&str, &str)> = made[0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["field"].as_str().unwrap(), change["after"].as_str().unwrap()))
        .collect();
    let dates = [("from", "2026-01-01"), ("to", "2026-12-31")];
    assert_eq!(
        kept[..4].iter().map(|one| one.0).collect::<Vec<_>>(),
        ["investments", "cash_flows", "timeline", "documents"]
    );
    assert_eq!(&kept[4..], dates);
    assert!(!made[0].to_string().contains("secret"));
    let verified = steward.get(&trail.replace("/api/audit?", "/api/audit/verify?")).by(&admin).send().await.expect(200);
    assert_eq!(verified.json["valid"], true);
}

#[tokio::test]
async fn a_reports_timeline_uses_the_readers_time_zone() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.patch("/api/me").by(&admin).if_match(1).json(&json!({"time_zone": "Asia/Tokyo"})).send().await.expect(200);
    let investor = steward.investor(&admin, "Acme").await.id();
    // In Tokyo these are the last minute of the 4th, the first and the last of the 5th, and the first of the 6th.
    for (at, summary) in [
        ("2026-03-04T14:59:00Z", "Yesterday"),
        ("2026-03-04T15:00:00Z", "Morning"),
        ("2026-03-05T14:59:00Z", "Evening"),
        ("2026-03-05T15:00:00Z", "Tomorrow"),
    ] {
        activity(&steward, &admin, &investor, at, summary, json!(null)).await;
    }
    let (_, pages) = report(&steward, &admin, &investor, "?from=2026-03-05&to=2026-03-05").await;
    for text in
        ["Morning", "Evening", "5 Mar 2026, 00:00", "5 Mar 2026, 23:59", "2 entries from 5 Mar 2026 to 5 Mar 2026"]
    {
        says(&pages, text);
    }
    for text in ["Yesterday", "Tomorrow", "Investor created"] {
        never_says(&pages, text);
    }
}

#[tokio::test]
async fn a_period_without_entries_says_so() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let (_, pages) = report(&steward, &admin, &investor, "?to=1999-12-31").await;
    says(&pages, "No entries until 31 Dec 1999.");
}

#[tokio::test]
async fn an_invalid_report_period_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let path = format!("/api/investors/{investor}/report");
    for query in ["?from=2026-03-06&to=2026-03-05", "?from=yesterday", "?limit=5"] {
        let refused = steward.get(&format!("{path}{query}")).by(&admin).send().await;
        assert!(refused.status.is_client_error(), "{query}: {}", refused.text);
    }
}

#[tokio::test]
async fn markup_and_formulas_are_plain_text() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let name = "=HYPERLINK(\"http://x\") <script>alert(1)</script> (a) \\ )Tj ET %PDF \u{200F}אבג 漢字🦀";
    let investor = steward.investor(&admin, name).await.id();
    activity(
        &steward,
        &admin,
        &investor,
        "2026-03-05T09:00:00Z",
        "<b>&amp;</b> /JavaScript",
        json!("+1+1\tcmd|' /C calc'!A0\r\n@SUM(A1)"),
    )
    .await;
    let (answer, pages) = report(&steward, &admin, &investor, "").await;
    for text in [
        "=HYPERLINK(\"http://x\")<script>alert(1)</script>(a)\\)TjET%PDF",
        "<b>&amp;</b> /JavaScript",
        "+1+1 cmd|' /C calc'!A0",
        "@SUM(A1)",
    ] {
        says(&pages, text);
    }
    assert!(!pages.concat().contains('\u{200F}'));
    let document = Document::load_mem(&answer.bytes).unwrap();
    for object in document.objects.values() {
        let Ok(dictionary) = object.as_dict() else { continue };
        for key in [b"JS".as_slice(), b"JavaScript", b"OpenAction", b"AA", b"URI", b"EmbeddedFile", b"Launch"] {
            assert!(!dictionary.has(key), "{dictionary:?}");
        }
    }
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    assert!(
        !disposition.contains('<') && !disposition.contains('\\') && !disposition.contains("%E2%80%8F"),
        "{disposition}"
    );
}

#[tokio::test]
async fn a_name_cannot_break_the_response_header() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for name in ["a\r\nSet-Cookie: x=y", "a\nb", "a\u{202E}b"] {
        let refused =
            steward.post("/api/investors").by(&admin).json(&json!({"name": name, "kind": "fund"})).send().await;
        assert_eq!(refused.status.as_u16(), 422, "{name:?}");
    }
    let investor = steward.investor(&admin, "../..; filename=evil.exe\"; x=\"").await.id();
    let (answer, _) = report(&steward, &admin, &investor, "").await;
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    let day = kernel::time::Date::today();
    assert_eq!(disposition, format!("attachment; filename=\"; filename=evil.exe ; x= {day}.pdf\""));
}

#[tokio::test]
async fn long_notes_continue_over_pages_without_loss() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let words = |from: usize| (from..from + 400).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    for n in 0..3 {
        let at = format!("2026-03-0{}T09:00:00Z", n + 1);
        let details = words(n * 400);
        assert!(details.len() >= 2_800);
        activity(&steward, &admin, &investor, &at, &format!("Talk {n}"), json!(details)).await;
    }
    activity(&steward, &admin, &investor, "2026-03-09T09:00:00Z", "A wall", json!("W".repeat(3_000))).await;
    activity(&steward, &admin, &investor, "2026-03-10T09:00:00Z", "A book", json!("ab ".repeat(3_000))).await;
    let (_, pages) = report(&steward, &admin, &investor, "").await;
    assert!(pages.len() >= 4, "{}", pages.len());
    let bare: Vec<String> = pages.iter().map(|page| page.replace("Confidential", "")).collect();
    let found = (0..1_200).filter(|n| bare.iter().any(|page| page.contains(&format!("word{n}")))).count();
    assert_eq!(found, 1_200);
    let wall: usize = pages.iter().map(|page| page.matches('W').count()).sum();
    assert!((3_000..3_010).contains(&wall), "{wall}");
    says(&pages, "(4999 more characters in Steward)");
}

#[tokio::test]
async fn the_same_data_gives_the_same_file() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    activity(&steward, &admin, &investor, "2026-03-05T09:00:00Z", "Talk", json!("About things.")).await;
    steward.settle().await;
    let read = exchange::report::ReportQuery::default();
    let id = investor.parse().unwrap();
    let read = exchange::report::of_investor(steward.app(), &admin.caller, id, &read).await.unwrap();
    let first = reports::set_investor(&read).unwrap();
    assert_eq!(first, reports::set_investor(&read).unwrap());
    assert!(first.starts_with(b"%PDF-1."));
    let text = String::from_utf8_lossy(&first);
    for part in ["/StructTreeRoot", "/Lang"] {
        assert!(text.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_long_history_gives_a_report_of_bounded_size() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let id = investor.parse().unwrap();
    for n in 0..60 {
        let code = ["USD", "EUR", "JPY"][n % 3];
        let path = investment(&steward, &admin, &investor, &format!("Holding {n:03}"), "1000000000", code).await;
        flow(&steward, &admin, &path, "contribution", "2021-02-01", ("1000000", code)).await;
    }
    let details = "All that was said. ".repeat(500);
    for n in 0..230 {
        let new = json!({"kind": "note", "occurred_at": "2026-03-05T09:00:00Z", "summary": format!("Note {n}"), "details": details});
        let new = serde_json::from_value(new).unwrap();
        investor_relations::activity::create(steward.app(), &admin.caller, id, new).await.unwrap();
    }
    steward.settle().await;
    let started = Instant::now();
    let path = format!("/api/investors/{investor}/report");
    let answer = steward.get(&path).by(&admin).send().await.expect(200);
    let took = started.elapsed();
    let pages = texts(&answer.bytes);
    println!("{} pages, {} bytes, {took:?}", pages.len(), answer.bytes.len());
    says(&pages, "200 entries, newest first");
    says(&pages, "Older entries are in Steward.");
    for n in 0..60 {
        says(&pages, &format!("Holding {n:03}"));
    }
    // A function's response is at most 6 MB, and base64 makes a file in it a third larger.
    assert!(answer.bytes.len() < 4_000_000, "{}", answer.bytes.len());
}
