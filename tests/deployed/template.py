"""Reads the functions of `template.yaml`, with the rules of their roles, without deploying it."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from policies import Rule, listed, rules_of

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
#: Values of the pseudo parameters, and of the parameters that have no default.
VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::AccountId": "000000000000",
    "AWS::StackName": "steward",
    "MailFrom": "steward@example.com",
}
#: ARNs of the resources to which policies refer. Each resource is named by its logical id.
ARNS = {
    "AWS::KMS::Key": "arn:aws:kms:eu-central-1:000000000000:key/{}",
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-central-1:000000000000:log-group:{}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": "arn:aws:sqs:eu-central-1:000000000000:{}",
}
#: The IAM resources that this reads. Any other could grant a role more.
IAM_TYPES = {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}


@dataclass(frozen=True)
class Function:
    """One function of the template."""

    #: Its environment variables, including those of all functions, as the template states them.
    variables: dict[str, object]
    rules: list[Rule]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms, such as `!Sub text`, as the long ones."""


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> dict:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _long_form)


def read() -> dict:
    """The template as it is written."""
    return yaml.load(TEMPLATE.read_text(), _Loader)


def functions(template: dict) -> dict[str, Function]:
    """The functions of `template`, by their names without the name of the stack."""
    resources = template["Resources"]
    for name, resource in resources.items():
        attached = resource.get("Properties", {}).keys() & {"Roles", "Users", "Groups"}
        if resource["Type"].startswith("AWS::IAM::") and (attached or resource["Type"] not in IAM_TYPES):
            raise ValueError(f"a policy that this does not read: {name}")
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    found = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            name = resolved(template, properties["FunctionName"]).removeprefix("steward-")
            own = properties.get("Environment", {}).get("Variables", {})
            found[name] = Function(shared | own, _rules(template, properties["Role"]))
    return found


def _rules(template: dict, role: dict) -> list[Rule]:
    """The rules of a function's role, which the function names by its ARN."""
    resources = template["Resources"]
    properties = resources[role["Fn::GetAtt"].removesuffix(".Arn")]["Properties"]
    documents = [resources[policy["Ref"]]["Properties"]["PolicyDocument"] for policy in properties.get("ManagedPolicyArns", [])]
    documents += [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    return [rule for document in documents for rule in rules_of(resolved(template, document))]


def resolved(template: dict, value):
    """`value` without intrinsic functions. `If` becomes both of its branches, so a policy grants what either would grant."""
    if isinstance(value, list):
        return [one for item in value for one in listed(resolved(template, item))]
    if not isinstance(value, dict):
        return value
    if value.get("Effect") == "Deny" and "Fn::If" in str(value):
        raise ValueError(f"both branches of a denial would deny more than either: {value}")
    match list(value.items()):
        case [("Ref", str(name))]:
            return _referred(template, name)
        case [("Fn::GetAtt", str(attribute))]:
            return _attribute(template, attribute)
        case [("Fn::Sub", str(text))]:
            return re.sub(r"\$\{([^}]+)\}", lambda found: _variable(template, found.group(1)), text)
        case [("Fn::If", [_, yes, no])]:
            return resolved(template, [yes, no])
        case [(str(name), _)] if name.startswith("Fn::"):
            raise ValueError(f"a function that this does not know: {value}")
    return {key: resolved(template, item) for key, item in value.items()}


def _variable(template: dict, name: str) -> str:
    return _attribute(template, name) if "." in name else _referred(template, name)


def _referred(template: dict, name: str) -> str:
    if name in VALUES:
        return VALUES[name]
    if name in template["Resources"]:
        return name
    return template["Parameters"][name]["Default"]


def _attribute(template: dict, attribute: str) -> str:
    name, kind = attribute.split(".")
    if kind != "Arn":
        raise ValueError(f"an attribute that this does not know: {attribute}")
    return ARNS[template["Resources"][name]["Type"]].format(name)
