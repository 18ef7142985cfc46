"""What a schema cannot say: values that only the server can make, and rules over several fields."""

import atexit
import json
import os
import re
import sys
from datetime import date, datetime
from pathlib import Path

import schemathesis
from hypothesis import strategies

sys.path.insert(0, str(Path(__file__).resolve().parent))
from steering import Steering
from world import World

# Why a request that fits the document may still be refused with 400 or 422. Each is a rule over several values, over the time or over stored
# data; what limits a single field belongs in the document.
RULES = [
    r"does not belong to this list",  # A cursor is sealed by the server.
    r"must be the ID of an event",
    r"took too long or was already completed",  # A challenge is made by the server.
    r"is incorrect",
    r"the file has no column with this name",
    r"requires entity_(id|type)",
    r"is too far back for this interval|must be at most 399 days before",
    r"must not be (before|after|in the future|the requirement itself)",
    r"must be the link's version or the current one",
    r"can only be used with a single column",
    r"must be in the future",
    r"set either ids or all",
    r"must contain at least 5 different characters",
    r"must have at most \d decimal places in",
    r"different tasks|is a duplicate|each role once",
    r"must end in [.\w]+( or [.\w]+)* for this type",
    r"is required (for requirements and tasks|if no column fills)",
    r"must be empty when importing investors",
    r"must be (a member of|an active|a user who|the requirement)",
    r"must be (active|invited) or disabled",
    r"does not exist|is not a \w+ of this product|is no longer valid",
    r"must be [A-Z]{3}, the investment's currency",
    r"already used with a different request",
]
REFUSED = re.compile("|".join(RULES))
WORLD = World(os.environ["STEWARD_URL"])
WORLD.settle()
STEERING = Steering(WORLD, os.environ["STEWARD_TOKEN"])
# The statuses that each operation answered.
REACHED: dict[str, set[int]] = {}

# ECMA-262 has these classes, the generator does not; it takes a class that is nearly the same.
CLASSES = {
    r"\p{Z}*": r"[ \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*",
    r"\p{Z}": r" \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",
    # Hundreds of ranges, with which the generator comes to no end.
    r"\p{C}\p{M}": "",
    r"\p{DI}": r"\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF"
    r"\uFFA0\uFFF0-\uFFF8",
    r"\p{Alphabetic}": r"\p{L}",
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Spells the classes out in every pattern, and leaves out what a pattern says already: the generator would look in vain for an email
    address of two characters."""
    nodes = [raw_schema]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                for short, long in CLASSES.items():
                    node["pattern"] = node["pattern"].replace(short, long)
                node.pop("minLength", None)
                if node.get("format") == "idn-email":
                    del node["format"]
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)


# Days and times as the patterns have them; those of any year would nearly all be thrown away.
DAYS = strategies.dates(date(1900, 1, 2), date(2199, 12, 30))
TIMES = strategies.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30))
schemathesis.openapi.format("date", DAYS.map(date.isoformat))
schemathesis.openapi.format("date-time", TIMES.map(lambda time: f"{time.isoformat(timespec='milliseconds')}Z"))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Leads the request to what exists."""
    STEERING.before(case)


@schemathesis.hook
def after_call(context, case, response):
    """Counts the answer, and notes what it changed."""
    REACHED.setdefault(case.operation.definition.raw["operationId"], set())
    if case.method.upper() == case.operation.method.upper():
        REACHED[case.operation.definition.raw["operationId"]].add(response.status_code)
    STEERING.after(case, response)


@atexit.register
def report():
    """Tells `run` which answers each operation gave."""
    answers = {name: sorted(statuses) for name, statuses in REACHED.items()}
    Path(os.environ["STEWARD_ANSWERS"]).write_text(json.dumps(answers))


@schemathesis.deserializer("application/pdf")
def pdf(context, response):
    """A file is a string of bytes."""
    return response.content.decode("latin-1")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure is one: a valid request that breaks one of the rules is not."""
    if failure.code != "ST202" or response.status_code not in (400, 422):
        return True
    problem = response.json()
    messages = [error["message"] for error in problem["errors"]] or [problem["detail"]]
    return not all(REFUSED.search(message) for message in messages)
