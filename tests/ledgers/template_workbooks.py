"""Superiors' workbooks that are in use for a list."""

from __future__ import annotations

import functools
from typing import Any

from accounts.models import User
from documents.excel.templates.client import read_template
from documents.excel.templates.mapping import TemplateMapping
from findings.workflow.saving import workflow_writer
from ledgers.catalogue import LISTS
from ledgers.external_templates.filling import names_of
from ledgers.external_templates.forms import UploadedTemplate
from ledgers.external_templates.locate import by_headings, by_placeholders
from ledgers.models import SuperiorForm
from tests.documents.excel.templates.workbooks import with_placeholders


def make_superior_form(by: User, content: bytes = b"", listed: str = "register", **fields: Any) -> SuperiorForm:
    """A form in use, filled in where its placeholders are or its headings suggest."""
    content = content or plain_form()
    form = SuperiorForm(listed=listed, **{"name": "上级的表", **fields})
    UploadedTemplate("表样.xlsx", content, places_in(content, listed), is_certain=True).replace_workbook(form, by)
    return workflow_writer.create(form)


@functools.cache
def plain_form() -> bytes:
    """The first form, made once."""
    return with_placeholders()


@functools.cache
def places_in(content: bytes, listed: str) -> TemplateMapping:
    """Where a form is filled in from a list; a form is looked at once."""
    pages = read_template(content)
    headings = [one.heading for one in LISTS[listed].columns]
    return by_placeholders(pages, names_of(LISTS[listed])) or by_headings(pages, headings)
