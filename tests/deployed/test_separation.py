"""What the functions of one workspace may reach of the other, by their own policies in `template.yaml`: nothing.

`test_zz_permissions.py` checks whether the deployed functions stay within these policies. Each check here returns what is wrong,
in words; the last test proves that a policy that is too wide, or too narrow, is found.
"""

from collections.abc import Callable
from copy import deepcopy
from itertools import permutations

import pytest

import template
from policies import Rule, allowed, like
from recorder import Call
from template import Function
from workspaces import COMMON, WORKSPACES, Workspace

TABLE, KEYS = "table/steward", "table/steward-keys"
INDEXES = [f"{TABLE}/index/{index}" for index in ("gsi1", "gsi2")]
ON_ITEMS = [
    f"dynamodb:{action}"
    for action in ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
]
ON_FILES = [f"s3:{action}" for action in ("GetObject", "PutObject", "DeleteObject")]
#: Other actions that functions of one workspace may use. They reach nothing that belongs to a workspace.
ELSEWHERE = ["logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "ses:SendEmail"]
#: Functions that never refuse for lack of permission, or have no routes at all.
QUIET = {"check-deadlines", "docs", "live", "notifications", "on-upload", "rotate-keys", "search", "send-mail", "send-reminders"}
#: Functions that read no environment variables.
READ_NO_VARIABLES = {"docs"}

WRITTEN = template.read()
FUNCTIONS = template.functions(WRITTEN)


def reached(function: str, rules: list[Rule], target: Workspace, beside: tuple[str, ...] = ()) -> list[str]:
    """What `rules` let a function do with `target`. Each call for an item also names the partition keys `beside`."""
    calls = [
        Call(function, action, table, (*beside, key))
        for action in ON_ITEMS
        for table, keys in ((TABLE, target.partitions), (KEYS, target.keys))
        for key in keys
    ]
    calls += [
        Call(function, "dynamodb:Query", f"{TABLE}/index/{index}", (*beside, key))
        for index, keys in target.lists.items()
        for key in keys
    ]
    calls += [Call(function, action, f"Uploads/{file}") for action in ON_FILES for file in target.files]
    return [
        " ".join((function, call.action, *call.leading_keys, *([] if call.leading_keys else [call.resource])))
        for call in calls
        if allowed(rules, call)
    ]


def misplaced(functions: dict[str, Function]) -> list[str]:
    """Functions that `workspaces.toml` does not list exactly once, and names in it that no function has."""
    known = [*COMMON, *(function for workspace in WORKSPACES.values() for function in workspace.functions)]
    return sorted(name for name in {*functions, *known} if known.count(name) != 1 or name not in functions)


def trespasses(functions: dict[str, Function]) -> list[str]:
    """What functions of one workspace may do with what belongs to another."""
    return [
        trespass
        for own, other in permutations(WORKSPACES.values(), 2)
        for function in own.functions
        # One key among its own must not let another through.
        for beside in ((), (own.partitions[0],))
        for trespass in reached(function, functions[function].rules, other, beside)
    ]


def unknown_actions(functions: dict[str, Function]) -> list[str]:
    """Allowed actions that `reached` does not check, so they could reach anything."""
    known = [action.lower() for action in (*ON_ITEMS, *ON_FILES, *ELSEWHERE)]
    return [
        f"{function} {rule.action}"
        for workspace in WORKSPACES.values()
        for function in workspace.functions
        for rule in functions[function].rules
        if not rule.denies and rule.action.lower() not in known
    ]


def idle(functions: dict[str, Function]) -> list[str]:
    """Functions of a workspace that reach nothing of it."""
    return [
        function
        for workspace in WORKSPACES.values()
        for function in workspace.functions
        if not reached(function, functions[function].rules, workspace)
    ]


def scans(functions: dict[str, Function]) -> list[str]:
    """Functions that may read a whole table or index."""
    return [
        f"{function} {place}"
        for function, deployed in functions.items()
        for place in (TABLE, KEYS, *INDEXES)
        if allowed(deployed.rules, Call(function, "dynamodb:Scan", place))
    ]


def silent(functions: dict[str, Function]) -> list[str]:
    """Functions that refuse requests but cannot record that, or could record what they never do."""
    return [
        function
        for function, deployed in functions.items()
        if (function in QUIET) == allowed(deployed.rules, Call(function, "dynamodb:PutItem", TABLE, ("AUDIT#user#1",)))
    ]


def misinformed(functions: dict[str, Function]) -> list[str]:
    """Functions that know the system key although they may not unwrap with it, or do not know it although they may."""
    key = {"Fn::GetAtt": "SystemKey.Arn"}
    return [
        function
        for function, deployed in functions.items()
        if function not in READ_NO_VARIABLES
        and deployed.variables["KMS_KEY_ID"]
        != (key if allowed(deployed.rules, Call(function, "kms:Decrypt", "key/SystemKey", purpose="root")) else "")
    ]


def test_every_function_belongs_to_one_workspace_or_is_known_to_serve_both() -> None:
    assert misplaced(FUNCTIONS) == []


def test_no_function_of_one_workspace_reaches_anything_of_the_other() -> None:
    assert trespasses(FUNCTIONS) == []
    assert unknown_actions(FUNCTIONS) == []


def test_every_function_of_a_workspace_reaches_something_of_it() -> None:
    assert idle(FUNCTIONS) == []


def test_no_function_scans_but_the_one_that_wraps_every_key_again() -> None:
    assert scans(FUNCTIONS) == ["rotate-keys table/steward-keys"]


def test_exactly_the_functions_that_refuse_may_record_it() -> None:
    assert silent(FUNCTIONS) == []


def test_a_function_knows_the_system_key_exactly_when_it_may_unwrap_with_it() -> None:
    assert misinformed(FUNCTIONS) == []


# ---- Each check finds what it looks for.


def role(written: dict, function: str) -> dict:
    """The properties of a function's role."""
    return written["Resources"][f"{function}Role"]["Properties"]


def statements(written: dict, function: str) -> list[dict]:
    """The statements of a function's own policy."""
    return role(written, function)["Policies"][0]["PolicyDocument"]["Statement"]


def allow(function: str, action: str, resource: str, *keys: str) -> Callable[[dict], None]:
    """A change that allows a function something more."""

    def change(written: dict) -> None:
        statement = {"Effect": "Allow", "Action": action, "Resource": {"Fn::Sub": resource}}
        if keys:
            statement["Condition"] = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
        statements(written, function).append(statement)

    return change


def without_keys(written: dict) -> None:
    """Removes the condition on partition keys from a statement."""
    del next(one for one in statements(written, "Tasks") if one["Action"] == "dynamodb:GetItem")["Condition"]


def without_policies(written: dict) -> None:
    """Leaves a function only its managed policies."""
    role(written, "Tasks")["Policies"] = []


def managed(written: dict) -> None:
    """Gives a function of products the policy of a function of investors, as a managed policy."""
    written["Resources"]["Wide"] = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": statements(written, "Investors")}},
    }
    role(written, "Tasks")["ManagedPolicyArns"].append({"Ref": "Wide"})


def branch(written: dict) -> None:
    """Allows a scan of either table, depending on a condition."""
    tables = [{"Fn::Sub": f"{ARN}/${{{name}}}"} for name in ("TableName", "KeysTableName")]
    statement = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": {"Fn::If": ["IsEmulated", *tables]}}
    statements(written, "Audit").append({"Fn::If": ["IsEmulated", statement, statement]})


def variable(function: str, value: object) -> Callable[[dict], None]:
    """A change to the variable that names the system key to a function."""

    def change(written: dict) -> None:
        variables = written["Resources"][function]["Properties"].setdefault("Environment", {}).setdefault("Variables", {})
        variables["KMS_KEY_ID"] = value

    return change


def rename(written: dict) -> None:
    """Deploys a function under another name."""
    written["Resources"]["Tasks"]["Properties"]["FunctionName"] = {"Fn::Sub": "${AWS::StackName}-errands"}


ARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table"
DATA, WRAPPED = f"{ARN}/${{TableName}}", f"{ARN}/${{KeysTableName}}"
INVESTOR_KEYS = "SUBJECT#investor#*"


@pytest.mark.parametrize(
    ("check", "change", "found"),
    [
        (misplaced, rename, "errands"),
        (misplaced, rename, "tasks"),
        (trespasses, allow("Tasks", "dynamodb:GetItem", DATA, "INVESTOR#*"), "tasks dynamodb:GetItem INVESTOR#1"),
        (trespasses, allow("Tasks", "dynamodb:*", DATA, "AUDIT#*"), "tasks dynamodb:PutItem AUDIT#document#1"),
        (trespasses, allow("Tasks", "dynamodb:Get*", WRAPPED, INVESTOR_KEYS), "tasks dynamodb:GetItem SUBJECT#investor#1"),
        (trespasses, allow("Tasks", "dynamodb:Query", f"{DATA}/index/*", "DUE#*"), "tasks dynamodb:Query DUE#REMINDER#0"),
        (trespasses, allow("Assets", "s3:PutObject", "${Uploads.Arn}/*"), "assets s3:PutObject Uploads/documents/1/1"),
        (trespasses, allow("Documents", "s3:*", "${Uploads.Arn}/assets/*"), "documents s3:DeleteObject Uploads/assets/1/1"),
        (trespasses, allow("Investors", "dynamodb:PutItem", DATA, "*"), "investors dynamodb:PutItem PRODUCT#1"),
        (trespasses, without_keys, "tasks dynamodb:GetItem INVESTOR#1"),
        (trespasses, without_keys, "tasks dynamodb:GetItem PRODUCT#1 INVESTOR#1"),
        (trespasses, managed, "tasks dynamodb:PutItem INVESTOR#1"),
        (unknown_actions, allow("Tasks", "dynamodb:GetRecords", f"{DATA}/stream/*"), "tasks dynamodb:GetRecords"),
        (unknown_actions, allow("Investors", "lambda:InvokeFunction", "*"), "investors lambda:InvokeFunction"),
        (idle, without_policies, "tasks"),
        (scans, allow("Users", "dynamodb:Scan", DATA), "users table/steward"),
        (scans, allow("Users", "DynamoDB:sc*", f"{DATA}/index/*"), "users table/steward/index/gsi2"),
        (scans, allow("Users", "*", "*"), "users table/steward-keys"),
        # A scan names no partition key, so this condition lets it through.
        (scans, allow("Users", "dynamodb:Scan", DATA, "USER#*"), "users table/steward"),
        (scans, branch, "audit table/steward"),
        (scans, branch, "audit table/steward-keys"),
        (silent, without_policies, "tasks"),
        (silent, allow("SendMail", "dynamodb:PutItem", DATA, "AUDIT#user#*"), "send-mail"),
        (misinformed, variable("Tasks", ""), "tasks"),
        (misinformed, variable("CheckDeadlines", {"Fn::GetAtt": "SystemKey.Arn"}), "check-deadlines"),
        (misinformed, variable("Tasks", {"Ref": "SetupToken"}), "tasks"),
    ],
)
def test_what_is_wrong_is_found(check: Callable, change: Callable, found: str) -> None:
    written = deepcopy(WRITTEN)
    change(written)
    assert found in check(template.functions(written))


def attach(written: dict) -> None:
    """Adds a policy outside of the roles."""
    written["Resources"]["Wide"] = {"Type": "AWS::IAM::RolePolicy", "Properties": {}}


def attach_managed(written: dict) -> None:
    """Gives a role a managed policy that names the role."""
    written["Resources"]["WriteLogs"]["Properties"]["Roles"] = [{"Ref": "TasksRole"}]


def deny_in_branches(written: dict) -> None:
    """Denies one thing or another, depending on a condition."""
    statement = {"Effect": "Deny", "Action": "dynamodb:Scan", "Resource": {"Fn::If": ["IsEmulated", "*", {"Fn::Sub": DATA}]}}
    statements(written, "Tasks").append(statement)


def compute(written: dict) -> None:
    """Composes a resource with a function that is not evaluated."""
    allow("Tasks", "dynamodb:GetItem", DATA)(written)
    statements(written, "Tasks")[-1]["Resource"] = {"Fn::Join": [":", ["arn", "aws"]]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (attach, "a policy that this does not read: Wide"),
        (attach_managed, "a policy that this does not read: WriteLogs"),
        (deny_in_branches, "both branches of a denial"),
        (compute, "a function that this does not know"),
    ],
)
def test_a_policy_that_cannot_be_read_is_an_error(change: Callable, message: str) -> None:
    written = deepcopy(WRITTEN)
    change(written)
    with pytest.raises(ValueError, match=message):
        template.functions(written)


def test_the_template_has_the_tables_indexes_and_bucket_that_are_checked() -> None:
    """Otherwise a renamed one would let every check above pass."""
    granted = {resource for function in FUNCTIONS.values() for rule in function.rules for resource in rule.resources}
    assert {TABLE, KEYS, *INDEXES} <= granted
    assert any(like("Uploads/*", resource) for resource in granted)
    assert {index for workspace in WORKSPACES.values() for index in workspace.lists} == {"gsi1", "gsi2"}
