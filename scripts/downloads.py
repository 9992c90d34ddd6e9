"""The megabytes a set-up downloaded into a root, from what apt and pip left behind there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FONTS = re.compile(r"^Downloaded ([\d.]+) MB\.$", re.MULTILINE)  # as scripts/fetch-fonts says it
FETCHED_PACKAGE = re.compile(r"Downloading \S+ \(([\d.]+) ([kM])B\)")
LOCAL_PACKAGE = re.compile(r"Processing /(\S+\.whl)")  # from an index in a local folder
LIST = re.compile(r"(.+_dists_.+?)_([^_]+)_(binary-[^_]+_Packages|i18n_Translation-[^_.]+)(\.\w+)?")


@dataclass(frozen=True, slots=True)
class Downloads:
    """Megabytes of packages (Debian's, Python's and the fonts) and of apt's lists."""

    packages: float
    lists: float


def measure_downloads(root: Path, pip_log: Path, output: str) -> Downloads:
    """The downloads of a root: from apt's folders, pip's log, and the output of the set-up."""
    archives = sum(file.stat().st_size for file in (root / "var/cache/apt/archives").glob("*.deb"))
    log = pip_log.read_text(errors="replace") if pip_log.is_file() else ""
    local = sum((root / path).stat().st_size for path in LOCAL_PACKAGE.findall(log))
    fetched = sum(float(size) / (1000 if unit == "k" else 1) for size, unit in FETCHED_PACKAGE.findall(log))
    fonts = sum(map(float, FONTS.findall(output)))
    return Downloads((archives + local) / 1e6 + fetched + fonts, sum(list_sizes(root / "var/lib/apt/lists")) / 1e6)


def list_sizes(folder: Path) -> Iterator[int]:
    """The downloaded bytes of each of apt's lists.

    apt keeps the lists unpacked; the size of the compressed file is in the release file.
    """
    for file in folder.iterdir():
        if file.name.endswith("_InRelease"):
            yield file.stat().st_size
        elif match := LIST.fullmatch(file.name):
            release = (folder / f"{match[1]}_InRelease").read_text(errors="replace")
            path = f"{match[2]}/{match[3].replace('_', '/', 1)}.xz"
            size = re.search(rf"^ [0-9a-f]{{64}} +(\d+) {re.escape(path)}$", release, re.MULTILINE)
            yield int(size[1]) if size else file.stat().st_size
