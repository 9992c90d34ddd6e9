"""Simulated users with browsers: they keep cookies, fill in forms, and count the answers.

Imports no Django: everything is seen from outside, so that the benchmarks test the server as it is deployed.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

PATIENCE = 60  # seconds until a request times out
PASSWORD = secrets.token_urlsafe(20)  # of all users
FINE, CONFLICT, REFUSED, ERROR = "fine", "conflict", "refused", "error"


class Form(HTMLParser):
    """The fields a browser would send for the form of a page that has a field ``wanted``.

    StopIteration when the page has no such form.
    """

    def __init__(self, page: str, wanted: str) -> None:
        super().__init__()
        self._found: list[tuple[str, dict[str, list[str]]]] = []
        self._text, self._select = "", ""
        self.feed(page)
        self.action, self.fields = next(form for form in self._found if wanted in form[1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or read the value of a field."""
        attributes = {name: value or "" for name, value in attrs}
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if tag == "form":
            self._found.append((attributes.get("action", ""), {}))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in attributes:
            self._take(self._select, value)
        elif tag == "textarea":
            self._text = name
            self._take(name, "")
        elif tag == "input" and (attributes.get("type") not in {"checkbox", "radio"} or "checked" in attributes):
            self._take(name, value)

    def handle_data(self, data: str) -> None:
        """Add the text of a text area, without the line break that HTML puts after its start tag."""
        if self._text:
            values = self._found[-1][1][self._text]
            values[-1] = values[-1] + data if values[-1] else data.removeprefix("\r").removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a text area or a select."""
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""

    def _take(self, name: str, value: str) -> None:
        if name and self._found:
            self._found[-1][1].setdefault(name, []).append(value)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Returns redirects as answers instead of following them: one shows that a form was stored."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Return None, which makes urllib report the redirect."""


@dataclass
class AnswerCounts:
    """Counts of answers by method and kind, their times in milliseconds, and examples of wrong ones.

    Shared by all users; ``add`` is safe for threads.
    """

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    examples: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, method: str, kind: str, milliseconds: float, words: str) -> None:
        """Count an answer."""
        with self.lock:
            self.kinds[method, kind] += 1
            self.times[method].append(milliseconds)
            if kind in {REFUSED, ERROR}:
                self.examples.append(f"{kind} {method} {words} after {milliseconds:.0f} ms")

    def count(self, kind: str) -> int:
        """The number of answers of a kind, whatever the method."""
        return sum(number for (_, of), number in self.kinds.items() if of == kind)

    def quantile(self, method: str, part: float) -> float:
        """The time in milliseconds within which this part of the answers came."""
        times = sorted(self.times[method]) or [0.0]
        return times[min(int(len(times) * part), len(times) - 1)]


@dataclass
class Person:
    """A simulated user with a browser."""

    name: str
    server: str
    tally: AnswerCounts
    cookies: http.cookiejar.CookieJar = field(init=False)
    opener: urllib.request.OpenerDirector = field(init=False)
    written: int = 0

    def __post_init__(self) -> None:
        self.cookies = http.cookiejar.CookieJar()
        keeps = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect(), keeps)

    def sign_in(self) -> None:
        """Sign in through the page; RuntimeError when that fails."""
        if not self.send("/accounts/login/", "password", {"username": self.name, "password": PASSWORD}):
            raise RuntimeError(f"{self.name} could not sign in")

    def send(self, path: str, wanted: str, typed: dict[str, str]) -> bool:
        """Open the page of a form, type ``typed`` into it and send it; whether it was stored."""
        page = self.ask(path)
        if not page:
            return False
        form = Form(page, wanted)
        values = form.fields | {name: [text] for name, text in typed.items()}
        return self.ask(form.action or path, urllib.parse.urlencode(values, doseq=True).encode()) == FINE

    def edit(self, path: str, name: str) -> bool:
        """Write a new text into the field ``name``; whether it was stored."""
        self.written += 1
        return self.send(path, name, {name: f"{self.name}第{self.written}次填写。"})

    def ask(self, path: str, data: bytes | None = None) -> str:
        """The page, or FINE for a stored form; "" for every other answer, which is counted as its kind."""
        method, start = "GET" if data is None else "POST", time.perf_counter()
        page = ""
        try:
            status, page = self._answer(path, data)
        except (OSError, http.client.HTTPException) as error:
            kind, words = ERROR, f"{path} {type(error).__name__}: {error}"
        else:
            kind, words = answer_kind(method, status, page), f"{path} {status}"
        self.tally.add(method, kind, (time.perf_counter() - start) * 1000, words)
        return (page or FINE) if kind == FINE else ""

    def _answer(self, path: str, data: bytes | None) -> tuple[int, str]:
        try:
            response = self.opener.open(f"{self.server}{path}", data, PATIENCE)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status, response.read().decode()


def answer_kind(method: str, status: int, page: str) -> str:
    """The kind of an answer: a page should be 200, a stored form a redirect."""
    if status >= 500 or "系统出错" in page:
        return ERROR
    if status == 409:
        return CONFLICT
    return FINE if status == (200 if method == "GET" else 302) else REFUSED
