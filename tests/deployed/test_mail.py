"""Mail: reminders by the schedule, notifications and password reset links by the stream."""

import json
import re

import httpx

import stack as stacks
from api import Person, eventually, unique


def mails_to(stack: stacks.Stack, address: str) -> list[dict]:
    """The mails that SES accepted for an address, oldest first."""
    told = httpx.get(f"{stack.emulator.url}/_ministack/ses/messages").json()["messages"]
    return [mail for mails in told.values() for mail in mails if address in mail["To"]]


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
    [mail] = mails_to(stack, manager.user["email"])
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
    manager.ask(200, "PATCH", "/api/me/preferences", wanted, version=1)
    name = unique("Given")
    admin.create_investor(name, relationship_manager_id=manager.user["id"])
    mail = eventually(lambda: mails_to(stack, manager.user["email"]))[0]
    assert mail["Subject"] == f"{name} was assigned to you"
    assert run_now(stack, "send-mail")["broken"] == 0


def test_a_password_reset_link_works_once(stack: stacks.Stack, admin: Person) -> None:
    person = admin.create_user(unique("forgetful"), "analyst")
    stranger = Person(stack.api)
    for who in (person.user["email"], "nobody@example.com"):
        assert stranger.request("POST", "/api/auth/password-reset/request", {"username_or_email": who}).status_code == 202
    mail = eventually(lambda: mails_to(stack, person.user["email"]))[0]
    token = re.search(r"#token=(\S+)", mail["BodyText"])[1]
    body = {"token": token, "password": "another horse entirely"}
    assert stranger.request("POST", "/api/auth/password-reset/confirm", body).status_code == 204
    stranger.refused(400, "invalid_reset_token", "POST", "/api/auth/password-reset/confirm", body)
    stranger.log_in(person.user["username"], "another horse entirely")
