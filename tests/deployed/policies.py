"""Evaluates IAM policies as AWS does, including the conditions that the emulator does not know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from recorder import Call

#: The condition operators that this evaluates, and whether each compares patterns. An absent key satisfies all of them, on AWS
#: as well.
OPERATORS = {"ForAllValues:StringLike": True, "ForAllValues:StringEquals": False, "StringEqualsIfExists": False}
#: The condition keys that this evaluates, and how each is read from a call.
KEYS = {
    "dynamodb:LeadingKeys": lambda call: call.leading_keys,
    "dynamodb:Attributes": lambda call: call.attributes,
    "dynamodb:Select": lambda call: () if call.select is None else (call.select,),
    "kms:EncryptionContext:purpose": lambda call: () if call.purpose is None else (call.purpose,),
    "ses:FromAddress": lambda call: () if call.from_address is None else (call.from_address,),
}


@dataclass(frozen=True)
class Rule:
    """One action of one statement of a policy."""

    action: str
    #: The ends of the resources' ARNs, as in `Call.resource`. The account, the region and the service are not compared.
    resources: tuple[str, ...]
    #: Operator, key and values.
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    denies: bool = False

    def covers(self, call: Call) -> bool:
        """Whether this rule applies to `call`."""
        return (
            like(self.action.lower(), call.action.lower())
            and any(like(resource, call.resource) for resource in self.resources)
            and all(_holds(condition, call) for condition in self.conditions)
        )


def allowed(rules: Iterable[Rule], call: Call) -> bool:
    """Whether `rules` together allow `call`: one of them does, and none denies it."""
    covering = [rule for rule in rules if rule.covers(call)]
    return bool(covering) and not any(rule.denies for rule in covering)


def like(pattern: str, text: str) -> bool:
    """Whether `text` matches a pattern in which `*` stands for any text and `?` for any character."""
    return _expression(pattern).fullmatch(text) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    wildcards = {"*": ".*", "?": "."}
    return re.compile("".join(wildcards.get(one, re.escape(one)) for one in pattern), re.DOTALL)


def rules_of(document: dict) -> list[Rule]:
    """The rules of a policy document. Fails on anything that this cannot evaluate."""
    return [rule for statement in listed(document["Statement"]) for rule in _rules(statement)]


def deployed_rules(iam, role: str) -> list[Rule]:
    """The rules of every policy that a deployed role has."""
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return [rule for document in documents for rule in rules_of(document)]


def listed(value) -> list:
    """`value` as a list, which a policy may leave out around a single value."""
    return value if isinstance(value, list) else [value]


def _rules(statement: dict) -> list[Rule]:
    unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
    if unknown or statement["Effect"] not in ("Allow", "Deny"):
        raise ValueError(f"a statement that this does not know: {statement}")
    conditions = tuple(
        (operator, key, tuple(listed(values)))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )
    for operator, key, _ in conditions:
        if operator not in OPERATORS or key not in KEYS:
            raise ValueError(f"a condition that this does not know: {operator} {key}")
    resources = tuple(_end(arn) for arn in listed(statement["Resource"]))
    denies = statement["Effect"] == "Deny"
    return [Rule(action, resources, conditions, denies) for action in listed(statement["Action"])]


def _end(arn: str) -> str:
    """What follows the account in an ARN."""
    if arn == "*":
        return arn
    *start, end = arn.split(":", 5)
    # A wildcard in the start could also match across the colons.
    if len(start) != 5 or start[0] != "arn" or re.search(r"[*?]", "".join(start)):
        raise ValueError(f"an ARN that this does not know: {arn}")
    return end


def _holds(condition: tuple[str, str, tuple[str, ...]], call: Call) -> bool:
    operator, key, wanted = condition
    patterns = OPERATORS[operator]
    return all(any(like(w, actual) if patterns else w == actual for w in wanted) for actual in KEYS[key](call))
