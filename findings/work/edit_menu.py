"""The menu 修改 of a finding: each line says beforehand what it undoes, and why it is impossible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse

from accounts.models import User
from accounts.users.roles import Right
from accounts.web.back import returning
from accounts.web.components import MenuEntry
from findings.choices import Status
from findings.inspections.models.findings import Finding
from findings.work.finding_parts import FindingParts
from findings.work.measure_blocks import MeasureBlock
from findings.workflow.editing import undone_signoff

MOST_MEASURES = 6  # with a line of their own; the others are edited from their blocks


def edit_menu(finding: Finding, parts: FindingParts, blocks: Sequence[MeasureBlock], back: str) -> list[MenuEntry]:
    """The lines of the menu for users who may edit the records of the inspection; ``back`` is the way to their list."""
    effect = undone_signoff(finding)
    quiet = "正在审核，审核人会看到改动" if finding.status == Status.SUBMITTED else "还没有销号，不影响任何签字"

    def entry(label: str, view: str, key: int, note: str = "", query: str = "") -> MenuEntry:
        address = f"{reverse(f'findings:{view}', args=[key])}{query}"
        return MenuEntry(label, returning(address, back), effect, note=note)

    entries = [
        entry("修改问题表述、类型、责任", "finding_edit", finding.pk, quiet),
        entry("新建措施", "measure_create", finding.pk, "申请销号的条件会多一条"),
        *_measure_entries(blocks, back),
        entry("新建分面", "facet_create", finding.pk, "把措施分组，报告按分面写"),
    ]
    if finding.parent is None:
        query = f"?parent={finding.pk}"
        entries.append(entry("新建分项问题", "finding_create", finding.aspect_id, "申请销号的条件会多一条", query))
    return [*entries, _delete_entry(finding, parts, back)]


def _measure_entries(blocks: Sequence[MeasureBlock], back: str) -> Iterator[MenuEntry]:
    for block in blocks[:MOST_MEASURES]:
        address = returning(reverse("findings:measure_edit", args=[block.measure.pk]), back)
        yield MenuEntry(f"修改措施 {block.number} 的文字或期限", address, block.edit_effect)
    if len(blocks) > MOST_MEASURES:
        yield MenuEntry("修改其他措施", "#measures", note="点每条措施右上角的“修改”")


def _delete_entry(finding: Finding, parts: FindingParts, back: str) -> MenuEntry:
    """The deletion, refused while something stands below the finding; its page looks at the rest."""
    numbers = (
        (len(parts.measures), "{} 条措施"),
        (len(parts.dossier.everything), "{} 份材料"),
        (len(finding.sub_findings.all()), "{} 个分项问题"),
        (len(parts.facets), "{} 个分面"),
        (len(parts.comments), "{} 条评论"),
    )
    held = "、".join(words.format(number) for number, words in numbers if number)
    if finding.closed_at is not None:
        held = "已经销号" if not held else f"已经销号，有 {held}"
    elif held:
        held = f"有 {held}"
    address = returning(reverse("findings:finding_delete", args=[finding.pk]), back)
    return MenuEntry("删除问题…", address, refusal=f"{held}，不能删除" if held else "")


def filing_menu(finding: Finding, user: User, back: str) -> list[MenuEntry]:
    """What the user can register beside the measures of a finding."""
    inspection, effect = finding.inspection, undone_signoff(finding)

    def entry(label: str, kind: str, effect: str = "") -> MenuEntry:
        address = f"{reverse(f'findings:{kind}_create', args=[inspection.pk])}?finding={finding.pk}"
        return MenuEntry(label, returning(address, back), effect)

    entries = []
    if inspection.allows(user, Right.EDIT_RECORDS):
        kinds = (("登记制度", "regulation"), ("登记处理情况", "accountability"), ("登记资金情况", "recovery"))
        entries += [entry(label, kind, effect) for label, kind in kinds]
    if inspection.allows(user, Right.SUPERVISE):
        entries.append(entry("登记督查回访", "supervision"))
        if finding.next_review_on:
            review = reverse("findings:review_create", args=[finding.pk])
            entries.append(MenuEntry("登记复查", returning(review, back)))
    return entries
