"""The worker that lets LibreOffice convert a file to .docx.

Run as ``python -m documents.word.conversion_worker SECONDS``. LibreOffice inherits the limits of this process. It gets
a profile of its own, which runs no macros and follows no links, and, where the kernel allows it, no network.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve

MEMORY, FILE_SIZE, OPEN_FILES = 2 << 30, 100 << 20, 512  # LibreOffice starts with 1 GB of address space, not with less
KILLED = {124, 137, -9}  # how ``timeout`` ends when the time is over
_SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
_INTERNET = "/org.openoffice.Inet/Settings"
_PROXY = "127.0.0.1"  # at a port where nothing answers
_OPTIONS = (
    (_SECURITY, "DisableMacrosExecution", "true"),
    (_SECURITY, "MacroSecurityLevel", "3"),
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),
    (_INTERNET, "ooInetProxyType", "2"),
    (_INTERNET, "ooInetHTTPProxyName", _PROXY),
    (_INTERNET, "ooInetHTTPProxyPort", "9"),
    (_INTERNET, "ooInetHTTPSProxyName", _PROXY),
    (_INTERNET, "ooInetHTTPSProxyPort", "9"),
)


def write_profile(folder: Path) -> None:
    """Write the settings of LibreOffice for this one conversion."""
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _OPTIONS
    )
    user = folder / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        encoding="utf-8",
    )


def network_barrier() -> list[str]:
    """The command before another one that takes the network from it; empty where the kernel does not allow that."""
    program = shutil.which("unshare")
    command = [program, "--user", "--map-current-user", "--net"] if program else []
    allowed = program and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode  # noqa: S603 -- our own words
    return command if allowed else []


def convert(program: str, file: Path, seconds: int) -> int:
    """Let LibreOffice convert a file beside itself; gives the exit code."""
    profile = file.parent / "profile"
    write_profile(profile)
    # ``timeout`` kills the whole group, also when this worker is gone.
    command = ["timeout", "--signal=KILL", str(seconds), *network_barrier(), program]
    options = ["--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={profile.as_uri()}"]
    target = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(file.parent), str(file)]
    paths = {"HOME": str(file.parent), "TMPDIR": str(file.parent), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(  # noqa: S603 -- the program that the server has
        [*command, *options, *target],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        env={**paths, "LANG": "C.UTF-8"},
        start_new_session=True,
        check=False,
    ).returncode


def respond(head: Head, content: bytes) -> Message:
    """The content as a .docx file, empty when LibreOffice made none; ``is_late`` says that it was killed."""
    file = Path(head["folder"], f"letter.{head['extension']}")
    file.write_bytes(content)
    code = convert(head["program"], file, int(sys.argv[1]))
    made = file.with_suffix(".docx")
    return {"is_late": code in KILLED}, made.read_bytes() if code == 0 and made.is_file() else b""


def main() -> None:
    """Answer the request on standard input, within the limits."""
    seconds = int(sys.argv[1])
    with limit_resources(memory=MEMORY, seconds=seconds, open_files=OPEN_FILES, file_size=FILE_SIZE) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()
