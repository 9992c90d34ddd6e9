"""A trial of ``make run`` and ``make test`` on bare Debian machines, as root and as a user who cannot install packages.

Called by ``scripts/fresh``, as root, in a namespace of its own. A machine is a root made by debootstrap with nothing
but python3, git and make, unpacked anew for each trial, with a clean clone of the last commit in it.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from downloads import Downloads, measure_downloads
from host_settings import apply_settings, bind_read_only, debian_sources, run_command

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("FRESH_DIR") or PROJECT / "var" / "fresh")
PACKAGES = "python3,git,make"
ACCOUNT = "clerk"  # who may not install packages
HOMES = {"root": "/root", "plain": f"/home/{ACCOUNT}"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLONE = "/srv/rectify"
PIP_LOG = "pip.log"  # in the home
SAMPLES = "shared"  # folder of samples, mounted beside the clone if it exists beside this checkout
PATIENCE = {"run": 900, "test": 5400}  # seconds until a trial fails
LINE_TO_TYPE = re.compile(r"^ +(apt-get update && .+)$", re.MULTILINE)
CLOSING_LINE = re.compile(r"^=+ (.+) =+$", re.MULTILINE)


class TrialError(Exception):
    """The reason why a trial failed."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The outcome of one trial: seconds until the server answered or the tests ended, and what was downloaded."""

    release: str
    user: str
    command: str
    outcome: str
    seconds: float
    downloads: Downloads

    @property
    def row(self) -> str:
        """The result as a line of the printed table."""
        return (
            f"{self.release:<10}{self.user:<7}{'make ' + self.command:<11}{self.seconds:>7.0f}"
            f"{self.downloads.packages:>8.1f}{self.downloads.lists:>9.1f}  {self.outcome}"
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """An unpacked root with the clone in it, for one trial."""

    root: Path
    user: str
    command: str
    variables: dict[str, str]
    log: Path

    @contextmanager
    def start(self, words: list[str], user: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command in the clone, with its output in the log; end it on leaving the block."""
        name = "root" if user == "root" else ACCOUNT
        home = HOMES[user]
        variables = {"HOME": home, "USER": name, "PATH": PATH, "PIP_LOG": f"{home}/{PIP_LOG}", **self.variables}
        settings = [f"{key}={value}" for key, value in variables.items()]
        chroot = ["chroot", f"--userspec={name}:{name}", str(self.root), "env", "-i", f"--chdir={CLONE}", *settings]
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own words
                [*chroot, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            end_group(process)

    def run(self, words: list[str], user: str) -> int:
        """Run a command to its end and return its exit status; TrialError when it takes too long."""
        with self.start(words, user) as process:
            try:
                return process.wait(PATIENCE["test"])
            except subprocess.TimeoutExpired as error:
                raise TrialError(f"not done after {PATIENCE['test']} s") from error

    def perform(self) -> str:
        """Run the trial and return its outcome; for a user other than root install what is missing first."""
        if self.user != "root":
            self.install_what_is_missing()
        return self.serve() if self.command == "run" else self.test()

    def install_what_is_missing(self) -> None:
        """Run the command, which must fail with exactly one line to type, and run that line as root."""
        if self.run(["make", self.command], self.user) == 0:
            raise TrialError("nothing was missing: this machine is not bare")
        lines = LINE_TO_TYPE.findall(self.log.read_text(errors="replace"))
        if len(lines) != 1:
            raise TrialError(f"{len(lines)} lines to type instead of one")
        if self.run(["sh", "-c", lines[0]], "root") != 0:
            raise TrialError(f"the line to type failed: {lines[0]}")

    def serve(self) -> str:
        """Start the server, wait for the sign-in page and stop it again."""
        port = free_port()
        with self.start(["make", "run", f"PORT={port}"], self.user) as process:
            wait_for_sign_in_page(f"http://127.0.0.1:{port}/", process)
        return "ok"

    def test(self) -> str:
        """Run the tests, or those in TESTS; return the last line of the test runner."""
        some = os.environ.get("TESTS", "").split()
        status = self.run(["scripts/test", *some] if some else ["make", "test"], self.user)
        closing = CLOSING_LINE.findall(self.log.read_text(errors="replace"))
        if status != 0:
            raise TrialError(closing[-1] if closing else f"make ended with {status}")
        return f"ok: {closing[-1]}"

    def downloads(self) -> Downloads:
        """The downloads of the trial."""
        pip_log = self.root / HOMES[self.user][1:] / PIP_LOG
        return measure_downloads(self.root, pip_log, self.log.read_text(errors="replace"))


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group, with SIGKILL after 30 seconds."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_sign_in_page(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the page answers; TrialError when the server ends before, or after too long a time."""
    until = time.monotonic() + PATIENCE["run"]
    while time.monotonic() < until:
        if process.poll() is not None:
            raise TrialError(f"make ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
                if b'type="password"' not in answer.read():
                    raise TrialError(f"{answer.url} is no sign-in page")
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TrialError(f"no answer after {PATIENCE['run']} s")


def base_archive(release: str) -> Path:
    """The archive of a pristine root, which is made if it is missing; delete it to have it made anew."""
    archive = FOLDER / f"{release}.tar"
    if not archive.is_file():
        print(f"==> Making a root of Debian {release}", flush=True)
        with scratch_folder() as root:
            mirror = debian_sources(release)[0].uri
            log = FOLDER / f"debootstrap-{release}.log"
            log.write_text(
                run_command("debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, root, mirror)
            )
            for folder in (root / "var/lib/apt/lists", root / "var/cache/apt/archives"):
                shutil.rmtree(folder)
                (folder / "partial").mkdir(parents=True)
            # Renamed when complete: an interrupted run must leave no partial archive.
            half = archive.with_suffix(".half")
            run_command("tar", "-C", root, "-cf", half, ".")
            half.replace(archive)
    return archive


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder, which is removed on leaving together with its mounts, but never what is mounted."""
    root = Path(tempfile.mkdtemp(dir=FOLDER, prefix="root-"))
    root.chmod(0o755)
    try:
        yield root
    finally:
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for point in reversed([point for point in mounts if point.startswith(f"{root}/")]):
            run_command("umount", "--lazy", point)
        run_command("rm", "-rf", "--one-file-system", root)


@contextmanager
def fresh_machine(release: str, user: str, command: str) -> Iterator[Machine]:
    """A new machine with the clone in it, removed on leaving."""
    archive = base_archive(release)
    log = FOLDER / f"{release}-{user}-{command}.log"
    log.write_bytes(b"")
    with scratch_folder() as root:
        run_command("tar", "-C", root, "-xf", archive)
        mount_kernel_folders(root)
        run_command("chroot", root, "useradd", "--create-home", ACCOUNT)
        variables = apply_settings(root, release, [home[1:] for home in HOMES.values()])
        make_clone(root)
        if user != "root":
            run_command("chroot", root, "chown", "-R", f"{ACCOUNT}:", HOMES[user], CLONE)
        yield Machine(root, user, command, variables, log)


def mount_kernel_folders(root: Path) -> None:
    """Mount proc, sys, dev and a shared memory, which Chromium needs for its pages."""
    run_command("mount", "-t", "proc", "proc", root / "proc")
    run_command("mount", "-t", "sysfs", "sysfs", root / "sys")
    run_command("mount", "--rbind", "--make-rprivate", "/dev", root / "dev")
    run_command("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", root / "dev/shm")


def make_clone(root: Path) -> None:
    """Clone the last commit into a root, and mount the samples beside it if there are any."""
    target = root / CLONE[1:]
    run_command("git", "clone", "--quiet", "--no-hardlinks", PROJECT, target)
    samples = PROJECT.parent / SAMPLES
    if samples.is_dir():
        bind_read_only(samples, target.parent / SAMPLES)


def try_command(release: str, user: str, command: str) -> TrialResult:
    """Run one trial on a machine of its own and print its outcome."""
    print(f"==> Debian {release}, {user}: make {command}", flush=True)
    with fresh_machine(release, user, command) as machine:
        started = time.monotonic()
        try:
            outcome = machine.perform()
        except TrialError as error:
            outcome = f"FAILED: {error} (see {machine.log})"
        result = TrialResult(release, user, command, outcome, time.monotonic() - started, machine.downloads())
    print(f"    {result.outcome} ({result.seconds:.0f} s)", flush=True)
    return result


def read_choice(name: str, known: tuple[str, ...]) -> list[str]:
    """The values of an environment variable, by default all known ones; SystemExit for an unknown one."""
    values = os.environ.get(name, "").split() or list(known)
    if unknown := set(values) - set(known):
        raise SystemExit(f"!!! {name} knows {' '.join(known)}, not {' '.join(sorted(unknown))}.")
    return values


def main() -> int:
    """Run the chosen trials and print the table; 1 when one failed."""
    # As an exception SIGTERM lets ``scratch_folder`` unmount and remove what it made.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    releases = read_choice("RELEASES", ("bookworm", "trixie"))
    users, commands = read_choice("USERS", ("root", "plain")), read_choice("COMMANDS", ("run", "test"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = [try_command(release, user, command) for release in releases for user in users for command in commands]
    print(f"\n{'release':<10}{'user':<7}{'command':<11}{'seconds':>7}{'MB':>8}{'+ lists':>9}  result")
    print("\n".join(result.row for result in results))
    return int(any(not result.outcome.startswith("ok") for result in results))


if __name__ == "__main__":
    sys.exit(main())
