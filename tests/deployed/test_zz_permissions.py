"""Each role allows what its function does, and nothing else."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

import stack as stacks
import template
from policies import Rule, allowed, deployed_rules
from recorder import Recorder

#: Runs inside the emulator with another function's role and returns AWS's answer.
PROBE = """
import boto3, os
from botocore.config import Config
def handler(event, context):
    client = boto3.client(event["service"], endpoint_url=event["endpoint"], region_name="eu-central-1",
                          config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}))
    try:
        getattr(client, event["operation"])(**event["arguments"])
    except client.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""
DENIED = {"AccessDenied", "AccessDeniedException"}
ITEM = {"pk": {"S": "probe"}, "sk": {"S": "probe"}}
GET = ("dynamodb", "get_item", {"TableName": "steward", "Key": ITEM})
PUT = ("dynamodb", "put_item", {"TableName": "steward", "Item": ITEM})
DELETE = ("dynamodb", "delete_item", {"TableName": "steward", "Key": ITEM})
SCAN = ("dynamodb", "scan", {"TableName": "steward"})
DROP = ("dynamodb", "delete_table", {"TableName": "steward"})
GET_KEY = ("dynamodb", "get_item", {"TableName": "steward-keys", "Key": {"pk": {"S": "SYSTEM#root"}}})
PUT_KEY = ("dynamodb", "put_item", {"TableName": "steward-keys", "Item": {"pk": {"S": "SYSTEM#probe"}}})
DELETE_KEY = ("dynamodb", "delete_item", {"TableName": "steward-keys", "Key": {"pk": {"S": "SUBJECT#probe"}}})
SCAN_KEYS = ("dynamodb", "scan", {"TableName": "steward-keys"})
READ_FILE = ("s3", "get_object", {"Bucket": "steward-uploads-000000000000-eu-central-1", "Key": "imports/probe"})
READ_ELSEWHERE = ("s3", "get_object", {"Bucket": stacks.CODE_BUCKET, "Key": "template.yaml"})
NEW_KEY = ("kms", "generate_data_key", {"KeyId": "@key", "KeySpec": "AES_256"})
INVOKE = ("lambda", "invoke", {"FunctionName": "steward-auth"})
READ_SECRETS = ("lambda", "get_function_configuration", {"FunctionName": "steward-auth"})
SEND = ("ses", "send_email", {"Source": "steward@example.com", "Destination": {"ToAddresses": ["a@example.com"]},
                               "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}})
ROLES = ("iam", "list_roles", {})

NEVER = [SCAN, DROP, READ_ELSEWHERE, INVOKE, READ_SECRETS, ROLES]
REFUSED = {
    "auth": [READ_FILE, SEND],
    "users": [READ_FILE, NEW_KEY, DELETE_KEY],
    "investors": [READ_FILE, NEW_KEY, DELETE_KEY],
    "activities": [READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY],
    "reminders": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "investments": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "documents": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "products": [READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "requirements": [READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "milestones": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "assets": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "tasks": [READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "product-analytics": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "check-deadlines": [DELETE, GET_KEY, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "search": [GET, PUT, DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "analytics": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "exports": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "reports": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY, SEND],
    "imports": [NEW_KEY, PUT_KEY, DELETE_KEY],
    "audit": [READ_FILE, DELETE, NEW_KEY, PUT_KEY, DELETE_KEY],
    "notifications": [READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY],
    "docs": [GET, PUT, DELETE, GET_KEY, PUT_KEY, DELETE_KEY, READ_FILE, NEW_KEY],
    "live": [GET_KEY, PUT_KEY, DELETE_KEY, READ_FILE, NEW_KEY],
    "on-change": [PUT_KEY, DELETE_KEY, READ_FILE, NEW_KEY],
    "on-upload": [DELETE, READ_FILE, GET_KEY, PUT_KEY, DELETE_KEY, NEW_KEY, SEND],
    "rotate-keys": [GET, PUT, DELETE, READ_FILE, DELETE_KEY, SEND],
    "run-jobs": [DELETE_KEY, NEW_KEY],
    "send-reminders": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY],
    "send-mail": [DELETE, READ_FILE, NEW_KEY, PUT_KEY, DELETE_KEY],
}
#: These are allowed, which shows that the probe can tell the difference.
ALLOWED = {"auth": [GET, NEW_KEY], "investors": [GET, GET_KEY], "live": [PUT], "run-jobs": [GET], "rotate-keys": [SCAN_KEYS]}


def role_of(stack: stacks.Stack, function: str) -> str:
    """The ARN of a function's role."""
    return stack.client("lambda").get_function_configuration(FunctionName=f"steward-{function}")["Role"]


def probe(stack: stacks.Stack, function: str, attempts: list[tuple]) -> list[str]:
    """AWS's answer to each attempt, made with the role of `function`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("probe.py", PROBE)
    client, name = stack.client("lambda"), f"probe-{function}"
    client.create_function(FunctionName=name, Runtime="python3.11", Handler="probe.handler", Timeout=30,
                           Role=role_of(stack, function), Code={"ZipFile": archive.getvalue()})
    answers = []
    for service, operation, arguments in attempts:
        arguments = {key: stack.outputs["SystemKeyArn"] if value == "@key" else value for key, value in arguments.items()}
        event = {"service": service, "operation": operation, "arguments": arguments, "endpoint": stack.emulator.url}
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event))
        answers.append(json.loads(answer["Payload"].read()))
    client.delete_function(FunctionName=name)
    return answers


@pytest.mark.parametrize("function", stacks.functions())
def test_a_role_denies_what_its_function_never_does(stack: stacks.Stack, function: str) -> None:
    attempts = NEVER + REFUSED[function] + ([] if function == "rotate-keys" else [SCAN_KEYS])
    answers = probe(stack, function, attempts)
    assert [(a[:2], answer) for a, answer in zip(attempts, answers, strict=True) if answer not in DENIED] == []


@pytest.mark.parametrize("function", ALLOWED)
def test_a_role_allows_what_its_function_does(stack: stacks.Stack, function: str) -> None:
    attempts = ALLOWED[function]
    answers = probe(stack, function, attempts)
    assert [(a[:2], answer) for a, answer in zip(attempts, answers, strict=True) if answer in DENIED] == []


# ---- The remaining checks cover every call that the tests in the files before this one made the functions send. pytest runs
# ---- files in alphabetical order, so this file's name keeps these checks last.


@pytest.fixture(scope="module")
def granted(stack: stacks.Stack) -> dict[str, list[Rule]]:
    """The rules of each function's role."""
    iam = stack.client("iam")
    return {
        f"steward-{function}": deployed_rules(iam, role_of(stack, function).rsplit("/", 1)[-1])
        for function in stacks.functions()
    }


def test_the_deployed_policies_are_those_that_the_template_states(stack: stacks.Stack, granted: dict) -> None:
    """So that what `test_separation.py` proves about the template holds for the stack."""

    def of_data(rules: list[Rule]) -> set[Rule]:
        bucket = stack.outputs["UploadsBucket"]
        return {
            replace(rule, resources=tuple(resource.replace(bucket, "Uploads") for resource in rule.resources))
            for rule in rules
            if rule.action.startswith(("dynamodb:", "s3:"))
        }

    stated = template.functions(template.read())
    assert {f"steward-{function}": of_data(one.rules) for function, one in stated.items()} == {
        function: of_data(rules) for function, rules in granted.items()
    }


def test_every_call_was_within_its_policy(recorder: Recorder, granted: dict) -> None:
    assert recorder.calls, "no calls were recorded"
    outside = [call for call in recorder.calls if call.function in granted and not allowed(granted[call.function], call)]
    assert not outside, "\n".join(sorted({f"{call.function}: {call.action} {call.resource} {call.leading_keys}" for call in outside}))


#: Used by AWS itself on the function's behalf, or only when something goes wrong.
UNSEEN = {
    "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", "dynamodb:DescribeStream", "dynamodb:GetRecords",
    "dynamodb:GetShardIterator", "dynamodb:ListStreams", "execute-api:ManageConnections", "s3:ListBucket",
}


#: Calls made only after a failure or a cold start, which the in-process tests cover.
RARE = (
    "auth: kms:Decrypt ",
    # When the data key is still cached from the run before.
    "send-mail: dynamodb:GetItem steward ",
    "send-reminders: dynamodb:GetItem steward ",
    # When a product is deleted while one of its files is being checked.
    "on-upload: s3:DeleteObject ",
    # Its responses have no cursor and are not stored, so nothing needs the root key.
    "product-analytics: kms:Decrypt ",
)


def test_no_grant_is_unused(recorder: Recorder, granted: dict) -> None:
    unused = sorted(
        f"{function.removeprefix('steward-')}: {rule.action} {rule.resources[0].rsplit('/', 1)[-1]} {rule.conditions}"
        for function, rules in granted.items()
        for rule in rules
        if not rule.denies
        and rule.action not in UNSEEN
        and not any(call.function == function and rule.covers(call) for call in recorder.calls)
    )
    superfluous = [line for line in unused if not line.startswith(RARE)]
    assert not superfluous, "\n".join(superfluous)
