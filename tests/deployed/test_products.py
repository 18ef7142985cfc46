"""Products: requirements, tasks, the board, files, rules, due dates, figures and deletion; each function within its policy."""

import json
from datetime import date, timedelta

import httpx

from api import Person, eventually, unique
from stack import Stack
from test_documents import PDF, described, send

TODAY = date.today()


def key() -> str:
    """A product key that no other test uses."""
    return "K" + unique("x")[2:].upper()[:6]


def make(owner: Person, **fields: object) -> str:
    """Creates a product and returns its path."""
    made = owner.ask(201, "POST", "/api/products", {"key": key(), "name": unique("Orbit"), **fields}, Idempotency_Key=unique("p"))
    return f"/api/products/{made['id']}"


def member(owner: Person, path: str, admin: Person) -> Person:
    """Adds a new team member to the product and returns that user."""
    person = admin.create_user(unique("tom"), "team_member")
    version = owner.ask(200, "GET", path)["version"]
    owner.ask(200, "PUT", f"{path}/members/{person.user['id']}", {"role": "engineer"}, version=version)
    return person


def kinds(person: Person) -> list[str]:
    """The kinds of a user's notifications."""
    return [one["kind"] for one in person.ask(200, "GET", "/api/notifications?limit=100")["items"]]


def test_a_product_has_an_owner_a_team_and_rules(admin: Person) -> None:
    mia = admin.create_user(unique("mia"), "manager")
    path = make(mia)
    tom = member(mia, path, admin)
    assert {one["user_id"] for one in mia.ask(200, "GET", f"{path}/members")["items"]} == {mia.user["id"], tom.user["id"]}
    eventually(lambda: tom.ask(200, "GET", "/api/products")["items"])
    assert admin.ask(200, "GET", "/api/products?limit=100")["items"]
    assert admin.ask(200, "GET", "/api/products?status=archived")["items"] == []
    assert admin.ask(200, "GET", f"/api/products?owner_id={mia.user['id']}")["items"]
    rule = {"name": "Stuck", "when": {"event": "task_created", "label": "risky"},
            "then": [{"action": "set_priority", "priority": "critical"}, {"action": "set_status", "status": "in_progress"},
                     {"action": "notify", "recipient": "owner", "message": "look"}]}
    made = mia.ask(201, "POST", f"{path}/rules", rule, Idempotency_Key=unique("r"))
    task = mia.ask(201, "POST", f"{path}/tasks", {"title": "Weld", "labels": ["risky"], "assignee_id": tom.user["id"]})
    one = f"{path}/tasks/{task['id']}"
    eventually(lambda: mia.ask(200, "GET", one)["priority"] == "critical")
    eventually(lambda: "rule_fired" in kinds(mia))
    eventually(lambda: "task_assigned" in kinds(tom))
    changed = mia.ask(200, "PATCH", f"{path}/rules/{made['id']}", {"enabled": False}, version=1)
    mia.ask(204, "DELETE", f"{path}/rules/{made['id']}", version=changed["version"])
    assert mia.ask(200, "GET", f"{path}/rules")["items"] == []
    history = mia.ask(200, "GET", f"/api/audit?entity_type=task&entity_id={task['id']}")["items"]
    assert history[0]["actor_name"].endswith("(rule “Stuck”)")
    assert mia.ask(200, "GET", f"/api/audit/verify?entity_type=task&entity_id={task['id']}")["valid"]
    version = mia.ask(200, "GET", path)["version"]
    mia.ask(200, "DELETE", f"{path}/members/{tom.user['id']}", version=version)
    tom.refused(404, "not_found", "GET", path)


def test_requirements_have_versions_and_milestones_progress(admin: Person) -> None:
    mia = admin.create_user(unique("mia"), "manager")
    path = make(mia)
    due = (TODAY + timedelta(days=30)).isoformat()
    milestone = mia.ask(201, "POST", f"{path}/milestones", {"name": "Freeze", "due_on": due}, Idempotency_Key=unique("m"))
    requirements = f"{path}/requirements"
    top = mia.ask(201, "POST", requirements, {"title": "Holds", "external_id": unique("E")}, Idempotency_Key=unique("q"))
    new = {"title": "Holds 5 kN", "parent_id": top["id"], "milestone_id": milestone["id"],
           "links": [{"requirement_id": top["id"], "kind": "refines"}]}
    made = mia.ask(201, "POST", requirements, new)
    one = f"{requirements}/{made['id']}"
    mia.ask(200, "PATCH", one, {"title": "Holds 6 kN"}, version=1)
    assert [v["version"] for v in mia.ask(200, "GET", f"{one}/versions")["items"]] == [2, 1]
    assert mia.ask(200, "GET", f"{one}/versions/1")["title"] == "Holds 5 kN"
    assert mia.ask(200, "GET", f"{one}/compare?from=1&to=2")["changes"]
    mia.ask(200, "PATCH", f"{requirements}/{top['id']}", {"description": "All of it", "external_id": unique("E")}, version=1)
    assert mia.ask(200, "GET", one)["links"][0]["suspect"]
    restored = mia.ask(200, "POST", f"{one}/restore", {"version": 1}, version=2)
    assert restored["title"] == "Holds 5 kN"
    assert len(mia.ask(200, "GET", requirements)["items"]) == 2
    assert len(mia.ask(200, "GET", f"{requirements}?parent_id={top['id']}")["items"]) == 1
    baseline = mia.ask(201, "POST", f"{path}/baselines", {"name": "Agreed"}, Idempotency_Key=unique("b"))
    frozen = f"{path}/baselines/{baseline['id']}"
    mia.ask(201, "POST", requirements, {"title": "Later"})
    assert mia.ask(200, "GET", f"{path}/baselines")["items"] and mia.ask(200, "GET", frozen)["id"] == baseline["id"]
    assert len(mia.ask(200, "GET", f"{frozen}/requirements")["items"]) == 2
    eventually(lambda: mia.ask(200, "GET", f"{frozen}/compare?with=now")["added"])
    mia.ask(204, "DELETE", frozen, version=1)
    mia.ask(200, "PATCH", one, {"status": "done"}, version=restored["version"])
    place = f"{path}/milestones/{milestone['id']}"
    eventually(lambda: mia.ask(200, "GET", place)["progress"]["requirements_done"] == 1)
    assert mia.ask(200, "GET", f"{path}/milestones")["items"] and mia.ask(200, "GET", "/api/roadmap")["items"]
    assert admin.ask(200, "GET", "/api/roadmap")["items"]
    mia.ask(200, "PATCH", place, {"status": "reached"}, version=1)
    mia.ask(204, "DELETE", place, version=2)
    mia.refused(409, "requirement_has_children", "DELETE", f"{requirements}/{top['id']}", version=2)
    version = mia.ask(200, "GET", one)["version"]
    mia.ask(204, "DELETE", one, version=version)


def test_tasks_move_across_the_board(admin: Person, stack: Stack) -> None:
    mia = admin.create_user(unique("mia"), "manager")
    path = make(mia)
    tom = member(mia, path, admin)
    due = (TODAY + timedelta(days=60)).isoformat()
    milestone = mia.ask(201, "POST", f"{path}/milestones", {"name": "Freeze", "due_on": due})
    requirement = mia.ask(201, "POST", f"{path}/requirements", {"title": "Holds"})
    new = {"title": "Weld", "requirement_id": requirement["id"], "milestone_id": milestone["id"], "external_id": unique("T"),
           "assignee_id": tom.user["id"], "due_on": (TODAY - timedelta(days=2)).isoformat(), "checklist": [{"text": "One"}]}
    task = mia.ask(201, "POST", f"{path}/tasks", new, Idempotency_Key=unique("t"))
    other = mia.ask(201, "POST", f"{path}/tasks", {"title": "Paint"})
    one = f"{path}/tasks/{task['id']}"
    eventually(lambda: mia.ask(200, "GET", f"{path}/tasks?requirement_id={requirement['id']}")["items"])
    eventually(lambda: mia.ask(200, "GET", f"{path}/tasks?milestone_id={milestone['id']}")["items"])
    assert len(mia.ask(200, "GET", f"{path}/tasks")["items"]) == 2
    eventually(lambda: tom.ask(200, "GET", "/api/tasks")["items"])
    ticked = tom.ask(200, "PUT", f"{one}/checklist/{task['checklist'][0]['id']}", {"done": True})
    moved = tom.ask(200, "POST", f"{one}/move", {"status": "in_progress"}, version=ticked["version"])
    board = mia.ask(200, "GET", f"{path}/board")
    assert {column["status"]: column["count"] for column in board["columns"]}["in_progress"] == 1
    mia.ask(200, "GET", f"{path}/board/open")
    mia.ask(200, "PUT", f"{path}/tasks/{other['id']}/watch")
    many = {"ids": [{"id": other["id"], "version": mia.ask(200, "GET", f"{path}/tasks/{other['id']}")["version"]}],
            "patch": {"priority": "high", "external_id": None}}
    assert mia.ask(200, "PATCH", f"{path}/tasks", many)["refused"] == []
    comment = mia.ask(201, "POST", f"{one}/comments", {"text": "Look", "mentions": [tom.user["id"]]}, Idempotency_Key=unique("c"))
    eventually(lambda: "task_mentioned" in kinds(tom))
    mia.ask(200, "PATCH", f"{one}/comments/{comment['id']}", {"text": "Look here"}, version=1)
    assert mia.ask(200, "GET", f"{one}/comments")["items"]
    mia.ask(204, "DELETE", f"{one}/comments/{comment['id']}", version=2)
    view = mia.ask(201, "POST", f"{path}/views", {"name": "Mine", "query": "status=open"}, Idempotency_Key=unique("v"))
    assert mia.ask(200, "GET", f"{path}/views")["items"]
    mia.ask(204, "DELETE", f"{path}/views/{view['id']}")
    mia.ask(200, "PATCH", f"{path}/requirements/{requirement['id']}", {"title": "Holds more"}, version=1)
    eventually(lambda: "requirement_changed" in kinds(tom))
    rule = {"name": "Late", "when": {"event": "task_overdue"}, "then": [
        {"action": "set_priority", "priority": "critical"}, {"action": "set_status", "status": "blocked"}]}
    mia.ask(201, "POST", f"{path}/rules", rule)
    answer = stack.client("lambda").invoke(FunctionName="steward-check-deadlines", Payload=b"{}")
    assert json.loads(answer["Payload"].read())["overdue"] >= 1
    eventually(lambda: "task_overdue" in kinds(tom))
    eventually(lambda: mia.ask(200, "GET", one)["status"] == "blocked")
    for figures in ("flow", "cycle", "team"):
        mia.ask(200, "GET", f"{path}/analytics/{figures}")
        mia.ask(200, "GET", f"{path}/analytics/{figures}?member_id={tom.user['id']}")
    stranger = admin.create_user(unique("zoe"), "team_member")
    stranger.refused(404, "not_found", "GET", f"{path}/analytics/flow")
    assert moved["version"] < mia.ask(200, "GET", one)["version"]
    version = mia.ask(200, "GET", one)["version"]
    mia.ask(204, "DELETE", one, version=version)


def test_assets_and_attachments_go_straight_to_the_bucket(admin: Person) -> None:
    mia = admin.create_user(unique("mia"), "manager")
    path = make(mia)
    requirement = mia.ask(201, "POST", f"{path}/requirements", {"title": "Holds"})
    new = described("Drawing.pdf", PDF) | {"name": "Drawing", "kind": "drawing", "requirement_id": requirement["id"]}
    made = mia.ask(201, "POST", f"{path}/assets", new, Idempotency_Key=unique("a"))
    asset = f"{path}/assets/{made['asset']['id']}"
    assert send(made["upload"], PDF).status_code == 200
    eventually(lambda: mia.ask(200, "GET", asset)["asset"]["status"] == "available")
    link = mia.ask(200, "POST", f"{asset}/versions/1/download", {})
    assert httpx.get(link["url"]).content == PDF
    second = mia.ask(201, "POST", f"{asset}/versions", described("Drawing.pdf", PDF + b"\n"))
    assert send(second["upload"], PDF + b"\n").status_code == 200
    eventually(lambda: [v["status"] for v in mia.ask(200, "GET", f"{asset}/versions")["items"]] == ["available"] * 2)
    version = mia.ask(200, "GET", asset)["asset"]["version"]
    approved = mia.ask(200, "POST", f"{asset}/approve", {"note": "Good"}, version=version)
    assert mia.ask(200, "GET", f"{path}/assets")["items"]
    mia.ask(204, "DELETE", asset, version=approved["version"])
    task = mia.ask(201, "POST", f"{path}/tasks", {"title": "Weld"})
    files = f"{path}/tasks/{task['id']}/attachments"
    added = mia.ask(201, "POST", files, described("Photo.pdf", PDF), Idempotency_Key=unique("f"))
    one = f"{files}/{added['attachment']['id']}"
    assert send(added["upload"], PDF).status_code == 200
    eventually(lambda: [f["status"] for f in mia.ask(200, "GET", files)["items"]] == ["available"])
    link = mia.ask(200, "POST", f"{one}/download", {})
    assert httpx.get(link["url"]).content == PDF
    version = mia.ask(200, "GET", files)["items"][0]["version"]
    mia.ask(204, "DELETE", one, version=version)


def test_a_products_work_is_imported_exported_and_deleted(admin: Person) -> None:
    mia = admin.create_user(unique("mia"), "manager")
    path = make(mia)
    product = path.rsplit("/", 1)[-1]
    tom = member(mia, path, admin)
    word = unique("Weldment")
    files = {
        "requirements": "external_id,title,parent\nA1,Below,A2\nA2,Above,\n",
        "tasks": f"external_id,title,assignee,requirement\nT1,{word},{tom.user['username']},A1\n",
    }
    for kind, text in files.items():
        content = text.encode()
        new = {"file_name": "work.csv", "size": len(content), "kind": kind, "product_id": product}
        made = mia.ask(201, "POST", "/api/imports", new)
        one = f"/api/imports/{made['import']['id']}"
        assert send(made["upload"], content).status_code == 200
        mia.ask(200, "POST", f"{one}/preview", {})
        columns = text.splitlines()[0].split(",")
        start = {"mapping": [{"column": c, "field": c} for c in columns], "key": "external_id", "dry_run": False}
        mia.ask(202, "POST", f"{one}/start", start)
        eventually(lambda one=one: mia.ask(200, "GET", one)["status"] == "done", 60)
    assert len(mia.ask(200, "GET", f"{path}/requirements")["items"]) == 2
    for person in (mia, tom, admin):
        eventually(lambda person=person: person.ask(200, "GET", f"/api/search?q={word}")["items"])
    lists = ("requirements", "tasks", "assets", "milestones", "baselines", "comments", "attachments", "rules", "members", "views")
    for rows in lists:
        assert mia.request("GET", f"/api/exports/products/{product}/{rows}").status_code == 200
    first = mia.ask(200, "GET", f"{path}/requirements")["items"][0]
    assert mia.request("GET", f"/api/exports/products/{product}/requirements/{first['id']}/versions").status_code == 200
    assert mia.request("GET", "/api/exports/products").status_code == 200
    assert mia.request("GET", "/api/exports/tasks").status_code == 200
    assert admin.request("GET", "/api/exports/products").status_code == 200
    drawing = mia.ask(201, "POST", f"{path}/assets", described("Drawing.pdf", PDF))
    assert send(drawing["upload"], PDF).status_code == 200
    eventually(lambda: mia.ask(200, "GET", f"{path}/assets/{drawing['asset']['id']}")["asset"]["status"] == "available")
    version = mia.ask(200, "GET", path)["version"]
    mia.ask(202, "DELETE", path, version=version)
    eventually(lambda: "product_deleted" in kinds(mia), 60)
    mia.refused(404, "not_found", "GET", path)
    assert mia.ask(200, "GET", f"{path}/deletion")["status"] == "done"
