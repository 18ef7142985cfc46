"""Data derived from the stream: search entries and counters."""

from api import Person, eventually, unique


def test_search_finds_investors_and_users(admin: Person) -> None:
    word = unique("zephyr")
    investor = admin.create_investor(f"{word} Capital")
    person = admin.create_user(unique("yann"), "analyst")
    hits = eventually(lambda: admin.ask(200, "GET", f"/api/search?q={word[:8]}")["items"])
    assert [hit["id"] for hit in hits if hit["kind"] == "investor"] == [investor["id"]]
    found = eventually(lambda: admin.ask(200, "GET", f"/api/search?q={person.user['username']}")["items"])
    assert [hit["id"] for hit in found] == [person.user["id"]]
    # After a rename and a deletion, the old entries are gone.
    path = f"/api/investors/{investor['id']}"
    admin.ask(200, "PATCH", path, {"name": f"{word} Renamed"}, version=1)
    eventually(lambda: admin.ask(200, "GET", f"/api/search?q={word} ren")["items"])
    admin.ask(204, "DELETE", path, version=2)
    eventually(lambda: admin.ask(200, "GET", f"/api/search?q={word}")["items"] == [])


def test_counters_follow_the_manager(admin: Person) -> None:
    first, second = (admin.create_user(unique(name), "relationship_manager") for name in ("cora", "dino"))
    investor = first.create_investor(unique("Counted"), tier="gold")
    activities = f"/api/investors/{investor['id']}/activities"
    for kind in ("call", "meeting"):
        first.ask(201, "POST", activities, {"kind": kind, "occurred_at": "2026-11-02T10:00:00Z", "summary": "Spoke"})
    figures = f"/api/investors/{investor['id']}/analytics"
    eventually(lambda: first.ask(200, "GET", figures)["total"] == 2)
    assert first.ask(200, "GET", figures)["counts"]["call"] == 1
    gold = {"value": "gold", "count": 1}
    assert eventually(lambda: gold in (p := first.ask(200, "GET", "/api/analytics/portfolio"))["by_tier"] and p)["investors"] == 1
    trend = first.ask(200, "GET", "/api/analytics/activity?interval=month&from=2026-11-01&to=2026-11-30")
    assert trend["total"] == 2
    assert first.ask(200, "GET", "/api/analytics/highlights?month=2026-11-01")["top_investors"][0]["total"] == 2
    admin.ask(200, "GET", "/api/analytics/highlights?month=2026-11-01")
    admin.create_user(unique("mo"), "manager").refused(403, "forbidden", "GET", "/api/analytics/portfolio")
    # A deleted activity no longer counts.
    gone = first.ask(201, "POST", activities, {"kind": "note", "occurred_at": "2026-11-03T10:00:00Z", "summary": "x"})
    eventually(lambda: first.ask(200, "GET", figures)["total"] == 3)
    first.ask(204, "DELETE", f"{activities}/{gone['id']}", version=1)
    eventually(lambda: first.ask(200, "GET", figures)["total"] == 2)
    given = {"relationship_manager_id": second.user["id"]}
    admin.ask(200, "PATCH", f"/api/investors/{investor['id']}", given, version=1)
    seen = eventually(lambda: second.ask(200, "GET", "/api/analytics/highlights?month=2026-11-01")["top_investors"])
    assert [one["investor_id"] for one in seen] == [investor["id"]]
    eventually(lambda: first.ask(200, "GET", "/api/analytics/portfolio")["investors"] == 0)
