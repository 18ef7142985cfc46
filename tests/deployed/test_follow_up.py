"""The effects of a change through the table's stream: notifications, live pushes, audit and imports."""

import time

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import stack as stacks
from api import Live, Person, eventually, unique

CONSTITUENTS = """Symbol,Security,GICS Sector,Headquarters Location,CIK
MMM,3M,Industrials,"Saint Paul, Minnesota",66740
AOS,A. O. Smith,Industrials,"Milwaukee, Wisconsin",91142
ABT,Abbott Laboratories,Health Care,"North Chicago, Illinois",1800
BAD,,Health Care,Nowhere,1
"""
MAPPING = [
    {"column": "Security", "field": "name"},
    {"column": "GICS Sector", "field": "tags"},
    {"column": "Headquarters Location", "field": "address"},
    {"column": "CIK", "field": "external_key"},
]


def log_meeting(person: Person, investor: dict, summary: str) -> dict:
    body = {"kind": "meeting", "occurred_at": "2026-11-20T14:30:00Z", "summary": summary}
    return person.ask(201, "POST", f"/api/investors/{investor['id']}/activities", body)


def test_an_activity_notifies_the_manager(admin: Person, manager: Person) -> None:
    investor = manager.create_investor(unique("Bell"))
    with manager.live() as live:
        hello = live.wait(lambda message: message["type"] == "hello")
        assert hello["heartbeat_seconds"] == 30
        live.send({"type": "ping"})
        live.wait(lambda message: message["type"] == "pong")
        log_meeting(admin, investor, "Annual review")
        pushed = live.wait(lambda message: message["type"] == "notification")
        assert pushed["notification"]["kind"] == "activity_created"
        assert pushed["notification"]["link"] == f"/investors/{investor['id']}"
    stored = manager.ask(200, "GET", "/api/notifications?unread=true")
    assert pushed["notification"]["id"] in [notification["id"] for notification in stored["items"]]
    assert manager.ask(200, "GET", "/api/notifications/unread-count")["unread_count"] >= 1
    read = manager.ask(200, "POST", "/api/notifications/read", {"ids": [pushed["notification"]["id"]]})
    assert read["unread_count"] == stored["unread_count"] - 1
    assert manager.ask(200, "POST", "/api/notifications/read", {"all": True})["unread_count"] == 0


def test_changes_reach_only_authorized_users(admin: Person, manager: Person) -> None:
    stranger = admin.create_user(unique("rear"), "relationship_manager")
    with manager.live() as allowed, stranger.live() as refused:
        for live in (allowed, refused):
            live.wait(lambda message: message["type"] == "hello")
        investor = manager.create_investor(unique("Seen"))
        changed = allowed.wait(lambda m: m["type"] == "changed" and m["entity_id"] == investor["id"])
        assert changed["entity_type"] == "investor"
        with pytest.raises(TimeoutError):
            refused.wait(lambda m: m.get("entity_id") == investor["id"], seconds=2)
    events = manager.ask(200, "GET", f"/api/live/events?after={changed['event_id']}")
    assert events["complete"] is True
    # Events from a few seconds before the cursor are returned too, so earlier ones may come again.
    assert all(event["event_id"] <= changed["event_id"] for event in events["items"])


def test_missed_events_can_be_fetched(manager: Person) -> None:
    with manager.live() as live:
        live.wait(lambda message: message["type"] == "hello")
        first = manager.create_investor(unique("Before"))
        seen = live.wait(lambda m: m["type"] == "changed" and m["entity_id"] == first["id"])
    second = manager.create_investor(unique("During"))
    missed = eventually(lambda: [
        event for event in manager.ask(200, "GET", f"/api/live/events?after={seen['event_id']}")["items"]
        if event.get("entity_id") == second["id"]])
    assert missed[0]["event_id"] > seen["event_id"]


def test_a_ticket_opens_one_connection(manager: Person) -> None:
    url = manager.ticket()
    with Live(connect(url)) as live:
        live.wait(lambda message: message["type"] == "hello")
    for refused in (url, url.split("?")[0], url.split("?")[0] + "?ticket=forged"):
        with pytest.raises(InvalidStatus):
            connect(refused)


def test_tampering_with_the_audit_trail_is_detected(stack: stacks.Stack, admin: Person, manager: Person) -> None:
    investor = manager.create_investor(unique("Audited"), email=f"{unique('a')}@example.com")
    path = f"/api/investors/{investor['id']}"
    manager.ask(200, "GET", path)
    manager.ask(200, "PATCH", path, {"tier": "gold"}, version=investor["version"])
    of_investor = f"entity_type=investor&entity_id={investor['id']}"
    actions = [record["action"] for record in admin.ask(200, "GET", f"/api/audit?{of_investor}")["items"]]
    assert {"investor_create", "investor_get", "investor_update"} <= set(actions)
    verified = admin.ask(200, "GET", f"/api/audit/verify?{of_investor}")
    assert verified["valid"] is True and verified["records"] >= 2
    dynamodb = stack.client("dynamodb")
    records = dynamodb.query(
        TableName="steward",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"AUDIT#investor#{investor['id']}"}},
    )["Items"]
    chained = [record for record in records if record["sk"]["S"].startswith("CHANGE#")]
    dynamodb.delete_item(TableName="steward", Key={"pk": chained[0]["pk"], "sk": chained[0]["sk"]})
    broken = admin.ask(200, "GET", f"/api/audit/verify?{of_investor}")
    assert broken["valid"] is False and broken["reason"]


def test_refusals_and_sign_ins_are_audited(admin: Person, manager: Person, nobody: Person) -> None:
    manager.refused(403, "forbidden", "POST", "/api/users", {
        "username": unique("x"), "name": "X", "email": "x@example.com", "roles": ["admin"]})
    nobody.refused(401, "invalid_credentials", "POST", "/api/auth/login", {"username": "grace", "password": "quite a long guess"})
    def seen() -> bool:
        records = admin.ask(200, "GET", "/api/audit?limit=100")["items"]
        return {"denied", "login_failed", "login_succeeded"} <= {record["action"] for record in records}

    assert eventually(seen)
    by_manager = admin.ask(200, "GET", f"/api/audit?actor_id={manager.user['id']}&limit=10")["items"]
    assert all(record["actor_id"] == manager.user["id"] for record in by_manager)
    manager.refused(403, "forbidden", "GET", "/api/audit")


def upload(person: Person, content: bytes, name: str = "constituents.csv") -> dict:
    """Creates an import and uploads its file, as a browser does."""
    made = person.ask(201, "POST", "/api/imports", {"file_name": name, "size": len(content)})
    put = made["upload"]
    assert put["method"] == "PUT"
    answer = httpx.request("PUT", put["url"], content=content, headers=put["headers"])
    assert answer.status_code == 200, answer.text
    return made["import"]


def finished(person: Person, import_id: str, status: str) -> dict:
    """The import, once it has reached `status`."""
    def look() -> dict | None:
        found = person.ask(200, "GET", f"/api/imports/{import_id}")
        assert found["status"] != "failed", found
        return found if found["status"] == status else None

    return eventually(look, seconds=60)


def test_a_file_becomes_investors_in_the_background(manager: Person) -> None:
    made = upload(manager, CONSTITUENTS.encode())
    path = f"/api/imports/{made['id']}"
    preview = manager.ask(200, "POST", f"{path}/preview")
    assert preview["columns"] == ["Symbol", "Security", "GICS Sector", "Headquarters Location", "CIK"]
    assert len(preview["sample"]) == 4
    plan = {"mapping": MAPPING, "key": "external_key", "defaults": {"kind": "company"}}
    manager.ask(202, "POST", f"{path}/start", plan | {"dry_run": True})
    checked = finished(manager, made["id"], "checked")
    assert (checked["created_count"], checked["error_count"]) == (3, 1)
    assert manager.ask(200, "GET", "/api/investors?tag=Industrials")["items"] == []
    manager.ask(202, "POST", f"{path}/start", plan | {"dry_run": False})
    done = finished(manager, made["id"], "done")
    assert (done["created_count"], done["updated_count"], done["error_count"]) == (3, 0, 1)
    errors = manager.ask(200, "GET", f"{path}/errors")["items"]
    assert [(error["row"], error["field"]) for error in errors] == [(5, "name")] or len(errors) == 1
    # The lists by tag are derived, so they follow with a short delay.
    industrials = {"3M", "A. O. Smith"}
    eventually(lambda: industrials == {card["name"] for card in manager.ask(200, "GET", "/api/investors?tag=Industrials")["items"]})
    notified = eventually(lambda: [n for n in manager.ask(200, "GET", "/api/notifications")["items"]
                                   if n["kind"] == "import_finished"])
    assert notified
    assert any(item["id"] == made["id"] for item in manager.ask(200, "GET", "/api/imports")["items"])


def test_reimporting_a_file_changes_nothing(manager: Person) -> None:
    made = upload(manager, CONSTITUENTS.encode())
    manager.ask(200, "POST", f"/api/imports/{made['id']}/preview")
    plan = {"mapping": MAPPING, "key": "external_key", "defaults": {"kind": "company"}, "dry_run": False}
    manager.ask(202, "POST", f"/api/imports/{made['id']}/start", plan)
    done = finished(manager, made["id"], "done")
    assert (done["created_count"], done["updated_count"], done["unchanged_count"]) == (0, 0, 3)
    given_up = manager.ask(201, "POST", "/api/imports", {"file_name": "x.csv", "size": 10})["import"]
    manager.refused(409, "state_conflict", "POST", f"/api/imports/{given_up['id']}/preview")
    assert manager.ask(200, "POST", f"/api/imports/{given_up['id']}/cancel")["status"] == "cancelled"


def test_a_wrong_or_unsigned_upload_is_refused(stack: stacks.Stack, manager: Person) -> None:
    made = manager.ask(201, "POST", "/api/imports", {"file_name": "big.csv", "size": 10})
    put = made["upload"]
    answer = httpx.put(put["url"].split("?")[0], content=b"0123456789")
    assert answer.status_code == 403
    answer = httpx.put(put["url"], content=b"0123456789 and more", headers=put["headers"] | {"content-length": "19"})
    assert answer.status_code in (400, 403), answer.text


def test_a_disabled_user_loses_the_live_connection(admin: Person) -> None:
    person = admin.create_user(unique("gone"), "analyst")
    with person.live() as live:
        live.wait(lambda message: message["type"] == "hello")
        user = admin.ask(200, "GET", f"/api/users/{person.user['id']}")
        admin.ask(200, "PATCH", f"/api/users/{person.user['id']}", {"status": "disabled"}, version=user["version"])
        deadline = time.monotonic() + 20
        with pytest.raises(Exception):  # the connection is closed by the other side
            while time.monotonic() < deadline:
                live.wait(lambda message: False, seconds=20)


def test_rarer_calls_are_within_the_policies(admin: Person, manager: Person) -> None:
    """Makes calls that no test above leads to; each touches keys of the table that nothing else does."""
    again = {"Idempotency-Key": unique("key")}
    email = lambda: f"{unique('mail')}@example.com"  # noqa: E731
    new = {"username": unique("often"), "name": "Often", "email": email(), "roles": ["relationship_manager"]}
    made = [admin.ask(201, "POST", "/api/users", new, **again) for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    user = made[0]
    address = email()
    admin.ask(200, "PATCH", f"/api/users/{user['id']}", {"email": address}, version=1)
    other = Person(admin.base)
    accepted = {"token": admin.link_token(address), "password": "quite a long pass phrase"}
    other.ask(200, "POST", "/api/auth/invitation/accept", accepted)
    other.log_in(user["username"], "quite a long pass phrase")
    other.ask(200, "PATCH", "/api/me", {"email": email()}, version=3)
    investor = admin.create_investor(unique("Given"), email=email())
    path = f"/api/investors/{investor['id']}"
    admin.ask(200, "PATCH", path, {"email": email(), "relationship_manager_id": user["id"]}, version=1)
    assert any(item["id"] == investor["id"] for item in other.ask(200, "GET", "/api/investors")["items"])
    assert other.ask(200, "GET", f"{path}/activities")["items"] == []
    note = {"kind": "note", "occurred_at": "2026-11-20T14:30:00Z", "summary": "Once"}
    for _ in range(2):
        other.ask(201, "POST", f"{path}/activities", note, **again)
    assert len(other.ask(200, "GET", f"{path}/timeline?kind=activity")["items"]) == 1
    admin.ask(200, "GET", f"/api/audit?entity_type=user&entity_id={user['id']}")
    assert admin.ask(200, "GET", "/api/audit/verify?entity_type=user&entity_id=" + user["id"])["valid"]
    assert admin.ask(200, "GET", "/api/imports")["items"]
    announced = {"file_name": "twice.csv", "size": 10}
    assert len({manager.ask(201, "POST", "/api/imports", announced, **again)["import"]["id"] for _ in range(2)}) == 1
    import_by_name(admin, investor["name"], relationship_manager_id=user["id"])
    import_by_name(other, investor["name"])
    assert eventually(lambda: other.ask(200, "GET", "/api/notifications?limit=1")["next_cursor"])


def import_by_name(person: Person, name: str, **defaults: str) -> None:
    """Matches an investor by name, among all or only the caller's own, and changes its email address."""
    made = upload(person, f"Who,Mail\n{name},{unique('mail')}@example.com\n".encode(), "names.csv")
    mapping = [{"column": "Who", "field": "name"}, {"column": "Mail", "field": "email"}]
    plan = {"mapping": mapping, "key": "name", "defaults": {"kind": "company", **defaults}, "dry_run": False}
    person.ask(202, "POST", f"/api/imports/{made['id']}/start", plan)
    assert finished(person, made["id"], "done")["updated_count"] == 1
