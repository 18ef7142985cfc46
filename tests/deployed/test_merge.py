"""Duplicates and merging, with the functions' own roles."""

from api import Person, eventually, unique
from test_documents import PDF, described, send

NOTE = {"kind": "note", "occurred_at": "2026-11-02T10:00:00Z", "summary": "Spoke"}


def test_a_suggested_duplicate_can_be_merged(admin: Person) -> None:
    manager = admin.create_user(unique("mona"), "relationship_manager")
    word = unique("Twinstone")
    stays = manager.create_investor(f"{word} Capital", phone="+41 44 668 18 00")
    goes = manager.create_investor(f"Capital {word} Ltd", email=f"{word}@twin.example".lower(), external_key=unique("K"))
    alike = {"name": f"{word} CAPITAL AG", "email": goes["email"], "phone": "044 668 18 00"}
    suggested = eventually(lambda: len(items := admin.ask(200, "POST", "/api/investors/duplicates", alike)["items"]) == 2 and items)
    assert {one["investor"]["id"] for one in suggested} == {stays["id"], goes["id"]}
    listed = eventually(lambda: manager.ask(200, "GET", f"/api/investors/{stays['id']}/duplicates")["items"])
    assert [one["investor"]["id"] for one in listed] == [goes["id"]]

    old, new = f"/api/investors/{goes['id']}", f"/api/investors/{stays['id']}"
    activity = manager.ask(201, "POST", f"{old}/activities", NOTE)
    reminder = {"message": "Ask again", "due_local": "2027-03-28T09:00", "time_zone": "Europe/Zurich"}
    manager.ask(201, "POST", f"{old}/reminders", reminder)
    money = {"amount": "100", "currency": "USD"}
    investment = {"kind": "equity", "name": "Fund", "commitment": money, "invested_on": "2025-01-01", "status": "active"}
    manager.ask(201, "POST", f"{old}/investments", investment)
    # Announced before the merge, uploaded after it.
    begun = manager.ask(201, "POST", f"{old}/documents", described("Terms.pdf", PDF))

    body = {"absorbed_id": goes["id"], "absorbed_version": goes["version"]}
    merged = manager.ask(200, "POST", f"{new}/merges", body, version=1)
    assert (merged["email"], merged["absorbed_ids"]) == (goes["email"], [goes["id"]])
    done = eventually(lambda: (m := manager.ask(200, "GET", f"{new}/merges")["items"][0])["status"] == "done" and m)
    assert (done["moved"], done["left_behind"]) == (4, 0)
    assert manager.ask(200, "GET", f"{new}/activities/{activity['id']}")["summary"] == "Spoke"
    assert send(begun["upload"], PDF).status_code == 200
    document = f"{new}/documents/{begun['document']['id']}"
    eventually(lambda: manager.ask(200, "GET", document)["document"]["status"] == "available")
    kinds = {entry["kind"] for entry in manager.ask(200, "GET", f"{new}/timeline?limit=50")["items"]}
    assert kinds == {"activity", "document", "investment", "reminder", "change"}
    assert admin.ask(200, "GET", f"/api/audit/verify?entity_type=activity&entity_id={activity['id']}")["valid"]
    assert manager.ask(308, "GET", old)["code"] == "investor_merged"
