"""A proxy between the functions and the emulator that records every AWS call a function makes.

The emulator checks actions and resources but not `dynamodb:LeadingKeys` or `kms:EncryptionContext`. From this record,
`policies.py` checks each call against the function's policy as AWS itself would.
"""

import http.client
import json
import re
import threading
from dataclasses import dataclass, field
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length"}
CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/")
KEY_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
TRANSACTION = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
S3_ACTIONS = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}


@dataclass(frozen=True)
class Call:
    """One call by a function to AWS, in IAM's terms."""

    function: str
    action: str
    #: The end of the resource's ARN: `table/steward/index/gsi1`, `bucket/key`, `key/<id>`.
    resource: str
    #: Partition keys of the requested items.
    leading_keys: tuple[str, ...] = ()
    #: Top-level attributes that a read names; empty if it reads all.
    attributes: tuple[str, ...] = ()
    #: Whether a read names attributes: `SPECIFIC_ATTRIBUTES` or `ALL_ATTRIBUTES`.
    select: str | None = None
    #: `purpose` in the KMS encryption context.
    purpose: str | None = None
    #: The sender address of an email.
    from_address: str | None = None


@dataclass
class Recorder:
    """The proxy; `calls` holds the calls made so far."""

    upstream: str
    port: int = 0
    calls: set[Call] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._functions: dict[str, str] = {}
        self._lock = threading.Lock()
        recorder = self

        class Handler(_Handler):
            owner = recorder

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        """The endpoint at which the functions reach AWS."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serves in the background."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()

    def record(self, key_id: str, method: str, target: str | None, path: str, body: bytes) -> None:
        """Records one request under the function whose credentials it carries."""
        function = self._function(key_id)
        if target:
            calls = _dynamodb_or_kms(function, target, json.loads(body or b"{}"))
        elif body.startswith(b"Action=SendEmail"):
            calls = [_ses(function, parse_qs(body.decode()))]
        else:
            calls = _s3(function, method, path, body)
        with self._lock:
            self.calls.update(calls)

    def _function(self, key_id: str) -> str:
        """The function that owns this access key. The caller is still running, so its environment shows the key."""
        with self._lock:
            if key_id not in self._functions:
                self._functions[key_id] = _owner_of(key_id)
            return self._functions[key_id]


def _owner_of(key_id: str) -> str:
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = environment.read_bytes().split(b"\0")
        except OSError:
            continue
        if f"AWS_ACCESS_KEY_ID={key_id}".encode() in variables:
            named = [v for v in variables if v.startswith(b"AWS_LAMBDA_FUNCTION_NAME=")]
            return named[0].split(b"=", 1)[1].decode() if named else "unknown"
    return "unknown"


def _dynamodb_or_kms(function: str, target: str, body: dict) -> list[Call]:
    service, operation = target.split(".", 1)
    if service == "TrentService":
        key = body.get("KeyId", "").rsplit(":", 1)[-1]
        return [Call(function, f"kms:{operation}", key, purpose=body.get("EncryptionContext", {}).get("purpose"))]
    if operation == "TransactWriteItems":
        writes = [next(iter(item.items())) for item in body["TransactItems"]]
        return [
            Call(function, TRANSACTION[kind], f"table/{write['TableName']}", (_pk(write.get("Key") or write["Item"]),))
            for kind, write in writes
        ]
    action = f"dynamodb:{operation}"
    if operation == "BatchGetItem":
        return [
            Call(function, action, f"table/{table}", tuple(sorted({_pk(key) for key in wanted["Keys"]})), *_projected(wanted))
            for table, wanted in body["RequestItems"].items()
        ]
    if operation == "Query":
        index = body.get("IndexName")
        resource = f"table/{body['TableName']}" + (f"/index/{index}" if index else "")
        return [Call(function, action, resource, (_queried(body, f"{index or ''}pk"),))]
    key = body.get("Key") or body.get("Item")
    return [Call(function, action, f"table/{body.get('TableName')}", (_pk(key),) if key else ())]


def _projected(read: dict) -> tuple[tuple[str, ...], str]:
    """The attributes that a read of items names, and what IAM calls that."""
    if "ProjectionExpression" not in read:
        return (), "ALL_ATTRIBUTES"
    names = read.get("ExpressionAttributeNames", {})
    top = {re.split(r"[.\[]", path.strip())[0] for path in read["ProjectionExpression"].split(",")}
    return tuple(sorted(names.get(name, name) for name in top)), "SPECIFIC_ATTRIBUTES"


def _pk(key: dict) -> str:
    return key["pk"]["S"]


def _queried(body: dict, attribute: str) -> str:
    names = body.get("ExpressionAttributeNames", {})
    for name, value in KEY_EQUALS.findall(body["KeyConditionExpression"]):
        if names.get(name, name) == attribute:
            return body["ExpressionAttributeValues"][value]["S"]
    raise ValueError(f"no partition key in {body['KeyConditionExpression']}")


def _ses(function: str, form: dict[str, list[str]]) -> Call:
    address = parseaddr(form["Source"][0])[1]
    return Call(function, "ses:SendEmail", f"identity/{address.rsplit('@', 1)[-1]}", from_address=address)


def _s3(function: str, method: str, path: str, body: bytes) -> list[Call]:
    bucket, _, key = urlsplit(path).path.lstrip("/").partition("/")
    if method == "POST" and not key:
        # A bulk delete: the keys are in the body.
        keys = re.findall(r"<Key>([^<]+)</Key>", body.decode())
        return [Call(function, "s3:DeleteObject", f"{bucket}/{key}") for key in keys]
    if not key:
        return [Call(function, "s3:ListBucket", bucket)]
    return [Call(function, S3_ACTIONS.get(method, f"s3:{method}"), f"{bucket}/{key}")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Recorder

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        query = parse_qs(urlsplit(self.path).query)
        credential = CREDENTIAL.search(self.headers.get("authorization") or "")
        key_id = credential.group(1) if credential else query.get("X-Amz-Credential", ["/"])[0].split("/")[0]
        if key_id:
            self.owner.record(key_id, self.command, self.headers.get("x-amz-target"), self.path, body)
        upstream = http.client.HTTPConnection(self.owner.upstream, timeout=60)
        try:
            # The host is part of the signature, so it is passed on unchanged.
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_HEADERS:
                    upstream.putheader(name, value)
            upstream.putheader("Content-Length", str(len(body)))
            upstream.endheaders(body)
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        length = answer.headers.get("content-length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _forward

    def log_message(self, *_: object) -> None:
        """Logs nothing, because the emulator has a log."""
