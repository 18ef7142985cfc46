"""The evaluation of policies itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from policies import Rule, allowed, like, rules_of
from recorder import Call

# What Hypothesis keeps goes into the environment that ignores and cleans it. No deadline, because a busy machine is no failure.
set_hypothesis_home_dir(Path(__file__).parent / ".venv" / "hypothesis")
settings.register_profile("steward", deadline=None, database=None, print_blob=True)
settings.load_profile("steward")

TABLE, KEYS = "table/steward", "table/steward-keys"
OF_PRODUCTS = ("dynamodb:LeadingKeys", ("PRODUCT#*", "USER#*"))
RULE = Rule("dynamodb:GetItem", (TABLE,), (("ForAllValues:StringLike", *OF_PRODUCTS),))
STATEMENT = {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem", "dynamodb:Query"],
    "Resource": "arn:aws:dynamodb:eu-central-1:000000000000:table/steward",
    "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["PRODUCT#*", "USER#*"]}},
}

#: Few characters, so that patterns and texts often match; some of them mean something in other kinds of patterns.
EXACT = "Aa#.[\n"
plain = st.text(st.characters(exclude_characters="*?"), max_size=6)


def defined_like(pattern: str, text: str) -> bool:
    """The definition of `like`, one character at a time."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return defined_like(pattern[1:], text) or (bool(text) and defined_like(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and defined_like(pattern[1:], text[1:])


@given(st.text(EXACT + "*?", max_size=6), st.text(EXACT, max_size=6))
def test_a_pattern_matches_by_its_definition(pattern: str, text: str) -> None:
    assert like(pattern, text) == defined_like(pattern, text)


@given(st.lists(st.tuples(plain, plain, st.booleans()), max_size=5))
def test_a_pattern_matches_what_stands_in_place_of_its_wildcards(parts: list[tuple[str, str, bool]]) -> None:
    pattern = "".join(exact + ("*" if many else "?" * len(free)) for exact, free, many in parts)
    text = "".join(exact + free for exact, free, _ in parts)
    assert like(pattern, text)
    first = text[:1]
    other = "!" if first != "!" else "+"
    assert not like(pattern, other + text) or pattern.startswith(("*", "?")) or pattern[:1] == other


@given(plain, plain)
def test_without_wildcards_a_pattern_matches_only_itself(pattern: str, text: str) -> None:
    assert like(pattern, text) == (pattern == text)
    assert like(pattern, pattern)
    assert like(f"{pattern}*", text) == text.startswith(pattern)
    assert like(f"{pattern}*", pattern + text)


@given(st.lists(st.from_regex(r"(PRODUCT|INVESTOR)#[0-9]", fullmatch=True), min_size=1, max_size=5))
def test_one_key_outside_refuses_all_and_a_denial_wins(keys: list[str]) -> None:
    call = Call("tasks", "dynamodb:GetItem", TABLE, tuple(keys))
    assert allowed([RULE], call) == all(key.startswith("PRODUCT#") for key in keys)
    assert not allowed([RULE], replace(call, action="dynamodb:PutItem"))
    assert not allowed([RULE], replace(call, resource=KEYS))
    assert not allowed([RULE, replace(RULE, conditions=(), denies=True)], call)


def test_without_an_allowing_rule_nothing_is_allowed() -> None:
    call = Call("tasks", "dynamodb:GetItem", TABLE, ("PRODUCT#1",))
    assert not allowed([], call)
    assert not allowed([replace(RULE, denies=True)], call)


def test_actions_are_compared_without_case() -> None:
    assert allowed([replace(RULE, action="DynamoDB:get*")], Call("tasks", "dynamodb:GetItem", TABLE, ("USER#1",)))


def test_equality_knows_no_wildcards() -> None:
    rule = replace(RULE, conditions=(("ForAllValues:StringEquals", *OF_PRODUCTS),))
    assert not allowed([rule], Call("tasks", "dynamodb:GetItem", TABLE, ("PRODUCT#1",)))
    assert allowed([rule], Call("tasks", "dynamodb:GetItem", TABLE, ("PRODUCT#*",)))


@pytest.mark.parametrize(
    ("action", "key", "field"),
    [("kms:Decrypt", "kms:EncryptionContext:purpose", "purpose"), ("ses:SendEmail", "ses:FromAddress", "from_address")],
)
def test_a_value_is_compared_if_it_exists(action: str, key: str, field: str) -> None:
    rule = Rule(action, ("*",), (("StringEqualsIfExists", key, ("wanted",)),))
    assert [allowed([rule], Call("auth", action, "any", **{field: value})) for value in ("wanted", "other", None)] == [
        True,
        False,
        True,
    ]


def test_a_read_may_be_limited_to_attributes() -> None:
    conditions = (
        ("ForAllValues:StringEquals", "dynamodb:Attributes", ("pk", "card")),
        ("StringEqualsIfExists", "dynamodb:Select", ("SPECIFIC_ATTRIBUTES",)),
    )
    rule = replace(RULE, conditions=conditions)
    call = Call("tasks", "dynamodb:GetItem", TABLE, ("USER#1",))
    some = replace(call, attributes=("card", "pk"), select="SPECIFIC_ATTRIBUTES")
    assert allowed([rule], some)
    assert not allowed([rule], replace(some, attributes=("card", "data")))
    assert not allowed([rule], replace(call, select="ALL_ATTRIBUTES"))


def test_a_statement_becomes_one_rule_for_each_action() -> None:
    rules = rules_of({"Statement": [STATEMENT, STATEMENT | {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    assert rules == [RULE, replace(RULE, action="dynamodb:Query"), replace(RULE, action="s3:*", resources=("*",), denies=True)]


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Perhaps"},
        {"NotAction": "dynamodb:Scan"},
        {"Resource": "arn:aws:dynamodb:*:table/steward"},
        {"Resource": "arn:aws:dynamodb:eu-*:000000000000:table/steward"},
        {"Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["PRODUCT#*"]}}},
        {"Condition": {"StringEqualsIfExists": {"aws:SourceIp": "127.0.0.1"}}},
    ],
)
def test_what_cannot_be_evaluated_is_an_error(change: dict) -> None:
    with pytest.raises(ValueError, match="that this does not know"):
        rules_of({"Statement": STATEMENT | change})
