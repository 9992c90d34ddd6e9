"""The table of contents of a finding's archive (卷内目录)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from documents.word.layout import ParagraphStyle, TemplateParagraph, list_table, title_paragraph
from findings.inspections.display import measure_number
from findings.models import Evidence, Finding
from findings.work.evidence_list import EvidenceList
from ledgers.cell_values import state_of
from ledgers.word_documents.formatting import about_finding, about_inspection, day
from ledgers.word_documents.placeholders import FINDING, INSPECTION, FormDefinition, Placeholder

P = Placeholder
FILE = (
    P("目录号", "材料在卷内的编号", "1"),
    P("类别", "档案类别", "过程材料"),
    P("文件名", "文件名", "会议纪要.pdf"),
    P("说明", "材料的说明", "十月专题会"),
    P("证明的措施", "材料证明哪些措施", "1、2"),
    P("上传人", "谁上传", "李明"),
    P("上传日期", "上传日期", "2026年5月1日"),
    P("状态", "有效、旧版或已作废", "有效"),
    P("摘要", "文件的 SHA-256 摘要", "0123456789abcdef" * 4),
)
FORM = FormDefinition(
    "contents",
    "卷内目录",
    "一个问题档案里的全部材料，包括旧版和作废的",
    (
        *INSPECTION,
        *FINDING,
        P("材料份数", "全部材料的份数", "5"),
        P("有效份数", "有效材料的份数", "4"),
        P("材料表", "全部材料，按目录号", rows=FILE),
    ),
    (
        title_paragraph("卷内目录"),
        TemplateParagraph(ParagraphStyle.SALUTATION, "被巡察党组织：{{ 被巡察党组织 }}"),
        TemplateParagraph(ParagraphStyle.SALUTATION, "问题：{{ 编号 }}　{{ 问题 }}"),
        TemplateParagraph(ParagraphStyle.SALUTATION, "材料 {{ 材料份数 }} 份，其中有效 {{ 有效份数 }} 份"),
        list_table(
            (14, 17, 38, 25, 14, 14, 20, 14),
            ("目录号", "类别", "文件名", "说明", "证明的措施", "上传人", "上传日期", "状态"),
            "材料表",
            ("目录号", "类别", "文件名", "说明", "证明的措施", "上传人", "上传日期", "状态"),
        ),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 制表日期 }}"),
    ),
)


def content(finding: Finding, user: User) -> dict[str, Any]:
    """The values of the form's placeholders, with the evidence the user may see."""
    evidence_list = EvidenceList(finding, user)
    return {
        **about_inspection(finding.inspection),
        **about_finding(finding),
        "材料份数": str(len(evidence_list.everything)),
        "有效份数": str(len(evidence_list.live)),
        "材料表": [_file(one, evidence_list) for one in evidence_list.everything],
    }


def _file(one: Evidence, evidence_list: EvidenceList) -> dict[str, str]:
    """A row of the table of files."""
    return {
        "目录号": str(one.number),
        "类别": one.get_kind_display(),
        "文件名": one.name,
        "说明": one.caption,
        "证明的措施": "、".join(measure_number(measure) for measure in evidence_list.proved_by(one)),
        "上传人": str(one.uploaded_by),
        "上传日期": day(timezone.localdate(one.uploaded_at)),
        "状态": state_of(one),
        "摘要": one.file_id,
    }
