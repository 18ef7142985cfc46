"""A Steward with one thing of each kind, so that a generated request finds what it names."""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import re
import struct
import time
from urllib.parse import urlsplit

PASSWORD = "glacier violin quarry 7"
TODAY = "2026-01-15"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CSV = b"name,email\nBirch Capital,hello@birch.example\n"
NUMBERS = itertools.count(1)
# Parents before what is below them.
KINDS = [
    *("investor", "activity", "investment", "cash_flow", "document", "reminder", "import"),
    *("product", "requirement", "baseline", "milestone", "asset", "task", "comment", "attachment", "rule", "view"),
]


def file(name: str, kind: str, content: bytes) -> dict:
    """The description of a file to upload."""
    return {"file_name": name, "content_type": kind, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def code(secret: str) -> str:
    """The current code of an authenticator app (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Refused(Exception):
    """An answer other than 2xx to a request that must succeed."""


class World:
    """Makes things and knows their IDs and versions."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url).netloc
        self.url = url
        # Another address of this machine: the failed sign-ins of generated requests must not lock out these.
        self.server = http.client.HTTPConnection(self.address, timeout=30, source_address=("127.0.0.2", 0))
        self.passwords = {}
        self.sessions: dict[str, dict] = {}
        self.ids: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        # Whose things those that are made belong to: `still_` ones only have what was there from the beginning, so that a report takes no
        # longer than the one before; `spare_` ones have what is used up.
        self.ground = ""

    def send(self, method: str, path: str, body=None, *, token=None, version=None) -> tuple[int, dict, dict]:
        """Status, headers and JSON of an answer."""
        headers = {"content-type": "application/json"}
        if token != "":
            headers["authorization"] = f"Bearer {token or self.session('ada')['token']}"
        if version is not None:
            headers["if-match"] = f'"{version}"'
        content = None if body is None else json.dumps(body)
        try:
            self.server.request(method, path, content, headers)
            response = self.server.getresponse()
        except (http.client.HTTPException, ConnectionError):
            # The server closes connections that have been idle for a while.
            self.server.close()
            self.server.request(method, path, content, headers)
            response = self.server.getresponse()
        content = response.read()
        kind = response.headers.get_content_type()
        return response.status, response.headers, json.loads(content) if content and kind.endswith("json") else {}

    def call(self, method: str, path: str, body=None, **more) -> dict:
        """The JSON of a request that must succeed."""
        status, _, answer = self.send(method, path, body, **more)
        if not 200 <= status < 300:
            raise Refused(f"{method} {path}: {status} {answer}")
        return answer

    def upload(self, where: dict, content: bytes) -> None:
        """Sends a file to where the API said."""
        parts = urlsplit(where["url"])
        headers = where.get("headers", {})
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request("PUT", f"{parts.path}?{parts.query}", content, headers)
        if connection.getresponse().status != 200:
            raise Refused(f"The upload to {parts.path} failed.")
        connection.close()

    # Users and sessions.

    def sign_in(self, name: str, password: str = PASSWORD) -> dict:
        """A new session: its access token, its ID and its cookie."""
        status, headers, answer = self.send("POST", "/api/auth/login", {"username": name, "password": password}, token="")
        if status != 200 or "access_token" not in answer:
            raise Refused(f"{name} cannot sign in: {status} {answer}")
        payload = answer["access_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        cookies = "; ".join(value.split(";")[0] for value in headers.get_all("set-cookie") or [])
        return {"token": answer["access_token"], "id": claims["sid"], "cookie": cookies, "until": time.monotonic() + 200}

    def session(self, name: str) -> dict:
        """A session in which its user has proved who they are not long ago."""
        found = self.sessions.get(name)
        if not found or time.monotonic() > found["until"]:
            try:
                found = self.sessions[name] = self.sign_in(name, self.passwords.get(name, PASSWORD))
            except Refused:
                # Whoever has a second factor by now keeps the session that they have.
                if not found:
                    raise
        return found

    def invited(self, name: str) -> dict:
        """A new user who has not accepted their invitation."""
        body = {"username": name, "name": name.title(), "email": f"{name}@example.com", "roles": ["team_member"]}
        return self.call("POST", "/api/users", body)

    def user(self, name: str) -> dict:
        """A new user, who can sign in."""
        user = self.invited(name)
        self.call("POST", "/api/auth/invitation/accept", {"token": self.link(user["email"]), "password": PASSWORD}, token="")
        return user

    def link(self, address: str) -> str:
        """The token of the link in the newest message to an address."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            mails = [mail["text"] for mail in self.call("GET", "/_local/mail.json") if mail["to"] == address]
            if mails and (found := re.search(r"#token=(\S+)", mails[0])):
                return found[1]
            time.sleep(0.05)
        raise Refused(f"No link was mailed to {address}.")

    def confirmed(self, name: str) -> dict:
        """Gives a user an authenticator app; the answer has their recovery codes."""
        token = self.session(name)["token"]
        secret = self.call("POST", "/api/me/totp", token=token)["secret"]
        return self.call("POST", "/api/me/totp/confirm", {"code": code(secret)}, token=token)

    # One of each kind, below the things in `ids`.

    def id(self, kind: str) -> str:
        """The thing of a kind on the present ground, or else the one that most requests name."""
        return self.ids.get(f"{self.ground}{kind}") or self.ids[kind]

    def make(self, kind: str, ground: str = "") -> str:
        """A new thing of a kind; its ID."""
        self.ground = ground
        made = getattr(self, f"new_{kind}")()
        self.versions[made["id"]] = made.get("version", 1)
        return made["id"]

    def below(self, parent: str, rest: str, body: dict) -> dict:
        return self.call("POST", f"/api/{parent}s/{self.id(parent)}/{rest}", body)

    def new_investor(self) -> dict:
        return self.call("POST", "/api/investors", {"name": f"Alder Partners {next(NUMBERS)}", "kind": "fund"})

    def new_deleted_investor(self) -> dict:
        made = self.new_investor()
        self.call("DELETE", f"/api/investors/{made['id']}", version=1)
        return made | {"version": 2}

    def new_activity(self) -> dict:
        body = {"kind": "call", "occurred_at": f"{TODAY}T09:00:00Z", "summary": "Asked about the next round"}
        return self.below("investor", "activities", body)

    def new_investment(self) -> dict:
        commitment = {"amount": "250000.00", "currency": "USD"}
        body = {"kind": "equity", "name": "Series A", "status": "active", "commitment": commitment, "invested_on": TODAY}
        return self.below("investor", "investments", body)

    def new_cash_flow(self) -> dict:
        body = {"kind": "contribution", "date": TODAY, "amount": {"amount": "1000.00", "currency": "USD"}}
        return self.below("investor", f"investments/{self.id('investment')}/cash_flows", body)

    def new_document(self) -> dict:
        made = self.below("investor", "documents", file("Agreement.pdf", "application/pdf", PDF))
        self.upload(made["upload"], PDF)
        return made["document"]

    def new_reminder(self) -> dict:
        body = {"message": "Send the report", "due_local": "2100-01-15T09:00", "time_zone": "Europe/Berlin"}
        return self.below("investor", "reminders", body)

    def new_import(self) -> dict:
        made = self.call("POST", "/api/imports", {"file_name": "contacts.csv", "size": len(CSV), "kind": "investors"})
        self.upload(made["upload"], CSV)
        return made["import"]

    def new_product(self) -> dict:
        number = next(NUMBERS)
        return self.call("POST", "/api/products", {"key": f"P{number}", "name": f"Orbit {number}", "status": "active"})

    def new_requirement(self) -> dict:
        return self.below("product", "requirements", {"title": "Holds 5 kN", "priority": "high"})

    def new_baseline(self) -> dict:
        return self.below("product", "baselines", {"name": f"Design freeze {next(NUMBERS)}"})

    def new_asset(self) -> dict:
        made = self.below("product", "assets", file("Frame.pdf", "application/pdf", PDF))
        self.upload(made["upload"], PDF)
        return made["asset"]

    def new_reviewed_asset(self) -> dict:
        made = self.new_asset()
        path = f"/api/products/{self.id('product')}/assets/{made['id']}"
        return self.call("PATCH", path, {"approval": "in_review"}, version=self.settled(path)["asset"]["version"])

    def new_deleted_product(self) -> dict:
        made = self.new_product()
        self.call("DELETE", f"/api/products/{made['id']}", version=1)
        return made

    def new_task(self) -> dict:
        return self.below("product", "tasks", {"title": "Weld the frame", "checklist": [{"text": "Cut the tubes"}]})

    def new_comment(self) -> dict:
        return self.below("product", f"tasks/{self.id('task')}/comments", {"text": "The tubes have arrived."})

    def new_attachment(self) -> dict:
        made = self.below("product", f"tasks/{self.id('task')}/attachments", file("Weld.pdf", "application/pdf", PDF))
        self.upload(made["upload"], PDF)
        return made["attachment"]

    def new_milestone(self) -> dict:
        return self.below("product", "milestones", {"name": f"Prototype {next(NUMBERS)}", "due_on": "2027-01-15"})

    def new_rule(self) -> dict:
        then = [{"action": "add_label", "label": "ready"}]
        when = {"event": "task_status_changed", "status": "done"}
        return self.below("product", "rules", {"name": f"Label {next(NUMBERS)}", "when": when, "then": then})

    def new_view(self) -> dict:
        return self.below("product", "views", {"name": f"Mine {next(NUMBERS)}", "query": "status=open"})

    def settled(self, path: str) -> dict:
        """What a path shows once its file has been checked."""
        deadline = time.monotonic() + 20
        while True:
            found = self.call("GET", path)
            if '"checking"' not in json.dumps(found) and '"awaiting_upload"' not in json.dumps(found):
                return found
            if time.monotonic() > deadline:
                raise Refused(f"{path} is still waiting: {found}")
            time.sleep(0.05)

    def settle(self) -> None:
        """Makes the things that requests refer to, once an administrator can sign in."""
        self.ids["user"] = self.call("GET", "/api/me")["id"]
        for name in ("vic", "sam", "pat", "tess", "finn", "nora"):
            self.ids[name] = self.user(name)["id"]
        self.ids["ivo"] = self.invited("ivo")["id"]
        self.ids["session"] = self.session("sam")["id"]
        self.confirmed("finn")
        self.codes = self.confirmed("nora")["recovery_codes"]
        for kind in KINDS:
            self.ids[kind] = self.make(kind)
        for ground in ("still_", "spare_"):
            for kind in ("investor", "investment", "product", "requirement", "task"):
                self.ids[f"{ground}{kind}"] = self.make(kind, ground)
        product = f"/api/products/{self.ids['product']}"
        task = self.call("GET", f"{product}/tasks/{self.ids['task']}")
        self.ids["item"] = task["checklist"][0]["id"]
        version = self.call("GET", product)["version"]
        self.call("PUT", f"{product}/members/{self.ids['sam']}", {"role": "engineer"}, version=version)
        self.settled(f"/api/investors/{self.ids['investor']}/documents/{self.ids['document']}")
        self.settled(f"{product}/assets/{self.ids['asset']}")
        self.settled(f"{product}/tasks/{self.ids['task']}/attachments")
