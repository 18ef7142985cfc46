"""Second factors: set up, used, reset, required."""

import base64
import hmac
import struct
import time

from api import PASSWORD, Person, unique
from authenticator import Authenticator


def code(secret: str, steps: int = 0) -> str:
    """The code of an authenticator app, some steps from now."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + steps), "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def test_factors_are_set_up_used_and_reset(admin: Person) -> None:
    user = admin.create_user(unique("factor"), "analyst")
    nobody = Person(admin.base)
    secret = user.ask(200, "POST", "/api/me/totp")["secret"]
    codes = user.ask(200, "POST", "/api/me/totp/confirm", {"code": code(secret, -1)})["recovery_codes"]
    authenticator = Authenticator(nobody.ask(200, "GET", "/api/setup")["passkey_origin"])
    created = authenticator.create(user.ask(200, "POST", "/api/me/passkeys/begin"))
    first = user.ask(200, "POST", "/api/me/passkeys/finish", {"name": "Key", "credential": created})["passkey"]
    login = {"username": user.user["username"], "password": PASSWORD}
    due = nobody.ask(200, "POST", "/api/auth/login", login)
    assert due["methods"] == ["passkey", "totp", "recovery"]
    answer = {"method": "totp", "challenge": due["challenge"], "code": code(secret)}
    user.token = nobody.ask(200, "POST", "/api/auth/challenge", answer)["access_token"]
    options = nobody.ask(200, "POST", "/api/auth/passkey/begin")
    alone = nobody.ask(200, "POST", "/api/auth/passkey/finish", {"credential": authenticator.get(options)})
    assert alone["user"]["id"] == user.user["id"]
    due = nobody.ask(200, "POST", "/api/auth/login", login)
    answer = {"method": "recovery", "challenge": due["challenge"], "code": codes[0]}
    user.token = nobody.ask(200, "POST", "/api/auth/challenge", answer)["access_token"]
    again = user.ask(200, "POST", "/api/auth/reauthenticate/begin")
    user.prove({"method": "passkey", "credential": authenticator.get(again["passkey"])})
    mine = user.ask(200, "GET", "/api/me/factors")
    assert (mine["passkeys"], mine["recovery_codes_left"]) == (1, 9)
    user.ask(204, "DELETE", f"/api/me/passkeys/{first['id']}")
    created = authenticator.create(user.ask(200, "POST", "/api/me/passkeys/begin"))
    user.ask(200, "POST", "/api/me/passkeys/finish", {"name": "Key", "credential": created})
    admin.ask(204, "DELETE", f"/api/users/{user.user['id']}/factors")
    assert nobody.ask(200, "POST", "/api/auth/login", login)["user"]["second_factor"] is False


def test_an_admin_requires_a_factor(admin: Person) -> None:
    before = admin.ask(200, "GET", "/api/settings/security")
    # Nobody else in these tests has this role for longer than the grace.
    patch = {"required_roles": ["team_member"], "grace_days": 90}
    after = admin.ask(200, "PATCH", "/api/settings/security", patch, version=before["version"])
    about = "entity_type=security&entity_id=security"
    assert admin.ask(200, "GET", f"/api/audit/verify?{about}")["valid"]
    admin.ask(200, "PATCH", "/api/settings/security", {"required_roles": []}, version=after["version"])
