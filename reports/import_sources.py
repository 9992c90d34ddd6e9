"""The files and texts that inspections are imported from, kept as evidence of their origin."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.audit.events import Subject, record
from accounts.models import Action, Result, User
from documents.file_text import is_pdf, is_word_file
from documents.word.conversion import older_format
from findings.evidence.store import RejectedError, receive
from findings.evidence.store.names import extension_of, shown_name
from reports.importing import digest_of
from reports.lines import ParseError
from reports.models import ImportSource

PAGES = {"html", "htm"}


def keep_file(content: bytes, name: str, text: str, user: User) -> ImportSource:
    """Keep an uploaded file from which ``text`` was read, until an inspection is made of it; the same file once.

    RejectedError, with a sentence for the user, when the store does not take it.
    """
    name = _name_by_content(name, content)
    try:
        received = receive(ContentFile(content), name, user, with_texts=True)
    except RejectedError as rejected:
        record(Action.UPLOAD, Subject(words=name), result=Result.REFUSED, reason=f"导入的原文：{rejected}")
        raise
    with transaction.atomic():
        # Cleared here, which needs no scheduled job; their files go with ``gc_evidence``.
        ImportSource.objects.to_delete().delete()
        waiting = ImportSource.objects.waiting_for(user).filter(file=received.file, name=received.name)
        if source := waiting.first():
            return source
        source = ImportSource.objects.create(
            file=received.file, name=received.name, text_digest=_digest_if_readable(text), uploaded_by=user
        )
        record(Action.UPLOAD, source, reason="导入的原文，待核对")
    return source


def keep_text(text: str, name: str, user: User) -> ImportSource:
    """Keep a pasted text as a file of this name (without extension); RejectedError as for a file."""
    return keep_file(text.encode(), f"{name}.txt", text, user)


def _name_by_content(name: str, content: bytes) -> str:
    """The name with the extension of what the content was read as: a saved page may be called .doc."""
    name = shown_name(name)
    if older_format(content) == "doc" and extension_of(name) == "wps":
        return name
    if is_word_file(content) or is_pdf(content):
        kind = "pdf" if is_pdf(content) else older_format(content) or "docx"
        return name if extension_of(name) == kind else f"{name}.{kind}"
    return name if extension_of(name) in {*PAGES, "txt"} else f"{name}.txt"


def _digest_if_readable(text: str) -> str:
    """The digest of the text; "" for one that must be corrected before it can be stored."""
    try:
        return digest_of(text)
    except ParseError:
        return ""
