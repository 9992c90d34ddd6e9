"""A form filled in, or its template looked at, by a process of its own that may be killed without harm."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from documents.sandbox import BusyError, ChildFailedError, Kind

WORKING = Kind("documents.word.worker")
PATIENCE = 10  # seconds to look at a template
FILLING = 60  # seconds to fill in a large plan with one that was looked at
BUSY = "正在生成的表单太多，请稍后再试。"
NOT_FILLED = "表单没有生成：模板填写时出错。请稍后重试；若反复出现，请系统管理员在“表单模板”里恢复默认模板。"
TOO_MUCH = f"试填用了 {PATIENCE} 秒以上或占用内存过大，模板太复杂；请减少一层套一层的 for。"


class FormUnavailable(Exception):  # noqa: N818 -- a state of the template or the service, not a mistake of the caller
    """No form was made; the message says in Chinese why and what to do."""


def fill(template: bytes, content: Mapping[str, Any]) -> bytes:
    """The form as a .docx file. Raises ``FormUnavailable``."""
    try:
        return _asked({"template": template, "content": cleaned(content)}, FILLING)
    except ChildFailedError as error:
        raise FormUnavailable(NOT_FILLED) from error


def faults(template: bytes, known: Mapping[str, Any], sample: Mapping[str, Any]) -> list[str]:
    """What is wrong with a template, each with its place; an empty list means it can be used."""
    try:
        answer = _asked({"template": template, "content": cleaned(sample), "known": known}, PATIENCE)
    except ChildFailedError:
        return [TOO_MUCH]
    said: list[str] = json.loads(answer)
    return said


def _asked(request: dict[str, Any], seconds: float) -> bytes:
    message = json.dumps(request | {"template": base64.b64encode(request["template"]).decode()}).encode()
    try:
        return WORKING.answer(content=message, patience=seconds)
    except BusyError as error:
        raise FormUnavailable(BUSY) from error


def cleaned(value: Any) -> Any:
    """Plain texts, lists and dictionaries, with nothing in them that XML cannot hold."""
    if isinstance(value, str):
        return "".join(one for one in value.replace("\r\n", "\n").replace("\t", " ") if _is_xml(ord(one)))
    if isinstance(value, Mapping):
        return {name: cleaned(one) for name, one in value.items()}
    return [cleaned(one) for one in value]


def _is_xml(code: int) -> bool:
    return code == 0x0A or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
