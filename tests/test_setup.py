"""What a bare machine gets: every program that is called, the fonts in part of a package, one line to type."""

from __future__ import annotations

import ast
import hashlib
import io
import lzma
import re
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from downloads import measure_downloads
from fresh_machine import LINE_TO_TYPE, PACKAGES
from host_settings import map_paths
from remote_deb import LayoutError, RemoteFile, files_from_the_end

ROOT = Path(settings.BASE_DIR)
SCRIPTS = [file for file in (ROOT / "scripts").iterdir() if file.is_file() and file.suffix in {"", ".sh"}]
# Needed only by those who ask for it, and named to them: to lock dependencies, to try bare machines.
ON_DEMAND = {"uv", "debootstrap"}
BEFORE_A_COMMAND = r"(?:^|[|&;({!]|\bif|\bthen|\belse|\bdo|\bexec|\benv|\bas_root|\bas_owner|--)[ \t]*"
COMMAND = re.compile(BEFORE_A_COMMAND + r"([a-z][a-z0-9._+-]*)(?=[ \t;)\n])", re.MULTILINE)


def python_calls() -> Iterator[str]:
    """The programs that Python files name: the first words of commands, and what is looked for in the path."""
    folders = ("accounts", "bench", "documents", "findings", "ledgers", "rectify", "reports", "scripts", "tests")
    for file in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if any(word in text for word in ("subprocess", "shutil.which", "os.system", "run_command")):
            for node in ast.walk(ast.parse(text)):
                yield from programs_of(node)


def programs_of(node: ast.AST) -> Iterator[str]:
    """The first word of a command in a list or call, in the ways this code writes commands."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(name, ast.Name) and name.id in {"command", "chroot", "static"} for name in targets):
            yield from first_word(node.value.elts)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name.startswith("subprocess.") and node.args and isinstance(node.args[0], ast.List):
            yield from first_word(node.args[0].elts)
        elif name in {"shutil.which", "os.system", "run_command"}:
            yield from first_word(node.args)


def first_word(values: list[ast.expr]) -> Iterator[str]:
    """The first word of the first value, where it is written out."""
    value = values[0] if values else None
    if isinstance(value, ast.JoinedStr):
        value = value.values[0]
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value.split()[0]


def script_calls() -> Iterator[str]:
    """The words of shell scripts that stand where a command does and are one on this machine."""
    for file in SCRIPTS:
        text = file.read_text(encoding="utf-8")
        if "bash" in text.partition("\n")[0] or "shellcheck shell=bash" in text:
            text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
            yield from (word for word in COMMAND.findall(text) if shutil.which(word, path="/usr/bin:/usr/sbin"))


def package_of(program: str) -> str | None:
    """The Debian package of an installed program; None where it is not installed."""
    if (found := shutil.which(program, path="/usr/bin:/usr/sbin")) is None:
        return None
    for path in (Path(found), Path(found).resolve(), Path(found.removeprefix("/usr"))):
        command = ["dpkg-query", "-S", str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own words
        if run.returncode == 0:
            return run.stdout.partition(":")[0]
    pytest.fail(f"{found} is of no Debian package")


def comes_along(package: str) -> bool:
    """Whether a package is on every Debian, however small."""
    command = ["dpkg-query", "-W", "-f", "${Essential} ${Priority}\n", package]
    described = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 -- our own words
    return package == "apt" or "yes" in described or "required" in described


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="asks Debian's package database")
def test_every_program_called_is_on_a_bare_machine_or_installed_by_set_up() -> None:
    set_up = "".join((ROOT / "scripts" / name).read_text(encoding="utf-8") for name in ("setup", "postgres"))
    installed = {*re.findall(r"[a-z][a-z0-9.+-]+", set_up), *PACKAGES.split(",")}
    calls = {*python_calls(), *script_calls()} - ON_DEMAND
    assert {"flock", "soffice", "chromium", "mount", "apt-get", "find", "sha256sum"} <= calls
    for program in sorted(calls):
        package = package_of(program)
        if package is not None and not comes_along(package):
            stem = package.removesuffix("-minimal").removesuffix("-common")
            brought = any(name.startswith(stem) or stem.startswith(f"{name}-") for name in installed)
            assert brought, f"{program} is in {package}: nobody installs it"


def test_one_line_to_type_names_every_package() -> None:
    words = ["bash", "-c", "source scripts/common.sh && line_to_type one two | sed 's/sudo //g; s/^/    /'"]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 -- our own words
    assert LINE_TO_TYPE.findall(run.stdout) == ["apt-get update && apt-get install -y --no-install-recommends one two"]


def test_files_that_settings_name_are_brought_along(tmp_path: Path) -> None:
    root, file = tmp_path / "root", tmp_path / "host" / "ca.crt"
    file.parent.mkdir()
    file.write_text("certificate")
    text = f"cert = {file}\nindex-url = https://example.org/simple\nfind-links = /not/there\n"
    assert map_paths(text, root) == text.replace(str(file), f"/host{file}")
    assert (root / "host" / file.relative_to("/")).read_text() == "certificate"


def test_downloads_are_counted_as_they_came(tmp_path: Path) -> None:
    lists, archives = tmp_path / "var/lib/apt/lists", tmp_path / "var/cache/apt/archives"
    for file, content in {
        lists / "mirror_dists_trixie_InRelease": f" {'0' * 64} 2000000 main/binary-amd64/Packages.xz\n".ljust(1000),
        lists / "mirror_dists_trixie_main_binary-amd64_Packages": "unpacked" * 1000,
        archives / "make_4.deb": "x" * 500_000,
        tmp_path / "index/local.whl": "x" * 250_000,
        tmp_path
        / "pip.log": "  Downloading a.whl (1.5 MB)\n  Downloading b.whl (250 kB)\nProcessing /index/local.whl\n",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    found = measure_downloads(tmp_path, tmp_path / "pip.log", "==> Fonts\nDownloaded 31.0 MB.\n")
    assert found.packages == pytest.approx(33.5)
    assert found.lists == pytest.approx(2.001)


class PackageInMemory(RemoteFile):
    """A package that is read in parts as from a server."""

    def __init__(self, content: bytes) -> None:
        super().__init__("http://example.org/package.deb")
        self.content = content

    def read(self, start: int, size: int) -> bytes:
        self.downloaded += size
        return self.content[start : start + size]


def number(value: int) -> bytes:
    """A number as an xz index writes it."""
    return bytes([value & 0x7F | 0x80]) + number(value >> 7) if value > 0x7F else bytes([value])


def block_and_sizes(content: bytes) -> tuple[bytes, bytes]:
    """One block of an xz stream, and what the index says of it."""
    stream = lzma.compress(content)
    index_size = (int.from_bytes(stream[-8:-4], "little") + 1) * 4
    index = stream[-12 - index_size : -12]
    first, second = number(len(content)), index[2:]
    return stream[12 : -12 - index_size], second[: second.index(first) + len(first)]


def debian_package(*pieces: bytes) -> bytes:
    """A package whose data are compressed in these blocks."""
    blocks = [block_and_sizes(piece) for piece in pieces]
    index = b"\0" + number(len(blocks)) + b"".join(sizes for _, sizes in blocks)
    index += bytes(-len(index) % 4)
    index += zlib.crc32(index).to_bytes(4, "little")
    tail = (len(index) // 4 - 1).to_bytes(4, "little") + lzma.compress(b"")[6:8]
    footer = zlib.crc32(tail).to_bytes(4, "little") + tail + b"YZ"
    data = lzma.compress(b"")[:12] + b"".join(block for block, _ in blocks) + index + footer
    members = {b"debian-binary": b"2.0\n", b"control.tar.xz": b"odd", b"data.tar.xz": data}
    return b"!<arch>\n" + b"".join(
        name.ljust(48) + str(len(content)).encode().ljust(10) + b"`\n" + content + bytes(len(content) % 2)
        for name, content in members.items()
    )


def tar_archive(files: dict[str, bytes]) -> bytes:
    """A tar archive of these files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./usr/share/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


NOISE = b"".join(hashlib.sha256(bytes([number % 256, number // 256])).digest() for number in range(2000))
FILES = {"manual.txt": NOISE, "Song.otf": NOISE[::-1], "Kai.otf": b"kai" * 900}
DIGESTS = {name: hashlib.sha256(FILES[name]).hexdigest() for name in ("Song.otf", "Kai.otf")}


def test_files_at_the_end_of_a_package_are_read_without_its_beginning() -> None:
    archive = tar_archive(FILES)
    package = debian_package(archive[:60000], archive[60000:100000], archive[100000:])
    remote = PackageInMemory(package)
    assert files_from_the_end(remote, DIGESTS) == {name: FILES[name] for name in DIGESTS}
    assert remote.downloaded < len(package) - 50000


def test_another_version_of_a_file_is_not_taken() -> None:
    changed = tar_archive({**FILES, "Kai.otf": b"kai" * 901})
    with pytest.raises(LayoutError, match="as they are known"):
        files_from_the_end(PackageInMemory(debian_package(changed)), DIGESTS)


@pytest.mark.parametrize("content", [b"<html>", b"!<arch>\n", debian_package(b"")[:-1] + b"?"])
def test_what_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(LayoutError):
        files_from_the_end(PackageInMemory(content.ljust(400)), DIGESTS)


def test_a_package_on_no_http_server_is_refused() -> None:
    with pytest.raises(LayoutError, match="not on an HTTP server"):
        RemoteFile("file:///srv/package.deb")
