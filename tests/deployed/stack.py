"""Packages the functions and deploys `template.yaml`, unchanged except for its parameters."""

import hashlib
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import boto3
import httpx
from botocore.config import Config

from emulator import REGION, Emulator

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
STACK_NAME = "steward"
SETUP_TOKEN = "a-set-up-token-for-the-deployed-tests"
WEB_ORIGIN = "http://localhost:8080"
CODE_BUCKET = "steward-code"
CODE_URI = re.compile(r"^(\s+CodeUri: )target/lambda/([a-z-]+)/$", re.MULTILINE)


@dataclass
class Stack:
    """The facts about the deployed stack that the tests need."""

    emulator: Emulator
    outputs: dict[str, str]

    @property
    def api(self) -> str:
        """Base URL of the HTTP API, to which `/api/…` is appended."""
        return f"{self.emulator.url}/_aws/execute-api/{self.outputs['HttpApiId']}"

    def client(self, service: str, **credentials: str):
        """An AWS client of the emulator, as the account's root user unless other credentials are given."""
        return client(self.emulator, service, **credentials)

    def mails_to(self, address: str) -> list[dict]:
        """The mails that SES accepted for an address, oldest first."""
        told = httpx.get(f"{self.emulator.url}/_ministack/ses/messages").json()["messages"]
        return [mail for mails in told.values() for mail in mails if address in mail["To"]]

    def errors(self) -> list[str]:
        """The errors and warnings that the functions have logged so far."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=f"/{STACK_NAME}/functions")
        lines = [event["message"] for page in pages for event in page["events"]]
        return [line for line in lines if '"ERROR"' in line or '"WARN"' in line]


def client(emulator: Emulator, service: str, **credentials: str):
    """An AWS client that talks only to the emulator."""
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name=REGION,
        aws_access_key_id=credentials.get("key_id", "test"),
        aws_secret_access_key=credentials.get("secret", "test"),
        aws_session_token=credentials.get("token"),
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def functions() -> list[str]:
    """The names of the functions that the template deploys."""
    return [match.group(2) for match in CODE_URI.finditer(TEMPLATE.read_text())]


def package(emulator: Emulator, binaries: Path) -> str:
    """Uploads each function's binary as `aws cloudformation package` does, and returns the template that refers to them."""
    s3 = client(emulator, "s3")
    s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})

    def upload(match: re.Match) -> str:
        archive = _zip(binaries / match.group(2), emulator.folder)
        key = hashlib.sha256(archive.read_bytes()).hexdigest()
        s3.upload_file(str(archive), CODE_BUCKET, key)
        archive.unlink()
        return f"{match.group(1)}s3://{CODE_BUCKET}/{key}"

    return CODE_URI.sub(upload, TEMPLATE.read_text())


def _zip(binary: Path, folder: Path) -> Path:
    """A deployment package: the binary, named `bootstrap`, stripped of its symbols and compressed at a fast level."""
    bootstrap = folder / "bootstrap"
    if subprocess.run(["strip", "-o", bootstrap, binary], stderr=subprocess.DEVNULL).returncode != 0:
        shutil.copyfile(binary, bootstrap)
    bootstrap.chmod(0o755)
    archive = folder / f"{binary.name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        target.write(bootstrap, "bootstrap")
    bootstrap.unlink()
    return archive


def deploy(emulator: Emulator, binaries: Path) -> Stack:
    """Deploys the stack and waits until it is complete."""
    template = package(emulator, binaries)
    # The template exceeds the 51,200 bytes allowed inline, on AWS too, so it goes through the bucket.
    client(emulator, "s3").put_object(Bucket=CODE_BUCKET, Key="template.yaml", Body=template.encode())
    cloudformation = client(emulator, "cloudformation")
    parameters = {
        "Architecture": "x86_64",
        "SetupToken": SETUP_TOKEN,
        "EmulatorHost": emulator.host,
        "WebOrigin": WEB_ORIGIN,
        "MailFrom": "steward@example.com",
        "MailIdentity": "example.com",
    }
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateURL=f"{emulator.url}/{CODE_BUCKET}/template.yaml",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )
    except Exception as error:
        raise RuntimeError(f"The stack was not created: {_failures(cloudformation)}") from error
    described = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    return Stack(emulator, outputs)


def _failures(cloudformation) -> list[str]:
    """The reasons why resources could not be created."""
    try:
        events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    except cloudformation.exceptions.ClientError as error:
        return [str(error)]
    return [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
