"""A text becomes records, wholly or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from findings.models import Finding, Inspection, Measure
from reports.facts import FacetFacts, MeasureFacts
from reports.gathering import gather
from reports.importing import MAX_BYTES, ImportRefusedError, decode, store
from reports.lines import ParseError
from reports.parsing import parse
from reports.wording import compose
from tests.reports.test_parsing import LINES, changed
from tests.samples import sample

TEXT = "\n".join(LINES)


def run(command: str, *arguments: str, **options: object) -> str:
    """What a command prints."""
    output = StringIO()
    call_command(command, *arguments, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.django_db
def test_an_import_makes_the_whole_tree(file: Path) -> None:
    said = run("import_report", str(file))
    assert "2 个方面、2 个问题、0 个分面、3 条措施" in said
    inspection = Inspection.objects.get()
    assert inspection.name == "2026年区委第三巡察组·区文体局党组"
    assert inspection.ended_on is not None
    assert inspection.ended_on.day == 30  # reports give the month only; the inspection lasted to its end
    composed = list(compose(gather(inspection)).paragraphs())
    summary = LINES.index("二、区委巡察组反馈意见整改落实情况") - 1
    assert composed[:summary] + composed[summary + 1 :] == LINES[:summary] + LINES[summary + 1 :]
    assert "已完成整改0个" in composed[summary]  # nothing is signed off yet, whatever the text said


@pytest.mark.django_db
def test_the_same_text_is_not_stored_twice(file: Path) -> None:
    run("import_report", str(file))
    file.write_text("\r\n".join(f"  {line}" for line in LINES), encoding="gb18030")
    with pytest.raises(CommandError, match="已经导入过，见“2026年区委第三巡察组·区文体局党组”"):
        run("import_report", str(file), name="另一个名称")
    assert Inspection.objects.count() == 1


@pytest.mark.django_db
def test_two_inspections_cannot_share_a_name(file: Path) -> None:
    run("import_report", str(file))
    file.write_text(changed(13, "再接再厉。"), encoding="utf-8")
    with pytest.raises(CommandError, match="巡察的“名称”：这个名称已经用过"):
        run("import_report", str(file))
    run("import_report", str(file), name="第二份")
    assert Inspection.objects.count() == 2


@pytest.mark.django_db
def test_several_files_are_stored_together_or_not_at_all(file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_text("这里没有写任何一条。", encoding="utf-8")
    with pytest.raises(CommandError, match=r"broken.txt：第 1 行：没有读到任何问题。.*没有保存任何内容"):
        run("import_report", str(file), str(broken))
    assert not Inspection.objects.exists()


@pytest.mark.django_db
def test_a_value_that_does_not_fit_its_record_leaves_nothing_behind() -> None:
    text = changed(11, f"整改情况：在{'长' * 120}方面，查了一遍。")
    with pytest.raises(ImportRefusedError, match=r"问题“监督不够”的分面.*的“分面”：.*100"):
        store(parse(text), text)
    assert not Inspection.objects.exists()
    assert not Finding.objects.exists()
    assert not Measure.objects.exists()


@pytest.mark.django_db
def test_a_rule_of_the_database_is_told_with_the_record_that_breaks_it() -> None:
    facts = parse(TEXT).facts
    aspect = facts.aspects[0]
    finding = aspect.findings[0]
    silent = replace(finding, facets=(FacetFacts((MeasureFacts("学了。"), MeasureFacts(""))),))
    aspects = (replace(aspect, findings=(silent,)), *facts.aspects[1:])
    with pytest.raises(ImportRefusedError, match=r"^问题“学习不够”的第 2 条措施：整改措施和整改成效至少填写一项。$"):
        store(replace(parse(TEXT), facts=replace(facts, aspects=aspects)), TEXT)
    assert not Inspection.objects.exists()


@pytest.mark.django_db
def test_many_findings_take_few_queries_more_than_few(django_assert_max_num_queries: Any) -> None:
    facts = parse(TEXT).facts
    aspect = facts.aspects[0]
    findings = tuple(replace(aspect.findings[0], title=f"第{number}项工作不够") for number in range(300))
    many = replace(parse(TEXT), facts=replace(facts, aspects=(replace(aspect, findings=findings),)))
    # 900 records, each with a row of history and one of the trail; SQLite takes some thirty rows in one statement.
    with django_assert_max_num_queries(120):
        made = store(many, TEXT)
    assert (made.findings, made.measures) == (300, 600)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_texts_are_read_as_offices_save_them(encoding: str) -> None:
    assert decode("巡察整改，喆镕".encode(encoding)) == "巡察整改，喆镕"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "不是纯文本文件"),
        (b"PK\x03\x04\x14\x00\x06\x00", "不是纯文本文件"),
        (bytes(range(256)), "不是纯文本文件"),
        (b"x" * (10 * MAX_BYTES), "文本有 10485760 字节"),
    ],
)
def test_what_is_not_a_text_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        decode(content)


def test_a_file_that_cannot_be_opened_is_named_with_the_reason_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="打不开这个文件（没有这个文件或文件夹）"):
        run("parse_report", str(tmp_path / "none.txt"))
    with pytest.raises(CommandError, match="打不开这个文件（这是一个文件夹）"):
        run("parse_report", str(tmp_path))
    (tmp_path / "text").write_text("甲")
    with pytest.raises(CommandError, match="打不开这个文件（路径里有一段不是文件夹）"):
        run("parse_report", str(tmp_path / "text" / "none.txt"))


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(5000 * MAX_BYTES)
    monkeypatch.setattr(Path, "read_bytes", lambda file: pytest.fail("it was read"))
    with pytest.raises(CommandError, match="文本有 5242880000 字节，最多 20971520 字节（20 MB）"):
        run("parse_report", str(tmp_path / "huge.txt"))


def test_the_tree_is_printed_without_storing_anything(file: Path) -> None:
    lines = run("parse_report", str(file)).splitlines()
    assert lines[1] == "二、区委巡察组反馈意见整改落实情况"
    assert lines[3] == "    关于学习不够问题。"


def test_the_tree_is_printed_as_json(file: Path) -> None:
    tree = json.loads(run("parse_report", str(file), json=True))
    assert tree["title"] == "关于巡察整改情况的通报"
    assert tree["h1"] == [LINES[2], LINES[4], LINES[11]]
    assert tree["categories"] == [LINES[5], LINES[8]]
    assert tree["findings"] == [LINES[6], LINES[9]]
    assert tree["n_findings"] == 2
    assert tree["counters"]["已完成"] == 1
    assert tree["tree"]["feedback_on"] == "2026-01-15"


@pytest.mark.samples
def test_the_json_has_the_keys_of_the_structure_samples(file: Path) -> None:
    expected = json.loads(sample("structures/05.expected.json"))
    described = {"observed", "extended", "traps", "source", "url"}  # what a person noted about the sample
    assert set(expected) - described <= set(json.loads(run("parse_report", str(file), json=True)))
