"""Rotation of the keys. The tests in the files after this one use what it leaves behind."""

import json

import stack as stacks
from api import Person, unique


def rotate(stack: stacks.Stack, **event: str) -> dict:
    """Invokes `rotate-keys` as an operator does, and returns its report."""
    answer = stack.client("lambda").invoke(FunctionName="steward-rotate-keys", Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def test_data_stays_readable_when_the_root_key_rotates(stack: stacks.Stack, admin: Person) -> None:
    name = unique("rotated")
    email = f"{name}@example.com"
    investor = admin.create_investor(name, email=email)
    before = rotate(stack)["version"]
    report = rotate(stack, rotate="root")
    assert (report["version"], report["broken"], report["left"]) == (before + 1, 0, False)
    assert report["wrapped"] > 0 and report["old_until"]
    assert admin.ask(200, "GET", f"/api/investors/{investor['id']}")["email"] == email
    # Equal addresses are still found.
    admin.refused(409, "email_taken", "POST", "/api/investors", {"name": unique("other"), "kind": "fund", "email": email})
    assert rotate(stack)["wrapped"] == 0


def test_users_stay_signed_in_when_a_new_signing_key_is_asked_for(stack: stacks.Stack, admin: Person) -> None:
    rotate(stack, rotate="token-signing")
    key = {"pk": {"S": "SYSTEM#token-signing"}}
    item = stack.client("dynamodb").get_item(TableName="steward-keys", Key=key)["Item"]
    assert item["rotate"] == {"BOOL": True}
    admin.ask(200, "GET", "/api/me")
    assert admin.create_user(unique("ring"), "analyst").ask(200, "GET", "/api/me")
