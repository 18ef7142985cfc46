"""Corrects the emulator where it differs from AWS. Python imports this module before the emulator starts.

The emulator reads the condition keys of DynamoDB from the top of a request only. The projection of a BatchGetItem stands with each of its
tables, so it takes every batch for one that asks for all attributes, and refuses what AWS allows.
"""

import json

from ministack.core import iam_actions

_of_request = iam_actions.dynamodb_service_context


def _projections(body: bytes) -> list[dict]:
    """The parts of a batch that name attributes, one for each table; none if the request is not a batch of reads."""
    try:
        tables = json.loads(body or b"{}").get("RequestItems")
    except (ValueError, AttributeError):
        return []
    parts = list(tables.values()) if isinstance(tables, dict) else []
    return parts if all(isinstance(part, dict) and "Keys" in part for part in parts) else []


def dynamodb_service_context(body: bytes) -> dict:
    """The condition keys of a request. A batch asks for specific attributes only if it does so of each table."""
    parts = [_of_request(json.dumps(part).encode()) for part in _projections(body)]
    if not parts:
        return _of_request(body)
    attributes = [name for part in parts for name in part.get("dynamodb:Attributes", [])]
    specific = all(part["dynamodb:Select"] == "SPECIFIC_ATTRIBUTES" for part in parts)
    context = {"dynamodb:Select": "SPECIFIC_ATTRIBUTES" if specific else "ALL_ATTRIBUTES"}
    return context | ({"dynamodb:Attributes": attributes} if attributes else {})


iam_actions.dynamodb_service_context = dynamodb_service_context
