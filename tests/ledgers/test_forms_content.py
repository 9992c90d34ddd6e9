"""The forms say what the record says: opened again as a reader would, with every name, day and number."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from accounts.models import Action, Event, User
from documents.text import render_text
from documents.word.client import fill_template, template_faults
from findings.choices import LetterKind
from findings.factories import (
    make_accountability,
    make_aspect,
    make_finding,
    make_grant,
    make_measure,
    make_member,
    make_recovery,
    make_regulation,
    make_supervision,
    make_unit,
    make_user,
)
from findings.models import Finding, Measure
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_entry, make_letter
from ledgers.letter_sending import registers
from ledgers.word_documents import closing, contents, plan
from ledgers.word_documents.catalogue import FORMS, default_template
from ledgers.word_documents.closing_pdf import document_of
from ledgers.word_documents.documentation import page
from ledgers.word_documents.letter_wording import LetterDraft, content
from ledgers.word_documents.letters import LETTERS
from ledgers.word_documents.placeholders import known_of, sample_of
from tests.documents.word.word_files import opened, rows, text
from tests.findings.conftest import Case
from tests.findings.submissions import ready, signed
from tests.raw_writes import unchecked_writes
from tests.uploads import stored_evidence

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.date(2026, 5, 1)
HOSTILE = "甲\n乙 {{ 摘要 }} {% for %} {_{ x }_} <w:p>&amp;“引”\x00\x07\x0b\ud800\ufffe" + "'\""
LITERAL = "甲\n乙 {{ 摘要 }} {% for %} {_{ x }_} <w:p>&amp;“引”'\""


def taken(client: Client, name: str, pk: int) -> bytes:
    """A form as it is downloaded."""
    answer = client.get(reverse(f"ledgers:{name}", args=[pk]))
    assert answer.status_code == 200, name
    return answer.getvalue()


def test_a_sign_off_sheet_says_everything_that_was_signed(office_client: Client) -> None:
    signer = make_user(name="赵督查", role="supervisor")
    by = make_user(name="李填报", role="office")
    finding, _, signoff = signed(by=by, signer=signer)
    said = text(taken(office_client, "finding_closing", finding.pk))
    for words in (closing.IN_FORCE, finding.title, signoff.digest, "sha256", "第 1 次申请：李填报", "赵督查", "同意。"):
        assert words in said, words
    steps = rows(taken(office_client, "finding_closing", finding.pk), 3)
    assert [row[1] for row in steps] == ["步骤", "开始整改", "报完成", "核实", "申请销号", "同意销号"]
    assert steps[-1][3:] == ["赵督查", "同意。"]
    assert steps[2][2] == "措施 1"
    assert Event.objects.filter(action=Action.EXPORT, record_id=finding.pk, reason="销号单（docx）").count() == 2


def test_a_sign_off_sheet_says_what_is_filed_with_the_finding_or_that_there_is_nothing(office_client: Client) -> None:
    finding, measure = ready(by=make_user(role="office"))
    none = ["无建章立制事项。", "无处理事项。", "无资金事项。", "无对应的台账事项。"]
    assert [row[1] for row in rows(taken(office_client, "finding_closing", finding.pk), 2)] == none
    filed: dict[str, Any] = {"finding": finding}
    make_regulation(
        finding.inspection, title="督查工作规程", document_number="青政办发〔2026〕7号", issued_on=DAY, **filed
    )
    make_accountability(finding.inspection, persons=2, person_times=3, decided_on=DAY, **filed)
    make_recovery(finding.inspection, amount=Decimal("12600.00"), voucher="第 12 号", **filed)
    make_entry(finding.inspection, title="群众来信", done_on=DAY, received_on=DAY, measures=[measure])
    for words in (
        "《督查工作规程》（新制定，青政办发〔2026〕7号，2026年5月1日印发）",
        "2 人（3 人次）（2026年5月1日处理）",
        "12,600.00 元（凭据号 第 12 号）",
        "群众来信（2026年5月1日办结）",
    ):
        assert words in text(taken(office_client, "finding_closing", finding.pk)), words
        assert words in render_text(document_of(closing.content(Finding.objects.get(pk=finding.pk)))), words


def test_a_sheet_says_plainly_when_nothing_is_signed_or_it_is_void(office_client: Client) -> None:
    by, signer = make_user(role="office"), make_user(role="supervisor")
    finding, _ = ready(by=by)
    said = text(taken(office_client, "finding_closing", finding.pk))
    assert closing.NOT_SIGNED in said
    assert "sha256" not in said
    done, measure, _ = signed(by=by, signer=signer)
    measure.outcome = "另一种说法。"
    workflow_writer.save(measure, seen=measure.version)
    said = text(taken(office_client, "finding_closing", done.pk))
    assert "销号已失效，本单不能作为销号凭据" in said
    assert closing.IN_FORCE not in said


def test_the_sheet_is_a_pdf_as_well(office_client: Client, case: Case) -> None:
    answer = office_client.get(reverse("ledgers:finding_closing_pdf", args=[case.finding.pk]))
    assert answer.getvalue().startswith(b"%PDF-")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_plan_lists_aspects_findings_and_measures(office_client: Client, case: Case) -> None:
    file = taken(office_client, "inspection_plan", case.inspection.pk)
    said = text(file)
    assert "区政府办党组关于区委\n巡察反馈意见的整改方案" in said
    assert "2025年9月1日至2025年11月30日，区委第三巡察组对区政府办党组进行了巡察，2026年1月15日反馈了意见" in said
    assert "1 个方面、1 个问题" in said
    assert "整改措施 2 条" in said
    table = rows(file, 0)
    assert table[0] == ["编号", "反馈问题", "整改措施", "责任单位", "责任人", "完成时限"]
    assert table[1][0] == "（一）推动决策部署落地见效存在温差"
    assert table[2] == ["1-1", case.finding.title, "建立督查台账。", "综合科", "张整改", "2026年6月30日"]
    assert table[4][1:4] == ["台账不全", plan.NO_MEASURE, case.other_unit.name]


def test_the_table_of_contents_lists_every_file(office_client: Client, case: Case, office: User) -> None:
    stored_evidence(case.measure, office, caption="十月")
    file = taken(office_client, "finding_contents", case.finding.pk)
    assert "材料 1 份，其中有效 1 份" in text(file)
    assert rows(file, 0)[1][:6] == ["1", "过程材料", "会议纪要.png", "十月", "1", "张整改"]


def draft_of(case: Case, kind: LetterKind, user: User) -> LetterDraft:
    """A letter of this kind about everything that is open of one unit, after an admonition."""
    register = next(one for one in registers(case.inspection, user, timezone.localdate()) if one.unit == case.unit)
    earlier = make_letter(case.inspection, case.unit, user)
    earlier.letter = LetterKind.ADMONITION
    draft = register.draft(LetterKind.SUPERVISION)
    opinions = {case.finding.pk: make_supervision(case.inspection, findings=[case.finding], demand="补齐台账。")}
    return replace(draft, kind=kind, cited=[earlier], opinions=opinions)


@pytest.mark.parametrize("kind", LetterKind)
def test_letters_count_the_days_from_the_record(case: Case, office: User, kind: LetterKind) -> None:
    twelve_days_ago = timezone.localdate() - dt.timedelta(days=12)
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(due_on=twelve_days_ago)
        Measure.objects.filter(pk=case.measure.pk).update(due_on=twelve_days_ago - dt.timedelta(days=3))
    draft = draft_of(case, kind, office)
    said = content(draft, "区委巡办督〔2026〕7号", dt.date(2026, 12, 1), "区委巡察办")
    file = fill_template(default_template(kind.value), said)
    words = text(file)
    assert kind.label in words
    assert "区委第三巡察组2026年1月15日的反馈意见和整改方案" in words
    assert "2026年12月1日前" in words
    assert "综合科" in words
    table = rows(file, 0)
    assert [row[0] for row in table[1:]] == ["1-1", ""]  # a finding is named once
    if "逾期天数" in table[0]:
        assert "逾期问题 1 个、措施 1 条，最长逾期 15 天" in words
        assert [row[4] for row in table[1:]] == ["12", "15"]


def test_who_sees_only_a_part_gets_no_form_of_the_whole(case: Case) -> None:
    person = make_user()
    make_member(case.other_unit, person)
    make_grant(person, "reporter", case.other_unit)
    above = make_finding(case.aspect, lead_unit=case.unit)
    make_finding(parent=above, lead_unit=case.other_unit)
    client = Client()
    client.force_login(person)
    for name in ("finding_closing", "finding_closing_pdf", "finding_contents"):
        assert client.get(reverse(f"ledgers:{name}", args=[above.pk])).status_code == 403
    assert client.get(reverse("ledgers:inspection_plan", args=[case.inspection.pk])).status_code == 403


@pytest.mark.parametrize("key", FORMS)
def test_every_default_template_is_right_and_looks_official(key: str) -> None:
    form = FORMS[key]
    known, sample = known_of(form.placeholders), sample_of(form.placeholders)
    assert template_faults(default_template(key), known, sample) == []
    document = opened(fill_template(default_template(key), sample))
    section = document.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side / Mm(1)) for side in sides] == [37, 35, 28, 26]
    title = document.paragraphs[0]
    assert title.runs[0].font.size == Pt(22)
    assert title.paragraph_format.line_spacing == Pt(28.95)
    assert title.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    fonts = {run.get(qn("w:eastAsia")) for run in document.element.body.iter(qn("w:rFonts"))}
    assert fonts <= {"方正小标宋简体", "仿宋_GB2312", "黑体"}
    assert document.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"
    about = document.core_properties
    assert not (about.author or about.last_modified_by or about.comments)


@pytest.mark.parametrize("key", FORMS)
def test_hostile_text_stays_what_it_is(key: str) -> None:
    form = FORMS[key]

    def hostile(value: Any) -> Any:
        return (
            HOSTILE if isinstance(value, str) else [{name: hostile(one) for name, one in row.items()} for row in value]
        )

    said = {name: hostile(value) for name, value in sample_of(form.placeholders).items()}
    words = text(fill_template(default_template(key), said))
    assert LITERAL in words
    assert "{{ 摘要 }}" in words


def test_content_and_placeholders_name_the_same(case: Case, office: User) -> None:
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(due_on=dt.date(2026, 1, 20))
    stored_evidence(case.measure, office)
    done, _, _ = signed(by=make_user(role="office"), signer=make_user(role="supervisor"))
    draft = draft_of(case, LetterKind.ADMONITION, office)
    said: dict[str, Any] = {
        "plan": plan.content(case.inspection, office),
        "closing": closing.content(done),
        "contents": contents.content(case.finding, office),
        **{kind.value: content(draft, "1号", dt.date(2026, 12, 1), "办公室") for kind in LETTERS},
    }

    def names(value: Any) -> Any:
        return {name: names(one[0]) if isinstance(one, list) else None for name, one in value.items()}

    for key, form in FORMS.items():
        assert names(said[key]) == known_of(form.placeholders), key


def test_a_larger_plan_takes_no_more_queries(case: Case, office: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            plan.content(case.inspection, office)
            registers(case.inspection, office, timezone.localdate())
        return len(captured)

    queries()  # what is kept for a person is asked for once
    few = queries()
    for _ in range(3):
        finding = make_finding(make_aspect(case.inspection), lead_unit=make_unit(), due_on=dt.date(2026, 2, 1))
        make_measure(finding, due_on=dt.date(2026, 2, 1), lead_unit=make_unit())
    assert queries() == few


def test_libreoffice_opens_every_form(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office or not (Path(office).resolve().parent / "libswlo.so").is_file():
        pytest.skip("LibreOffice Writer is not installed: no form was opened by an office program")
    for key, form in FORMS.items():
        (tmp_path / f"{key}.docx").write_bytes(fill_template(default_template(key), sample_of(form.placeholders)))
    done = subprocess.run(  # noqa: S603 -- the office program
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
        + [f"{key}.docx" for key in FORMS],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert {path.stem for path in tmp_path.glob("*.pdf")} == set(FORMS), done.stderr


def test_the_documentation_names_every_placeholder() -> None:
    assert (Path(settings.BASE_DIR) / "docs" / "forms.md").read_text(encoding="utf-8") == page()
