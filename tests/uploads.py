"""Small files of several kinds, and evidence whose bytes are in the store."""

from __future__ import annotations

import io
from typing import Any

import pypdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from findings.evidence.store import receive
from findings.models import Evidence, Inspection, Measure
from findings.workflow.evidence import add_evidence
from reports.import_sources import keep_text
from reports.models import ImportSource


def png(shade: int = 0) -> bytes:
    """A small picture; each shade is another file."""
    file = io.BytesIO()
    Image.new("L", (40, 30), shade).save(file, "PNG")
    return file.getvalue()


def pdf(pages: int = 1, width: int = 300) -> bytes:
    """A document of empty pages; each width is another file."""
    writer, file = pypdf.PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width=width, height=400)
    writer.write(file)
    return file.getvalue()


def upload(name: str = "会议纪要.png", content: bytes | None = None) -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, png() if content is None else content)


def stored_evidence(
    measure: Measure, by: User, name: str = "会议纪要.png", content: bytes | None = None, **said: Any
) -> Evidence:
    """Evidence of a measure, with its bytes in the store; ``measures`` for others than this one."""
    measures = said.pop("measures", [measure])
    received = receive(upload(name, content), name, by)
    return add_evidence(measure.finding, measures, received, by, **said)


def make_import_source(inspection: Inspection, by: User, text: str = "反馈意见。") -> ImportSource:
    """The text that an inspection was imported from, with its bytes in the store."""
    source = keep_text(text, f"{inspection.name}-原文", by)
    source.inspection, source.stored_digest = inspection, source.text_digest
    source.save()
    return source
