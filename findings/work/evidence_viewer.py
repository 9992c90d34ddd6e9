"""The pages of several pieces of evidence side by side: a strip of all of them, and one page large."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse

from documents.pdf.page_images import MOST_PAGES, PreviewUnavailable
from findings.evidence.models import Evidence
from findings.evidence.store import MissingFileError, UnreachableError, pages_of
from findings.work.evidence_list import PICTURES, SHOWN, withheld_reason

NOT_SHOWN = "这种文件不能在网页里显示，请下载后查看。"


@dataclass(frozen=True)
class ViewerPage:
    """One page with the addresses that show it large, and of its two pictures ("" where there is none)."""

    file: ViewerFile
    number: int
    address: str
    picture: str
    thumbnail: str

    @property
    def key(self) -> str:
        """The key of the evidence and the number of the page, as in addresses."""
        return f"{self.file.evidence.pk}:{self.number}"


@dataclass(frozen=True)
class ViewerFile:
    """A piece of evidence with its pages; ``unshown`` says why there is no picture."""

    evidence: Evidence
    is_new: bool
    unshown: str
    total: int
    withheld: str
    pages: list[ViewerPage] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """The number of pages that only the download has."""
        return self.total - len(self.pages)


class EvidenceViewer:
    """The files in their order, and the page that is shown large.

    ``asked`` is the key of that page, from an address; ``address`` makes the address that shows a page from its key.
    Evidence that was uploaded after ``since`` is new.
    """

    def __init__(
        self, evidence: list[Evidence], asked: str, address: Callable[[str], str], since: dt.datetime | None = None
    ) -> None:
        self.files = [_file(one, address, since) for one in evidence]
        self.pages = [page for file in self.files for page in file.pages]
        self._place = next((place for place, page in enumerate(self.pages) if page.key == asked), 0)

    @property
    def current(self) -> ViewerPage | None:
        """The page that is shown large, by default the first one."""
        return self.pages[self._place] if self.pages else None

    @property
    def before(self) -> ViewerPage | None:
        """The page before it, perhaps of the file before."""
        return self.pages[self._place - 1] if self._place else None

    @property
    def after(self) -> ViewerPage | None:
        """The page after it, perhaps of the next file."""
        return self.pages[self._place + 1] if self._place + 1 < len(self.pages) else None


def _file(evidence: Evidence, address: Callable[[str], str], since: dt.datetime | None) -> ViewerFile:
    total, unshown = _pages(evidence)
    is_new = since is not None and evidence.uploaded_at > since
    file = ViewerFile(evidence, is_new, unshown, total, withheld_reason(evidence.file))
    picture, thumbnail = (
        "" if unshown else reverse(f"findings:{route}", args=[evidence.pk])
        for route in ("evidence_inline", "evidence_thumbnail")
    )
    for number in range(1, min(total, MOST_PAGES) + 1):
        query = "" if unshown else f"?page={number}"
        key = f"{evidence.pk}:{number}"
        file.pages.append(ViewerPage(file, number, address(key), picture + query, thumbnail + query))
    return file


def _pages(evidence: Evidence) -> tuple[int, str]:
    """The number of pages and, for a file that cannot be shown and counts as one, the sentence (Chinese) why."""
    if reason := withheld_reason(evidence.file):
        return 1, reason
    if evidence.file.extension not in SHOWN:
        return 1, NOT_SHOWN
    if evidence.file.extension in PICTURES:
        return 1, ""
    try:
        return pages_of(evidence.file), ""
    except (PreviewUnavailable, MissingFileError, UnreachableError) as reason:
        return 1, str(reason)
