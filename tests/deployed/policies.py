"""Evaluates the deployed roles' policies as IAM does, for the conditions that the emulator does not know."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from recorder import Call


@dataclass(frozen=True)
class Grant:
    """One action that one statement of a function's policy allows."""

    function: str
    action: str
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def allows(self, call: Call) -> bool:
        """Whether this grant lets `call` through."""
        return (
            fnmatchcase(call.action, self.action)
            and any(fnmatchcase(_arn_end(call), _end(resource)) for resource in self.resources)
            and all(_holds(condition, call) for condition in self.conditions)
        )


def grants(iam, function: str, role: str) -> list[Grant]:
    """Everything that `role` allows."""
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    found = []
    for statement in (statement for document in documents for statement in document["Statement"]):
        assert statement["Effect"] == "Allow", "a Deny would need evaluating too"
        conditions = tuple(
            (operator, key, tuple(_list(values)))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
        resources = tuple(_list(statement["Resource"]))
        found += [Grant(function, action, resources, conditions) for action in _list(statement["Action"])]
    return found


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _arn_end(call: Call) -> str:
    return call.resource


def _end(arn: str) -> str:
    """What follows account and region in an ARN."""
    return arn.split(":", 5)[-1]


def _holds(condition: tuple[str, str, tuple[str, ...]], call: Call) -> bool:
    operator, key, wanted = condition
    if key == "dynamodb:LeadingKeys":
        actual = call.leading_keys
    elif key == "kms:EncryptionContext:purpose":
        actual = (call.purpose,) if call.purpose is not None else ()
    elif key == "ses:FromAddress":
        actual = (call.from_address,) if call.from_address is not None else ()
    else:
        raise ValueError(f"a condition key that this does not know: {key}")
    if operator in ("ForAllValues:StringLike", "ForAllValues:StringEquals", "StringEqualsIfExists"):
        like = operator.endswith("Like")
        # An absent key satisfies all three, on AWS as well.
        return all(any(fnmatchcase(a, w) if like else a == w for w in wanted) for a in actual)
    raise ValueError(f"a condition operator that this does not know: {operator}")
