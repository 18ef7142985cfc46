"""An AWS emulator (MiniStack) as a child process on a free loopback port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REGION = "eu-central-1"
ACCOUNT = "000000000000"
START_SECONDS = 60


def free_port() -> int:
    """A port that is currently free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    """MiniStack with IAM enforcement. It runs functions as processes, without Docker."""

    def __init__(self) -> None:
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        # Caches and logs private to this run, so that two runs never share code or state.
        self.folder = Path(tempfile.mkdtemp(prefix="steward-deployed-"))
        self.log = self.folder / "emulator.log"
        self._process: subprocess.Popen | None = None

    def start(self, endpoint: str | None = None) -> None:
        """Starts the emulator and waits until it responds. Functions call AWS at `endpoint`, or at the emulator if it is not given."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(Path(__file__).parent / "corrections"),
            "TMPDIR": str(self.folder),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "AUTH": "true",
            # Passed on to the functions, which would otherwise call AWS itself.
            "AWS_ENDPOINT_URL": endpoint or self.url,
            # Listeners on fixed ports that Steward does not use.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": os.environ.get("EMULATOR_LOG_LEVEL", "WARNING"),
        }
        executable = Path(sys.executable).parent / "ministack"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [executable], env=environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"The emulator exited during startup:\n{self.tail()}")
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"The emulator did not respond within {START_SECONDS} s:\n{self.tail()}")

    def stop(self) -> None:
        """Stops the emulator and the functions it runs: one process group, which this run started."""
        if self._process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(timeout=5)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def tail(self, lines: int = 60) -> str:
        """The end of the emulator's log, including the functions' output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
