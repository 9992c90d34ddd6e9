"""All Word forms, and the template each is filled into: the office's own, or the one built from its definition."""

from __future__ import annotations

import functools
from typing import Any

from documents.word.building import build_template
from documents.word.client import fill_template
from ledgers.models import FormTemplate
from ledgers.word_documents import closing, contents, plan
from ledgers.word_documents.letters import LETTERS
from ledgers.word_documents.placeholders import FormDefinition

FORMS: dict[str, FormDefinition] = {
    form.key: form for form in (plan.FORM, closing.FORM, contents.FORM, *(letter.form for letter in LETTERS.values()))
}


@functools.cache
def default_template(key: str) -> bytes:
    """The built-in template as a .docx file.

    Built on first use and cached for the life of the process; building takes about 50 ms.
    """
    return build_template(FORMS[key].blocks)


def template_of(key: str) -> bytes:
    """The template now used for a form."""
    own = FormTemplate.objects.present(key)
    return bytes(own.content) if own else default_template(key)


def render_form(key: str, content: dict[str, Any]) -> bytes:
    """The filled form as a .docx file; WordFileUnavailable, with a Chinese sentence, when it cannot be made."""
    return fill_template(template_of(key), content)
