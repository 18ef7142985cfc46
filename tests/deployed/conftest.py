"""The deployed stack that all tests share, and the people who use it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import stack as stacks
from api import PASSWORD, Person
from emulator import Emulator
from recorder import Recorder

BINARIES = Path(os.environ.get("CARGO_TARGET_DIR", stacks.ROOT / "target")) / "debug"


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    """The proxy between the functions and the emulator, which records every call to AWS."""
    emulator = Emulator()
    recorder = Recorder(emulator.host)
    recorder.emulator = emulator
    recorder.start()
    emulator.start(endpoint=recorder.url)
    yield recorder
    emulator.stop()
    recorder.stop()


@pytest.fixture(scope="session")
def stack(recorder: Recorder) -> stacks.Stack:
    """The stack, deployed once."""
    return stacks.deploy(recorder.emulator, BINARIES)


@pytest.fixture(scope="session")
def nobody(stack: stacks.Stack) -> Person:
    """Somebody who is not signed in."""
    return Person(stack.api, mailbox=stack.mails_to)


@pytest.fixture(scope="session")
def admin(nobody: Person) -> Person:
    """The first admin, created by the setup."""
    body = {"username": "ada", "name": "Ada Lovelace", "email": "ada@example.com", "password": PASSWORD}
    nobody.refused(400, "set_up_token_required", "POST", "/api/setup", body)
    nobody.refused(400, "set_up_token_required", "POST", "/api/setup", body | {"setup_token": "a guess"})
    nobody.ask(201, "POST", "/api/setup", body | {"setup_token": stacks.SETUP_TOKEN})
    return Person(nobody.base, mailbox=nobody.mailbox).log_in("ada")


@pytest.fixture(scope="session")
def manager(admin: Person) -> Person:
    """A relationship manager."""
    return admin.create_user("grace", "relationship_manager")


@pytest.fixture(autouse=True)
def show_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Shows what went wrong inside the stack when a test fails."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed and "stack" in request.fixturenames:
        stack = request.getfixturevalue("stack")
        print(stack.emulator.tail(120))
        print("\n".join(stack.errors()[-10:]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints a one-line summary."""
    count = {kind: len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "error")}
    terminalreporter.write_line(f"deployed: {count['passed']} passed, {count['failed'] + count['error']} failed")
