"""What a schema cannot say: values that only the server can make, and rules over several fields."""

import itertools
import re

import schemathesis

# Why a request that fits the document may still be refused with 400 or 422. Each is a rule over several values, over the time or over stored
# data; what limits a single field belongs in the document.
RULES = [
    r"does not belong to this list",  # A cursor is sealed by the server.
    r"requires entity_(id|type)",
    r"is too far back for this interval|must be at most 399 days before",
    r"must not be (before|after)",
    r"can only be used with a single column",
    r"must be in the future",
    r"set either ids or all",
    r"must contain at least 5 different characters",
    r"must have at most \d decimal places in",
    r"different tasks|is a duplicate|each role once",
    r"must end in \.\w+ for this type",
    r"is required for requirements and tasks",
    r"must be (a member of|an active|a user who|the requirement)",
    r"must be (active|invited) or disabled",
    r"does not exist|is not a \w+ of this product|is no longer valid",
    r"must be [A-Z]{3}, the investment's currency",
    r"already used with a different request",
]
NUMBERS = itertools.count(1)
REFUSED = re.compile("|".join(RULES))

# ECMA-262 has these classes, the generator does not; it takes a class that is nearly the same.
CLASSES = {
    r"\p{Z}*": r"[ \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*",
    r"\p{Z}": r" \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",
    r"\p{DI}": r"\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF"
    r"\uFFA0\uFFF0-\uFFF8",
    r"\p{Alphabetic}": r"\p{L}",
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Spells the classes out in every pattern."""
    nodes = [raw_schema]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                for short, long in CLASSES.items():
                    node["pattern"] = node["pattern"].replace(short, long)
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives every request a valid `Idempotency-Key` of its own; otherwise most would repeat one, and get its answer."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,128}", key):
        case.headers["Idempotency-Key"] = f"request-{next(NUMBERS)}"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure is one: a valid request that breaks one of the rules is not."""
    if failure.code != "ST202" or response.status_code not in (400, 422):
        return True
    problem = response.json()
    messages = [error["message"] for error in problem["errors"]] or [problem["detail"]]
    return not all(REFUSED.search(message) for message in messages)
