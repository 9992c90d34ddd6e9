"""Responses that send a file as a download, in a sandbox."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse

from findings.work.views.evidence_files import SANDBOX

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def file_response(file: Any, name: str) -> FileResponse:
    """A download of an open file, which the response closes; the name ends with one of ``TYPES``."""
    content_type = TYPES[name.rpartition(".")[2]]
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type, headers=SANDBOX)
