"""Filling and checking of Word templates by a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.sandbox.messages import Head, Message
from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess

WORKER = WorkerProcess("documents.word.worker")
PATIENCE = 10  # seconds to check a template
FILLING = 60  # seconds to fill a checked template, enough for a large plan
BUSY = "正在生成的表单太多，请稍后再试。"
NOT_FILLED = "表单没有生成：模板填写时出错。请稍后重试；若反复出现，请系统管理员在“表单模板”里恢复默认模板。"
TOO_MUCH = f"试填用了 {PATIENCE} 秒以上或占用内存过大，模板太复杂；请减少一层套一层的 for。"


class WordFileUnavailable(Exception):  # noqa: N818 -- a state of the template or the service, not a mistake of the caller
    """No file was made; the Chinese message says why and what to do."""


def fill_template(template: bytes, content: Mapping[str, Any]) -> bytes:
    """The template filled with a content, as a .docx file. Raises ``WordFileUnavailable``."""
    try:
        return _ask({"content": clean_content(content)}, template, FILLING)[1]
    except WorkerFailedError as error:
        raise WordFileUnavailable(NOT_FILLED) from error


def template_faults(template: bytes, known: Mapping[str, Any], sample: Mapping[str, Any]) -> list[str]:
    """The faults of a template, each with its place; an empty list means that it can be used.

    ``known`` are the names it may use, ``sample`` a content with which it is filled on trial. Raises
    ``WordFileUnavailable`` when no worker is free.
    """
    try:
        head, _ = _ask({"content": clean_content(sample), "known": known}, template, PATIENCE)
    except WorkerFailedError:
        return [TOO_MUCH]
    faults: list[str] = head["faults"]
    return faults


def _ask(request: Head, template: bytes, seconds: float) -> Message:
    try:
        return WORKER.ask(request, template, patience=seconds)
    except WorkerBusyError as error:
        raise WordFileUnavailable(BUSY) from error


def clean_content(value: Any) -> Any:
    """The value as texts, lists and dictionaries, without characters that XML 1.0 cannot contain."""
    if isinstance(value, str):
        return "".join(one for one in value.replace("\r\n", "\n").replace("\t", " ") if _is_xml(ord(one)))
    if isinstance(value, Mapping):
        return {name: clean_content(one) for name, one in value.items()}
    return [clean_content(one) for one in value]


def _is_xml(code: int) -> bool:
    return code == 0x0A or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
