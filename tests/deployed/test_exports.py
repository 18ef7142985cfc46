"""Exports: every list as CSV."""

import csv
import io

from api import Person, eventually, unique


def rows(person: Person, path: str) -> list[dict]:
    """All pages of an export, joined together, as rows."""
    text, at = "", path
    while at:
        answer = person.request("GET", at)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/csv; charset=utf-8; header=")
        text += answer.text
        at = answer.links.get("next", {}).get("url")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_each_list_is_exported_to_those_who_see_it(admin: Person) -> None:
    first, second = (admin.create_user(unique(name), "relationship_manager") for name in ("elsa", "emil"))
    tag = unique("tag")
    made = first.create_investor("=" + unique("Formula"), tags=[tag], notes="a\n\u00e4, \u05e9\u200f")
    path = f"/api/exports/investors/{made['id']}"
    saved = eventually(lambda: rows(first, f"/api/exports/investors?tag={tag}"))
    assert [(row["name"], row["notes"], row["relationship_manager"]) for row in saved] == [
        ("'" + made["name"], made["notes"], first.user["name"])
    ]
    assert [row["id"] for row in rows(first, "/api/exports/investors")] == [made["id"]]
    assert made["id"] in [row["id"] for row in rows(admin, "/api/exports/investors")]
    assert rows(second, "/api/exports/investors") == []
    base = f"/api/investors/{made['id']}"
    note = {"kind": "note", "occurred_at": "2026-11-02T10:00:00Z", "summary": "Spoke"}
    first.ask(201, "POST", f"{base}/activities", note)
    usd = {"amount": "12.50", "currency": "USD"}
    new = {"kind": "safe", "name": "Seed", "commitment": usd, "invested_on": "2024-01-05", "status": "active"}
    investment = first.ask(201, "POST", f"{base}/investments", new)["id"]
    first.ask(201, "POST", f"{base}/reminders", {"message": "Call", "due_local": "2031-01-04T09:00", "time_zone": "UTC"})
    assert eventually(lambda: rows(first, f"{path}/activities"))[0]["summary"] == "Spoke"
    assert eventually(lambda: rows(first, f"{path}/investments"))[0]["commitment"] == "12.50"
    assert eventually(lambda: rows(first, "/api/exports/reminders"))[0]["message"] == "Call"
    assert rows(first, f"{path}/reminders")[0]["status"] == "scheduled"
    for list_ in (f"investments/{investment}/cash_flows", "documents"):
        assert rows(first, f"{path}/{list_}") == []
    assert {row["kind"] for row in rows(first, f"{path}/timeline")} >= {"activity", "investment", "reminder"}
    for list_ in ("activities", "investments", f"investments/{investment}/cash_flows", "documents", "reminders", "timeline"):
        second.refused(404, "not_found", "GET", f"{path}/{list_}")
    assert first.user["id"] in [row["id"] for row in rows(admin, f"/api/exports/users?role=relationship_manager")]
    first.refused(403, "forbidden", "GET", "/api/exports/users")
    history = f"/api/exports/audit?entity_type=investor&entity_id={made['id']}"
    assert "investment_create" not in {row["action"] for row in rows(first, history)}
    assert "investor_create" in {row["action"] for row in rows(first, history)}
    person = f"/api/exports/audit?entity_type=user&entity_id={first.user['id']}"
    assert eventually(lambda: [row for row in rows(admin, person) if row["action"] == "investor_export"])
    assert rows(admin, f"/api/exports/audit?actor_id={first.user['id']}")
    assert rows(admin, "/api/exports/audit?from=2026-01-01T00:00:00Z")
    assert rows(first, "/api/exports/sessions")
    given_up = first.ask(201, "POST", "/api/imports", {"file_name": "x.csv", "size": 10})["import"]
    first.ask(200, "POST", f"/api/imports/{given_up['id']}/cancel")
    assert [row["id"] for row in rows(first, "/api/exports/imports")] == [given_up["id"]]
    assert rows(admin, "/api/exports/imports")
    assert rows(first, f"/api/exports/imports/{given_up['id']}/errors") == []
    note["summary"] = "By someone else"
    admin.ask(201, "POST", f"{base}/activities", note)
    assert eventually(lambda: rows(first, "/api/exports/notifications"))
    assert eventually(lambda: rows(first, "/api/exports/notifications?unread=true"))
