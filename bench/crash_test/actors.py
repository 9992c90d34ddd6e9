"""The simulated users who work while the server is killed; each actor is one thread sending one request after another.

After an unanswered request an actor continues as a user would: it opens the page and does what is still possible.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bench.crash_test.browser import Browser
from bench.crash_test.files import any_file, picture
from bench.crash_test.fixtures import COMPLETED, Place
from bench.crash_test.ledger import DeedLog, LoggedDeed, LoggedText, Move, Upload, What
from bench.people import Form
from findings.workflow import StepName

SMALLEST, LARGEST = 4 * 1024, 2 * 1024 * 1024  # bytes of an ordinary file
LARGE = 12 * 1024 * 1024  # bytes of a file that is killed halfway
CONFIRMS = 'type="submit">确认'
WORDS = "台账已经建立，问题逐条核对，责任落实到人，成效由群众评议。"
EVIDENCE = re.compile(r'href="/evidence/(\d+)/')


class Actor(Protocol):
    """A simulated user."""

    def turn(self) -> None:
        """Do the next thing; ``Unanswered`` when the server is gone, RuntimeError for a wrong answer."""
        ...


@dataclass
class Workplace:
    """The shared working place of the actors: three browsers, the log, and a source of random numbers.

    ``numbers`` makes every text different, so that it can be recognised in the database.
    """

    office: Browser
    supervisor: Browser
    reporter: Browser
    ledger: DeedLog
    chance: random.Random
    numbers: Iterator[int]

    def words(self) -> str:
        """A new text, of one line or of many."""
        return f"第{next(self.numbers)}次填写：{WORDS * self.chance.choice((1, 1, 3, 40))}"

    def send_file(self, place: Place, name: str, content: bytes) -> bool:
        """Upload a file for a measure through the page's own upload; True when it was stored."""
        path = f"/measures/{place.measure}/evidence/new/"
        what = Upload(place.finding, place.measure, hashlib.sha256(content).hexdigest(), len(content))
        return self.ledger.send(lambda: self.reporter.upload(path, name, content), what)

    def write(self, browser: Browser, path: str, place: Place, *, entry: bool) -> bool:
        """Write the outcome of a measure, and with ``entry`` a progress entry; True when they were stored.

        False also when the page offers no form.
        """
        page = browser.get(path).text
        if 'name="outcome"' not in page:
            return False
        form = Form(page, "outcome")
        outcome, text = self.words(), self.words()
        typed = {"outcome": [outcome], "completed_on": [COMPLETED.isoformat()]} | ({"text": [text]} if entry else {})
        whats: list[What] = [LoggedText(place.measure, outcome)]
        if entry:
            whats.append(LoggedDeed(place.measure, text))
        return self.ledger.send(lambda: browser.post(path, form.fields | typed).is_stored, *whats)

    def move(self, browser: Browser, kind: str, record: int, name: str) -> bool:
        """Take a workflow step through its page; False when the page refuses it.

        ``kind`` is "finding" or "measure".
        """
        path = f"/step/{kind}/{record}/{name}/"
        page = browser.get(path).text
        if CONFIRMS not in page:
            return False
        form = Form(page, "seen")
        # A comment makes the step recognisable; steps without one can only be counted.
        comment = f"第{next(self.numbers)}次办理。" if "comment" in form.fields else ""
        typed = ({"comment": [comment]} if comment else {}) | (
            {"completion": ["complete"]} if name == StepName.CLOSE else {}
        )
        what = Move(kind, record, name, browser.name, comment)
        return self.ledger.send(lambda: browser.post(path, form.fields | typed).is_stored, what)


class Files:
    """Uploads files of all sizes to one finding."""

    def __init__(self, desk: Workplace, place: Place) -> None:
        self.desk, self.place = desk, place

    def turn(self) -> None:
        """Upload the next file; RuntimeError when it is refused."""
        name, content = any_file(self.desk.chance, SMALLEST, LARGEST)
        if not self.desk.send_file(self.place, name, content):
            raise RuntimeError(f"the file {name} was refused")


class Texts:
    """Writes the text of one measure; two of these run at once, so that versions conflict."""

    def __init__(self, desk: Workplace, place: Place, *, is_office: bool) -> None:
        self.desk, self.place, self.is_office = desk, place, is_office

    def turn(self) -> None:
        """Write the measure's page with or without an entry or, for the office, its form."""
        path = f"/measures/{self.place.measure}/"
        if self.is_office:
            self.desk.write(self.desk.office, f"{path}edit/", self.place, entry=False)
        else:
            self.desk.write(self.desk.reporter, path, self.place, entry=self.desk.chance.random() < 0.5)


class Life:
    """Takes a finding through its whole workflow again and again, with detours chosen at random."""

    def __init__(self, desk: Workplace, place: Place) -> None:
        self.place, self.desk = place, desk
        self._acts = itertools.cycle(self._round())

    def turn(self) -> None:
        """Take the next step of the round, if it is possible."""
        next(self._acts)()

    def _round(self) -> list[Callable[[], bool]]:
        """The steps of one round; each returns whether it was taken."""
        desk, place = self.desk, self.place
        path = f"/measures/{place.measure}/"
        return [
            lambda: desk.chance.random() < 0.7 and self._of_measure(desk.supervisor, StepName.SEND_BACK),
            lambda: desk.send_file(place, *any_file(desk.chance, SMALLEST, LARGEST // 8)),
            lambda: desk.write(desk.reporter, path, place, entry=True),
            lambda: self._of_measure(desk.reporter, StepName.REPORT),
            lambda: self._of_measure(desk.supervisor, StepName.VERIFY),
            lambda: self._of_finding(desk.reporter, StepName.SUBMIT),
            lambda: desk.chance.random() < 0.25 and self._of_finding(desk.supervisor, StepName.SEND_BACK),
            lambda: self._of_finding(desk.supervisor, StepName.CLOSE),
            lambda: desk.chance.random() < 0.4 and desk.write(desk.office, f"{path}edit/", place, entry=False),
            lambda: desk.chance.random() < 0.7 and self._of_finding(desk.supervisor, StepName.REOPEN),
        ]

    def _of_measure(self, browser: Browser, name: str) -> bool:
        return self.desk.move(browser, "measure", self.place.measure, name)

    def _of_finding(self, browser: Browser, name: str) -> bool:
        return self.desk.move(browser, "finding", self.place.finding, name)


class Reader:
    """Opens reports as PDF and pages of evidence, so that the server has child processes.

    ``warm`` is set after the first report.
    """

    def __init__(self, desk: Workplace, inspection: int, place: Place, over: threading.Event) -> None:
        self.desk, self.inspection, self.place, self.over = desk, inspection, place, over
        self.warm = threading.Event()

    def turn(self) -> None:
        """Open a report and one page of evidence, then wait up to a second."""
        browser = self.desk.supervisor
        browser.get(f"/inspections/{self.inspection}/report.pdf", may_be_missing=True)
        self.warm.set()
        keys = EVIDENCE.findall(browser.get(f"/measures/{self.place.measure}/").text)
        if keys:
            browser.get(f"/evidence/{self.desk.chance.choice(keys)}/inline/?page=1")
        self.over.wait(1)


class Large:
    """Uploads a large file, or only its first half."""

    def __init__(self, desk: Workplace, place: Place, *, half: bool) -> None:
        self.desk, self.place, self.half = desk, place, half
        self.halfway = threading.Event()

    def turn(self) -> None:
        """Send the next file; with ``half`` set ``halfway`` after one half and wait for the kill."""
        content = picture(self.desk.chance, LARGE)
        if not self.half:
            self.desk.send_file(self.place, "大图.png", content)
            return
        path = f"/measures/{self.place.measure}/evidence/new/"
        what = Upload(self.place.finding, self.place.measure, hashlib.sha256(content).hexdigest(), len(content))

        def send() -> bool:
            self.desk.reporter.upload_half(path, "大图.png", content, self.halfway.set)
            raise RuntimeError("half a file was answered")

        self.desk.ledger.send(send, what)
