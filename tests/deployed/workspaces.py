"""What belongs to each workspace, as `tests/workspaces.toml` states it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "workspaces.toml"


@dataclass(frozen=True)
class Workspace:
    """One workspace: its functions, and what only they may reach."""

    functions: list[str]
    partitions: list[str]
    keys: list[str]
    lists: dict[str, list[str]]
    files: list[str]


_STATED = tomllib.loads(FILE.read_text())
#: Functions that serve both workspaces, or neither.
COMMON: list[str] = _STATED.pop("core")["functions"] + _STATED.pop("both")["functions"]
WORKSPACES = {name: Workspace(**stated) for name, stated in _STATED.items()}
