"""The main path through the deployed HTTP API."""

import re

import pytest
import yaml

import stack as stacks
from api import Person, eventually, unique


def test_health_and_document_need_no_token(nobody: Person) -> None:
    assert nobody.ask(200, "GET", "/api/health")["status"] == "ok"
    page = nobody.request("GET", "/api/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


# After the setup: before it there is no system key to read, and only `auth` may make one.
@pytest.mark.usefixtures("admin")
def test_everything_else_needs_a_token(nobody: Person) -> None:
    # Only the function that serves a path answers 401: another one, or none, answers 404.
    public = {"GET /api/setup", "POST /api/setup", "GET /api/health", "GET /api/openapi.json", "GET /api/docs"}
    public |= {"POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/logout"}
    public |= {"POST /api/auth/password-reset/request", "POST /api/auth/password-reset/confirm"}
    public |= {"POST /api/auth/challenge", "POST /api/auth/challenge/enrol", "POST /api/auth/email/confirm"}
    public |= {"POST /api/auth/passkey/begin", "POST /api/auth/passkey/finish", "POST /api/auth/invitation/accept"}
    document = nobody.ask(200, "GET", "/api/openapi.json")
    operations = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    for method, path in operations:
        if f"{method} {path}" in public:
            continue
        path = re.sub(r"{\w+}", "0193f2a8-6f00-7c3e-9b1a-2f4d5e6a7b80", path)
        body = {} if method in ("POST", "PATCH") else None
        nobody.refused(401, "unauthenticated", method, path, body)
        nobody.refused(401, "unauthenticated", method, path, body, Authorization="Bearer forged.token.here")


@pytest.mark.usefixtures("admin")
def test_functions_refuse_what_they_do_not_serve(nobody: Person) -> None:
    nobody.refused(405, "method_not_allowed", "PUT", "/api/users")
    nobody.refused(405, "method_not_allowed", "POST", "/api/health")
    for path in ("/api/users/1/nothing", "/api/investors/1/nothing", "/api/products/1/tasks/1/nothing"):
        nobody.refused(404, "not_found", "GET", path)
    # No function has a route for this.
    assert nobody.request("GET", "/api/nothing").json() == {"message": "Not Found"}


def test_setup_works_once(admin: Person, nobody: Person) -> None:
    state = nobody.ask(200, "GET", "/api/setup")
    assert (state["needed"], state["token_required"]) == (False, True)
    body = {"username": "eve", "name": "Eve", "email": "eve@example.com", "password": "quite a long guess"}
    nobody.refused(409, "already_set_up", "POST", "/api/setup", body | {"setup_token": stacks.SETUP_TOKEN})
    assert admin.ask(200, "GET", "/api/me")["roles"] == ["admin"]


def test_sign_in_refresh_and_sign_out(admin: Person, nobody: Person) -> None:
    nobody.refused(401, "invalid_credentials", "POST", "/api/auth/login", {"username": "ada", "password": "quite a wrong one"})
    nobody.refused(401, "invalid_credentials", "POST", "/api/auth/login", {"username": "who", "password": "quite a wrong one"})
    answer = nobody.request("POST", "/api/auth/login", {"username": "ada", "password": "a pass phrase that is long enough"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-steward_refresh=")
    for part in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/;"):
        assert part in cookie
    first = cookie.split(";")[0]
    renewed = nobody.request("POST", "/api/auth/refresh", Cookie=first)
    assert renewed.status_code == 200, renewed.text
    second = renewed.headers["set-cookie"].split(";")[0]
    assert second != first
    assert nobody.request("POST", "/api/auth/logout", Cookie=second).status_code == 204
    nobody.refused(401, "unauthenticated", "POST", "/api/auth/refresh", Cookie=second)


def test_own_account_and_sessions(admin: Person) -> None:
    person = admin.create_user(unique("kay"), "analyst")
    me = person.ask(200, "GET", "/api/me")
    changed = person.ask(200, "PATCH", "/api/me", {"name": "Kay", "time_zone": "Europe/Zurich"}, version=me["version"])
    assert changed["name"] == "Kay"
    again = Person(person.base).log_in(me["username"])
    sessions = again.ask(200, "GET", "/api/me/sessions")["items"]
    assert len(sessions) == 2
    other = next(session for session in sessions if not session["current"])
    again.ask(204, "DELETE", f"/api/me/sessions/{other['id']}")
    passwords = {"current_password": "a pass phrase that is long enough", "new_password": "another long pass phrase"}
    again.ask(204, "POST", "/api/me/password", passwords)
    Person(person.base).log_in(me["username"], "another long pass phrase")
    path = f"/api/users/{me['id']}/sessions"
    signed_in = admin.ask(200, "GET", path)["items"]
    assert not any(session["current"] for session in signed_in)
    admin.ask(204, "DELETE", f"{path}/{next(session['id'] for session in signed_in)}")
    again.ask(204, "DELETE", "/api/me/sessions")
    admin.ask(204, "DELETE", path)


def test_only_admins_manage_users(admin: Person, manager: Person) -> None:
    name = unique("joan")
    joan = admin.create_user(name, "analyst").user
    assert any(card["id"] == joan["id"] for card in admin.ask(200, "GET", "/api/users?limit=100")["items"])
    manager.ask(200, "GET", "/api/users?role=analyst")
    manager.refused(403, "forbidden", "GET", f"/api/users/{joan['id']}")
    found = admin.ask(200, "GET", f"/api/users/{joan['id']}")
    disabled = admin.ask(200, "PATCH", f"/api/users/{joan['id']}", {"status": "disabled"}, version=found["version"])
    assert disabled["status"] == "disabled"
    login = {"username": name, "password": "a pass phrase that is long enough"}
    admin.refused(401, "invalid_credentials", "POST", "/api/auth/login", login)
    admin.refused(409, "state_conflict", "PATCH", f"/api/users/{admin.user['id']}", {"status": "disabled"},
                  version=admin.ask(200, "GET", "/api/me")["version"])


def test_an_investors_life_cycle(admin: Person, manager: Person) -> None:
    email = f"{unique('office')}@example.com"
    made = manager.create_investor("Älpen Capital", email=email, tier="gold", tags=["alps"], notes="Met in Bern.",
                                   phone="+41 31 300 00 00", address="Bern", country="CH", external_key=unique("k"))
    path = f"/api/investors/{made['id']}"
    assert made["relationship_manager_id"] == manager.user["id"]
    assert admin.ask(200, "GET", path)["email"] == email
    manager.refused(409, "email_taken", "POST", "/api/investors", {"name": "Twin", "kind": "fund", "email": email})
    manager.refused(428, "precondition_required", "PATCH", path, {"tier": "silver"})
    changed = manager.ask(200, "PATCH", path, {"tier": "platinum", "phone": None}, version=made["version"])
    assert (changed["tier"], changed.get("phone")) == ("platinum", None)
    manager.refused(412, "stale_version", "PATCH", path, {"tier": "gold"}, version=made["version"])
    other = admin.create_user(unique("mary"), "relationship_manager")
    other.refused(404, "not_found", "GET", path)
    for query in ("tier=platinum", "tag=alps", "status=active", f"relationship_manager_id={manager.user['id']}", "limit=100"):
        eventually(lambda query=query: any(
            card["id"] == made["id"] for card in admin.ask(200, "GET", f"/api/investors?{query}")["items"]))
    manager.ask(204, "DELETE", path, version=changed["version"])
    deleted = manager.ask(200, "GET", "/api/investors?deleted=true")["items"]
    assert any(card["id"] == made["id"] for card in deleted)
    restored = manager.ask(200, "POST", f"{path}/restore", version=changed["version"] + 1)
    assert restored.get("deleted_at") is None


def test_a_repeated_request_has_one_effect(manager: Person) -> None:
    body = {"name": unique("Once"), "kind": "person"}
    key = unique("key")
    first = manager.ask(201, "POST", "/api/investors", body, Idempotency_Key=key)
    assert manager.ask(201, "POST", "/api/investors", body, Idempotency_Key=key) == first
    manager.refused(422, "idempotency_mismatch", "POST", "/api/investors", body | {"kind": "fund"}, Idempotency_Key=key)


def test_activities_and_timeline(manager: Person) -> None:
    investor = manager.create_investor(unique("Timeline"))
    path = f"/api/investors/{investor['id']}/activities"
    activity = {"kind": "call", "occurred_at": "2026-11-20T10:00:00Z", "summary": "Talked terms", "details": "At length."}
    made = manager.ask(201, "POST", path, activity)
    assert manager.ask(200, "GET", f"{path}/{made['id']}")["details"] == "At length."
    changed = manager.ask(200, "PATCH", f"{path}/{made['id']}", {"summary": "Agreed"}, version=made["version"])
    assert manager.ask(200, "GET", path)["items"][0]["summary"] == "Agreed"
    kinds = eventually(lambda: {entry["kind"] for entry in manager.ask(
        200, "GET", f"/api/investors/{investor['id']}/timeline")["items"]} if True else None)
    assert kinds == {"activity", "change"}
    manager.ask(204, "DELETE", f"{path}/{made['id']}", version=changed["version"])
    manager.refused(404, "not_found", "GET", f"{path}/{made['id']}")


def test_invalid_input_names_the_field(manager: Person) -> None:
    problem = manager.refused(422, "invalid_input", "POST", "/api/investors", {"name": "", "kind": "fund"})
    assert problem["errors"][0]["field"] == "name"
    manager.refused(400, "invalid_cursor", "GET", "/api/investors?cursor=forged")
    manager.refused(404, "not_found", "GET", "/api/investors/0193f2a8-6f00-7c3e-9b1a-2f4d5e6a7b80")


def test_the_template_names_every_function() -> None:
    class Loader(yaml.SafeLoader):
        """A loader that ignores CloudFormation's own tags."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    resources = yaml.load(stacks.TEMPLATE.read_text(), Loader)["Resources"]
    deployed = [name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"]
    assert len(deployed) == len(stacks.functions()) == len(list((stacks.ROOT / "functions").iterdir()))
