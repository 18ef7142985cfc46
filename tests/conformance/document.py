"""What the API document must be, whatever the server does: valid OpenAPI 3.1, with patterns that compile and examples that fit."""

import copy
import re

import jsonschema_rs
import openapi_spec_validator


def nodes(value):
    """Every object in the document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def check(document: dict) -> list[str]:
    """What is wrong with the document."""
    wrong = []
    plain = copy.deepcopy(document)
    for node in nodes(plain):
        if isinstance(node.get("pattern"), str):
            # The validator takes patterns for those of Python, but they are those of ECMA-262.
            node["pattern"] = ""
    for error in openapi_spec_validator.OpenAPIV31SpecValidator(plain).iter_errors():
        wrong.append(f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
    for pattern in sorted({node["pattern"] for node in nodes(document) if isinstance(node.get("pattern"), str)}):
        try:
            jsonschema_rs.validator_for({"type": "string", "pattern": pattern})
        except ValueError as error:
            wrong.append(f"the pattern {pattern[:100]}: {error}")
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = {**content["schema"], "components": document["components"]}
                validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
                for error in validator.iter_errors(content["example"]):
                    where = "/".join(map(str, error.instance_path))
                    wrong.append(f"{method.upper()} {path}, example, {where}: {re.sub(r'does not match.*', 'does not match', error.message)[:300]}")
    return wrong
