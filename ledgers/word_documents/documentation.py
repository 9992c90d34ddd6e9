"""The page ``docs/forms.md``, generated from the definitions of the forms; a test compares both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledgers.word_documents.catalogue import FORMS
from ledgers.word_documents.placeholders import Placeholder

HEAD = """# Forms

Made from `ledgers/word_documents/`; a test holds this page to the code.

Forms are filled in from the record when they are downloaded, letters from what they said when they were sent (ADR 20).
Each has a built template in the layout of GB/T 9704-2012; the system officer replaces it under 表单模板 by the office's
own .docx (ADR 15).

- A text is written `{{ 名称 }}`.
- A list takes three rows of a table: `{%tr for 行 in 表名 %}`, a row with `{{ 行.名称 }}`, `{%tr endfor %}`.
- A condition is `{% if 名称 %}…{% endif %}`, for whole paragraphs `{%p if 名称 %}` in a paragraph of its own.
- `{% vm %}` in a cell joins it with those below in the same loop. Nothing else is taken.

The sign-off sheet and the table of contents stand on the page of a finding, for those who see all of it; the plan and
the letters under 清单台账, for those who see the whole inspection. Every download is a row of the trail.

## Letters

A letter is a record before it is a file: 清单台账 ▸ 催办发文 sends one to each ticked unit and keeps it in the register
督办文书 with its number, its items on that day, its text, who sent it, the receipt and the answer. The wording is
computed from the register, so that a letter cites only what was sent. A kind is offered when its condition holds:

| letter | about what is | condition |
|---|---|---|
| 整改提醒函 | overdue | not on a reminder whose time is running |
| 督查督办通知书 | overdue; at the start, before any letter: open | not on a running letter of its kind or a later one |
| 阶段督查指导书 | visited | 督查回访 records what was found and demanded |
| 情况提醒书 | due within the days set for the inspection (30) | not overdue yet |
| 情况告诫书 | overdue | on a 督办通知书, 指导书 or 提醒书 whose time has passed |
| 问责建议书 | overdue | on a 告诫书 whose time has passed |

Who sends which kind in whose name, and the code before the year in the number, is set under 设置 ▸ 督办文书. By default
整改办 sends the reminder; 督查员, and a 整改办 whose role reaches further than the inspected body, all others. The
body's own 整改办 never sends a 问责建议书. Numbers run by issuer, kind and year. A letter is never deleted: a mistaken
one is corrected (number, issuer) or becomes void, which keeps the number and is refused while a letter in force cites
it. The 问责建议书 is about a unit and not to it: the unit neither sees it nor is told of it.
"""


def page() -> str:
    """The whole Markdown page."""
    return "\n".join([HEAD, *(line for form in FORMS.values() for line in _form(form.key))])


def _form(key: str) -> Iterator[str]:
    """The lines of one form; one with the same placeholders as an earlier form only refers to it."""
    form = FORMS[key]
    yield f"## {form.title} (`{key}`)\n"
    yield f"{form.purpose}。\n"
    # Compared by identity: the letters share one tuple of placeholders.
    same = next((one for one in FORMS.values() if one.placeholders is form.placeholders), form)
    if same is not form:
        yield f"Placeholders as in {same.title}.\n"
        return
    yield "| placeholder | says | example |\n|---|---|---|"
    yield from _rows(form.placeholders, "")
    yield ""


def _rows(placeholders: Iterable[Placeholder], before: str) -> Iterator[str]:
    """The table rows of placeholders, depth first; ``before`` is the path to them."""
    for one in placeholders:
        yield f"| `{before}{one.name}` | {one.says} | {'' if one.rows else one.sample} |"
        yield from _rows(one.rows, f"{before}{one.name} ▸ ")
