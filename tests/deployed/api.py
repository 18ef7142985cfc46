"""A user of the deployed HTTP API and its WebSocket."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from websockets.sync.client import ClientConnection, connect

T = TypeVar("T")

PASSWORD = "a pass phrase that is long enough"
#: Maximum time for the effects of a change to become visible.
PATIENCE_SECONDS = 30


@dataclass
class Person:
    """An API client, signed in or not."""

    base: str
    token: str | None = None
    user: dict = field(default_factory=dict)
    #: Proves again who this is when a sensitive action asks for it.
    password: str | None = None
    #: The mails to an address, oldest first.
    mailbox: Callable[[str], list[dict]] = lambda address: []

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.base, timeout=60)

    def request(self, method: str, path: str, body: object = None, *, version: int | None = None, **headers: str):
        """Sends one request; `version` is sent as `If-Match`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        answer = self._http.request(method, path, json=body, headers=sent)
        if answer.status_code == 403 and answer.json()["code"] == "reauthentication_required" and self.password:
            self.prove({"method": "password", "password": self.password})
            sent["Authorization"] = f"Bearer {self.token}"
            answer = self._http.request(method, path, json=body, headers=sent)
        return answer

    def prove(self, proof: dict) -> None:
        """Proves again who this is, for sensitive actions in the next five minutes."""
        self.token = self.ask(200, "POST", "/api/auth/reauthenticate", proof)["access_token"]

    def ask(self, status: int, method: str, path: str, body: object = None, **options) -> dict:
        """Sends one request, asserts that the status is `status`, and returns the response's JSON."""
        answer = self.request(method, path, body, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}

    def refused(self, status: int, code: str, method: str, path: str, body: object = None, **options) -> dict:
        """Sends one request and asserts that it is refused as a problem with `status` and `code`."""
        answer = self.request(method, path, body, **options)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), answer.text
        assert problem["request_id"]
        return problem

    def log_in(self, username: str, password: str = PASSWORD) -> "Person":
        """Signs in."""
        answer = self.ask(200, "POST", "/api/auth/login", {"username": username, "password": password})
        self.token, self.user, self.password = answer["access_token"], answer["user"], password
        return self

    def create_user(self, username: str, *roles: str) -> "Person":
        """Creates a user, accepts the invitation sent to them, and returns that user, signed in."""
        body = {
            "username": username,
            "name": username.title(),
            "email": f"{username}@example.com",
            "roles": list(roles),
        }
        self.ask(201, "POST", "/api/users", body)
        person = Person(self.base, mailbox=self.mailbox)
        accepted = {"token": person.link_token(body["email"]), "password": PASSWORD}
        person.ask(200, "POST", "/api/auth/invitation/accept", accepted)
        return person.log_in(username)

    def link_token(self, address: str, page: str = "invitation") -> str:
        """The token of the newest link to a page that was mailed to an address."""
        found = f"/{page}#token="
        texts = lambda: [mail["BodyText"] for mail in self.mailbox(address) if found in mail["BodyText"]]
        return eventually(texts)[-1].split(found)[1].split()[0]

    def create_investor(self, name: str, **fields: object) -> dict:
        """Creates an investor."""
        return self.ask(201, "POST", "/api/investors", {"name": name, "kind": "company", **fields})

    def ticket(self) -> str:
        """A WebSocket URL that works once."""
        return self.ask(200, "POST", "/api/live/ticket")["url"]

    def live(self) -> "Live":
        """Opens a live connection."""
        return Live(connect(self.ticket(), open_timeout=30))


class Live:
    """A live connection and the messages received on it."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.send({"type": "hello"})

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, message: object) -> None:
        """Sends a message as JSON."""
        self._connection.send(json.dumps(message))

    def wait(self, wanted: Callable[[dict], bool], seconds: float = PATIENCE_SECONDS) -> dict:
        """Returns the next message for which `wanted` is true and skips the others."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            message = json.loads(self._connection.recv(timeout=left))
            if wanted(message):
                return message
        raise TimeoutError("no matching message arrived")


def eventually(look: Callable[[], T | None], seconds: float = PATIENCE_SECONDS) -> T:
    """Calls `look` until it returns something truthy, and returns that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise TimeoutError(f"no result within {seconds} s")


def unique(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"
