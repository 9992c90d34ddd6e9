"""A real S3 server of our own, because imitations let strangers read: SeaweedFS, on free ports, with one identity."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

WEED = Path(sys.executable).with_name("weed")
KEY, SECRET, BUCKET = "rectify", "only-for-tests", "evidence"
SERVICES = ("master", "volume", "filer", "s3")
PATIENCE = 60  # seconds; three are usual


def free_ports(number: int) -> list[int]:
    """Ports nobody has, below those the system gives to outgoing connections: one stays free while it is let go."""
    found: list[int] = []
    for port in random.sample(range(10_000, 32_000), 1000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
        if len(found) == number:
            return found
    raise RuntimeError("There are no free ports.")


@dataclass
class S3Server:
    """The server and its data; ``kill`` and ``start`` may follow each other."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        names = [f"{service}.port{grpc}" for service in SERVICES for grpc in ("", ".grpc")]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        identity = {
            "name": "rectify",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (self.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.folder / "data").mkdir()

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.ports['s3.port']}"

    def start(self) -> None:
        """Run it until it answers."""
        options = {
            "dir": "data",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.telemetry": "false",
            "master.electionTimeout": "1s",  # a second start waits so long for others of its kind
            "master.volumeSizeLimitMB": 64,
            "filer": "true",
            "s3": "true",
            "s3.config": "s3.json",
            "s3.iam": "false",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            **self.ports,
        }
        arguments = [f"-{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 -- our own words
                [WEED, "-logtostderr=true", "server", *arguments],
                cwd=self.folder,
                env={"HOME": str(self.folder)},
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.status_of(f"/{BUCKET}/") == 403
        return False

    def status_of(self, path: str, method: str = "GET") -> int:
        """What it answers to somebody who shows no key but what is in the address."""
        with contextlib.closing(http.client.HTTPConnection(self.host, timeout=10)) as connection:
            connection.request(method, path, body=b"x" if method == "PUT" else None)
            return connection.getresponse().status

    def kill(self) -> None:
        """End it at once, as a power cut would, and remove the sockets it then leaves."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        for port in self.ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 -- its choice
                left.unlink()
