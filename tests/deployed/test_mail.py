"""Mail: reminders by the schedule, notifications and links by the stream."""

import json

import stack as stacks
from api import Person, eventually, unique


def run_now(stack: stacks.Stack, function: str) -> dict:
    """Runs a scheduled function and returns its result."""
    answer = stack.client("lambda").invoke(FunctionName=f"steward-{function}", Payload=b"{}")
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def test_a_due_reminder_is_mailed_and_notified(stack: stacks.Stack, admin: Person) -> None:
    manager = admin.create_user(unique("rita"), "relationship_manager")
    investor = manager.create_investor(unique("Reminded"))
    reminders = f"/api/investors/{investor['id']}/reminders"
    new = {"message": "Ask about the fund", "due_local": "2026-01-05T09:00", "time_zone": "Europe/Zurich"}
    one = manager.ask(201, "POST", reminders, new)
    later = manager.ask(201, "POST", reminders, {**new, "due_local": "2030-01-07T09:00"})
    manager.ask(200, "PATCH", f"{reminders}/{later['id']}", {"message": "Ask again"}, version=1)
    # The schedule may have run first.
    run_now(stack, "send-reminders")
    sent = eventually(lambda: (r := manager.ask(200, "GET", f"{reminders}/{one['id']}"))["status"] == "sent" and r)
    assert sent["sent_at"] and sent["attempts"] == 1
    mail = stack.mails_to(manager.user["email"])[-1]
    assert mail["Subject"] == f"Reminder: {investor['name']}" and "Ask about the fund" in mail["BodyHtml"]
    assert mail["Source"] == "Steward <steward@example.com>"
    assert f"{stacks.WEB_ORIGIN}/investors/{investor['id']}" in mail["BodyText"]
    bell = eventually(lambda: manager.ask(200, "GET", "/api/notifications?unread=true")["items"])
    assert "reminder_due" in [notification["kind"] for notification in bell]
    mine = manager.ask(200, "GET", "/api/reminders?status=scheduled")
    assert [item["id"] for item in mine["items"]] == [later["id"]]
    manager.ask(200, "GET", reminders)
    manager.ask(200, "GET", f"/api/investors/{investor['id']}/timeline?kind=reminder")
    key = {"Idempotency_Key": unique("done")}
    manager.ask(200, "POST", f"{reminders}/{later['id']}/done", **key)
    manager.ask(200, "POST", f"{reminders}/{later['id']}/done", **key)
    given = admin.ask(201, "POST", reminders, {**new, "due_local": "2030-01-07T09:00", "user_id": manager.user["id"]})
    assert given["user_id"] == manager.user["id"]


def test_a_notification_is_mailed_if_wanted(stack: stacks.Stack, admin: Person) -> None:
    manager = admin.create_user(unique("mailed"), "relationship_manager")
    wanted = {"notifications": {"investor_assigned": {"email": True}}}
    manager.ask(200, "PATCH", "/api/me/preferences", wanted, version=manager.user["version"])
    name = unique("Given")
    admin.create_investor(name, relationship_manager_id=manager.user["id"])
    subjects = lambda: [mail["Subject"] for mail in stack.mails_to(manager.user["email"])]
    assert eventually(lambda: f"{name} was assigned to you" in subjects())
    assert run_now(stack, "send-mail")["broken"] == 0


def test_a_password_reset_link_works_once(stack: stacks.Stack, admin: Person) -> None:
    person = admin.create_user(unique("forgetful"), "analyst")
    stranger = Person(stack.api)
    for who in (person.user["email"], "nobody@example.com"):
        assert stranger.request("POST", "/api/auth/password-reset/request", {"username_or_email": who}).status_code == 202
    body = {"token": person.link_token(person.user["email"], "reset-password"), "password": "another horse entirely"}
    assert stranger.request("POST", "/api/auth/password-reset/confirm", body).status_code == 204
    stranger.refused(400, "invalid_reset_token", "POST", "/api/auth/password-reset/confirm", body)
    stranger.log_in(person.user["username"], "another horse entirely")


def test_a_new_address_is_confirmed(stack: stacks.Stack, admin: Person) -> None:
    person = admin.create_user(unique("moving"), "analyst")
    stranger = Person(stack.api)
    new = f"{unique('moved')}@example.com"
    changed = person.ask(200, "PATCH", "/api/me", {"email": new}, version=person.user["version"])
    assert (changed["email"], changed["pending_email"]) == (person.user["email"], new)
    body = {"token": person.link_token(new, "confirm-email")}
    assert stranger.request("POST", "/api/auth/email/confirm", body).status_code == 204
    stranger.refused(400, "invalid_confirmation_token", "POST", "/api/auth/email/confirm", body)
    assert person.ask(200, "GET", "/api/me")["email"] == new
    other = f"{unique('moved')}@example.com"
    version = person.ask(200, "GET", "/api/me")["version"]
    admin.ask(200, "PATCH", f"/api/users/{person.user['id']}", {"email": other}, version=version)
    body = {"token": person.link_token(other, "confirm-email")}
    assert stranger.request("POST", "/api/auth/email/confirm", body).status_code == 204


def test_an_admin_sends_links(stack: stacks.Stack, admin: Person) -> None:
    name = unique("late")
    new = {"username": name, "name": name, "email": f"{name}@example.com", "roles": ["analyst"]}
    user = admin.ask(201, "POST", "/api/users", new)
    assert (user["status"], user["invitation_link"]) == ("invited", None)
    first = admin.link_token(new["email"])
    assert admin.ask(200, "POST", f"/api/users/{user['id']}/invitation") == {"link": None}
    second = eventually(lambda: (token := admin.link_token(new["email"])) != first and token)
    stranger = Person(stack.api)
    body = {"token": first, "password": "a horse of another kind"}
    stranger.refused(400, "invalid_invitation_token", "POST", "/api/auth/invitation/accept", body)
    stranger.ask(200, "POST", "/api/auth/invitation/accept", body | {"token": second})
    assert admin.ask(200, "POST", f"/api/users/{user['id']}/password-reset") == {"link": None}
    admin.link_token(new["email"], "reset-password")
