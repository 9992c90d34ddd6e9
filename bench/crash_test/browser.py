"""A browser that knows whether the answer arrived completely."""

from __future__ import annotations

import http.client
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.crash_test.ledger import Unanswered
from bench.people import PASSWORD, PATIENCE, Form, NoRedirect
from bench.server import SIGN_IN

Fields = Mapping[str, list[str]]


@dataclass(frozen=True)
class Answer:
    """A complete answer of the server."""

    status: int
    location: str
    text: str

    @property
    def is_stored(self) -> bool:
        """Whether the form was stored, which a redirect tells."""
        return self.status == 302


class Browser:
    """One signed-in user, whose session outlives every kill of the server."""

    def __init__(self, name: str, server: str) -> None:
        self.name, self.server = name, server
        cookies = urllib.request.HTTPCookieProcessor()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect(), cookies)
        self._cookies = cookies.cookiejar

    def sign_in(self) -> None:
        """Sign in through the page; RuntimeError when that fails."""
        form = Form(self._ask(SIGN_IN).text, "password")
        typed = form.fields | {"username": [self.name], "password": [PASSWORD]}
        answer = self._ask(SIGN_IN, urllib.parse.urlencode(typed, doseq=True).encode())
        if not answer.is_stored:
            raise RuntimeError(f"{self.name} could not sign in")

    def get(self, path: str, *, may_be_missing: bool = False) -> Answer:
        """Request a page; ``may_be_missing`` allows 503, for pages that need a child process.

        ``Unanswered`` when no complete answer came, RuntimeError for other server errors or a lost session.
        """
        return self._require_signed_in(path, self._ask(path), 503 if may_be_missing else 0)

    def post(self, path: str, fields: Fields) -> Answer:
        """Send a form; errors as in ``get``."""
        return self._require_signed_in(path, self._ask(path, urllib.parse.urlencode(fields, doseq=True).encode()))

    def upload(self, path: str, name: str, content: bytes) -> bool:
        """Upload a file as the page's script does; True when it was stored."""
        request = self._upload(path, name, content)
        answer = self._require_signed_in(path, self._open(request))
        if answer.status != 200:
            raise RuntimeError(f"{self.name}: {path} answered {answer.status}")
        (outcome,) = json.loads(answer.text)["outcomes"]
        return bool(outcome["is_stored"])

    def upload_half(self, path: str, name: str, content: bytes, halfway: Callable[[], None]) -> None:
        """Send half of a file, call ``halfway``, and wait until the server dies; always raises ``Unanswered``."""
        request = self._upload(path, name, content)
        self._cookies.add_cookie_header(request)
        body = request.data
        if not isinstance(body, bytes):
            raise TypeError(type(body))
        line = http.client.HTTPConnection(urllib.parse.urlsplit(self.server).netloc, timeout=PATIENCE)
        try:
            line.putrequest("POST", path)
            for key, value in request.header_items():
                line.putheader(key, value)
            line.putheader("Content-Length", str(len(body)))
            line.endheaders()
            line.send(body[: len(body) // 2])
            halfway()
            line.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{path}: {error}") from error
        finally:
            line.close()

    def _upload(self, path: str, name: str, content: bytes) -> urllib.request.Request:
        """The request of an upload; the token comes from the cookie, as in the page's script."""
        boundary = secrets.token_hex(16)
        token = next(cookie.value for cookie in self._cookies if cookie.name == "csrftoken")
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"{more}\r\n\r\n'.encode() + value
            for field, more, value in (
                ("csrfmiddlewaretoken", "", str(token).encode()),
                ("kind", "", b"03"),
                ("uploads", f'; filename="{name}"\r\nContent-Type: application/octet-stream', content),
            )
        ]
        body = b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()])
        headers = {"Accept": "application/json", "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return urllib.request.Request(f"{self.server}{path}", body, headers)  # noqa: S310 -- our own server

    def _require_signed_in(self, path: str, answer: Answer, allowed: int = 0) -> Answer:
        """The answer, if it is no server error and no redirect to the sign-in page; RuntimeError otherwise."""
        if SIGN_IN in answer.location:
            raise RuntimeError(f"{self.name} was signed out at {path}")
        if answer.status >= 500 and answer.status != allowed:
            raise RuntimeError(f"{self.name}: {path} answered {answer.status}")
        return answer

    def _ask(self, path: str, data: bytes | None = None) -> Answer:
        return self._open(urllib.request.Request(f"{self.server}{path}", data))  # noqa: S310 -- our own server

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            try:
                response = self._opener.open(request, timeout=PATIENCE)
            except urllib.error.HTTPError as error:
                response = error
            with response:
                text = response.read().decode(errors="replace")
                return Answer(response.status, response.headers.get("Location") or "", text)
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{request.full_url}: {type(error).__name__}: {error}") from error
