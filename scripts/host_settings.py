"""This machine's settings for Debian's mirror and Python packages, applied to a root that is made on it.

Everything is read when it is needed, from the configuration of apt and pip and the environment.
"""

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What decides how packages are fetched; the rest of apt's configuration stays the release's own.
APT_SETTINGS = re.compile(r"Acquire::(https?|ftp|Retries|Check-|Allow|Force)")
VARIABLES = re.compile(
    r"PIP_\w+|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE", re.IGNORECASE
)
PIP_FILES = (Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", Path.home() / ".config/pip/pip.conf")
HOST_PATH = re.compile(r"(?<![\w:/.-])(?:file://)?(/[\w.+/-]+)|file://(/[\w.+/-]+)")
INSIDE = "/host"  # folder in a root for files and folders of this machine that the settings name


def run_command(*words: str | Path) -> str:
    """The output of a command; CalledProcessError when it fails."""
    command = [str(word) for word in words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own words


@dataclass(frozen=True, slots=True)
class AptSource:
    """One line of apt's sources."""

    uri: str
    suite: str
    component: str

    def for_release(self, release: str) -> "AptSource":
        """The same archive, for another release."""
        return AptSource(self.uri, self.suite.replace(host_release(), release, 1), self.component)


def host_release() -> str:
    """The code name of this machine's release."""
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "")


def debian_sources(release: str) -> list[AptSource]:
    """This machine's sources, for another release; the first is the release itself, not its updates.

    SystemExit where apt is configured with no mirror of Debian.
    """
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    lines = run_command("apt-get", "indextargets", "--format", form, "Created-By: Packages").splitlines()
    found = {AptSource(*line.split()) for line in lines if len(line.split()) == 3}
    own = [
        source for source in found if source.suite.partition("-")[0] == host_release() and source.component == "main"
    ]
    if not own or platform.freedesktop_os_release().get("ID") != "debian":
        raise SystemExit("!!! apt is configured with no mirror of a Debian release.")
    return [source.for_release(release) for source in sorted(own, key=lambda source: source.suite)]


def fetching_variables() -> dict[str, str]:
    """The environment variables that decide how packages are fetched."""
    return {name: value for name, value in os.environ.items() if VARIABLES.fullmatch(name)}


def apply_settings(root: Path, release: str, homes: list[str]) -> dict[str, str]:
    """Write this machine's settings into a root and return the environment for commands in it.

    ``homes`` are the home folders, relative to the root, that get pip's settings.
    """
    lines = [f"deb {source.uri} {source.suite} {source.component}\n" for source in debian_sources(release)]
    (root / "etc/apt/sources.list").write_text("".join(lines))
    dump = run_command("apt-config", "dump", "Acquire").splitlines()
    settings = [line for line in dump if APT_SETTINGS.match(line)]
    (root / "etc/apt/apt.conf.d/90host").write_text("\n".join([*settings, ""]))
    for key in Path("/etc/apt/trusted.gpg.d").iterdir():
        shutil.copy(key, root / "etc/apt/trusted.gpg.d")
    for name in ("resolv.conf", "hosts"):
        shutil.copy(Path("/etc") / name, root / "etc" / name)
    for file in filter(Path.is_file, PIP_FILES):
        text = map_paths(file.read_text(), root)
        targets = ["etc/pip.conf"] if file.parts[1] == "etc" else [f"{home}/.config/pip/pip.conf" for home in homes]
        for target in (root / name for name in targets):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    return {name: map_paths(value, root) for name, value in fetching_variables().items()}


def map_paths(text: str, root: Path) -> str:
    """The text of a setting, with existing paths moved below ``INSIDE`` and made available there."""

    def inside(match: re.Match[str]) -> str:
        path = Path(match[1] or match[2])
        if not path.exists():
            return match[0]
        target = root / INSIDE[1:] / path.relative_to("/")
        if not target.exists():
            provide(path, target)
        return match[0].replace(str(path), f"{INSIDE}{path}")

    return HOST_PATH.sub(inside, text)


def provide(path: Path, target: Path) -> None:
    """Copy a file, or mount a folder read-only; for an index of packages also its neighbouring folders."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        shutil.copy(path, target)
    elif path.name == "simple":  # its pages refer to files outside
        bind_read_only(path.parent, target.parent)
    else:
        bind_read_only(path, target)


def bind_read_only(path: Path, target: Path) -> None:
    """Mount a folder of this machine read-only at another place."""
    target.mkdir(parents=True, exist_ok=True)
    run_command("mount", "--bind", path, target)
    run_command("mount", "-o", "remount,bind,ro", target)
