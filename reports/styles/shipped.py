"""The styles that come with the product, by their codes. To offer another one, add an entry to ``SHIPPED``. Pure.

The first three are those of the report in ``docs``; the others follow published reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reports.styles.style import (
    Chapter,
    ChapterPart,
    Grouping,
    HeadingStyle,
    MeasureList,
    ReportStyle,
    StatusPlace,
    Unfinished,
)

_PREAMBLE = (
    "根据【派出党委】统一部署，【巡察起止月份】，【巡察组】对【被巡察党组织】进行了【巡察类别】。"
    "【反馈日期】，【巡察机构】向【被巡察党组织】反馈了【巡察类别】意见。"
    "按照党务公开原则和【巡察类别】工作有关要求，现将【巡察类别】整改情况【文种】如下。"
)
_SUMMARY = (
    "对照【巡察类别】反馈问题，共梳理【方面名称】存在的【问题数】条问题，已完成整改【完成数】个"
    "{（{含基本完成【含基本完成数】个}、{含阶段性完成【含阶段性完成数】个}）}"
    "{，整改成果中需长期坚持的【长期坚持数】个}{，基本完成【基本完成数】个}{，阶段性完成【阶段性完成数】个}"
    "{，正在整改【整改中数】个}。{已建立规章制度【建立制度数】项，}制定整改措施【措施数】条。"
)
_DATED_PREAMBLE = (
    "根据【派出党委】统一部署，【巡察起止日期】，【巡察组】对【被巡察党组织】开展了【巡察方式】。"
    "【反馈日期】，【巡察组】反馈了【巡察类别】意见。"
    "按照党务公开原则和【巡察类别】工作有关要求，现将集中整改进展情况予以公布。"
)
_RATED_SUMMARY = (
    "截至目前，反馈的【方面数】个方面【问题数】个问题，已完成整改【完成数】个"
    "{（{含基本完成【含基本完成数】个}、{含阶段性完成【含阶段性完成数】个}）}"
    "{、基本完成【基本完成数】个}{、阶段性完成【阶段性完成数】个}{、正在整改【整改中数】个}，完成率【完成率】；"
    "制定整改措施【措施数】条{，建立完善制度【建立制度数】项}。"
)
_UNGROUPED_SUMMARY = _RATED_SUMMARY.replace("【方面数】个方面", "")
_ACCOUNTABILITY = (
    "共处理【处理.人次】人次{，其中{党纪处分【党纪处分.人数】人}、{政务处分【政务处分.人数】人}"
    "、{组织处理【组织处理.人数】人}、{诫勉【诫勉.人数】人}、{谈话提醒【谈话提醒.人数】人}、{批评教育【批评教育.人数】人}"
    "、{责令检查【责令检查.人数】人}}。"
    "{{追缴【追缴.万元】万元}、{清退【清退.万元】万元}、{追回个人承担【追回个人承担.万元】万元}"
    "、{挽回损失【挽回损失.万元】万元}。}"
)
_OVERVIEW = Chapter(ChapterPart.OVERVIEW, "整改工作基本情况")
_FINDINGS = Chapter(ChapterPart.FINDINGS, "【巡察机构】反馈意见整改落实情况")
_NEXT = Chapter(ChapterPart.NEXT_STEPS, "下一步整改工作打算")

PLAIN = ReportStyle(
    name="三章，关于…问题。",
    preamble=_PREAMBLE,
    summary=_SUMMARY,
    chapters=(_OVERVIEW, _FINDINGS, _NEXT),
    finding=HeadingStyle("", "关于【标题】问题。"),
    sub_finding=HeadingStyle("（1）", "关于【标题】问题。"),
)
_QUOTED = "关于“【标题】”问题的整改"
_STATED = replace(
    PLAIN,
    name="写整改状态，短标题",
    preamble=_DATED_PREAMBLE,
    summary=_RATED_SUMMARY,
    chapters=(
        Chapter(ChapterPart.OVERVIEW, "组织整改落实情况"),
        Chapter(ChapterPart.FINDINGS, "【巡察类别】反馈问题整改进展情况"),
        Chapter(ChapterPart.NEXT_STEPS, "下一步工作打算"),
    ),
    aspect=HeadingStyle("（一）", "【标题】"),
    finding=HeadingStyle("1.", "【标题】"),
    sub_finding=HeadingStyle("（1）", "【标题】"),
    status="整改状态：【状态】",
)
SHIPPED: Mapping[str, ReportStyle] = {
    "plain": PLAIN,
    "numbered": replace(PLAIN, name="三章，1.关于…问题。", finding=HeadingStyle("1.", "关于【标题】问题。")),
    "quoted": replace(
        PLAIN,
        name="三章，1.关于“…”问题",
        finding=HeadingStyle("1.", "关于“【标题】”问题"),
        sub_finding=HeadingStyle("（1）", "关于“【标题】”问题"),
    ),
    "stated": _STATED,
    "running": replace(
        _STATED,
        name="问题号全文连排，完成情况在后",
        finding=HeadingStyle("问题1：", "【标题】", runs_on=True),
        status="完成情况：【状态】",
        status_place=StatusPlace.AFTER,
    ),
    "rectified": replace(
        PLAIN,
        name="不分方面，（一）关于“…”问题的整改",
        preamble=_DATED_PREAMBLE,
        summary=_UNGROUPED_SUMMARY,
        aspect=None,
        finding=HeadingStyle("（一）", _QUOTED),
        sub_finding=HeadingStyle("1.", _QUOTED),
        label="",
    ),
    "by_status": replace(
        _STATED,
        name="按完成状态分组",
        summary=_UNGROUPED_SUMMARY,
        aspect=HeadingStyle("（一）", "【标题】"),
        grouping=Grouping.STATUS,
        group="【状态】的整改事项",
        finding=HeadingStyle("1.", _QUOTED, runs_on=True),
        sub_finding=HeadingStyle("（1）", _QUOTED),
        status="",
        label="",
    ),
    "answered": replace(
        _STATED,
        name="发现的问题与整改情况分两章",
        summary="",
        chapters=(
            Chapter(ChapterPart.LISTED, "【巡察类别】发现的问题"),
            Chapter(ChapterPart.FINDINGS, "整改落实情况"),
            Chapter(ChapterPart.NEXT_STEPS, "下一步工作打算"),
        ),
        finding=HeadingStyle("1.", "【标题】。"),
        sub_finding=HeadingStyle("（1）", "【标题】。"),
        status="",
    ),
    "full": replace(
        _STATED,
        name="五章，含制度、追责问责",
        chapters=(
            Chapter(ChapterPart.OVERVIEW, "整改工作组织情况"),
            Chapter(ChapterPart.FINDINGS, "反馈问题整改落实情况"),
            Chapter(ChapterPart.REGULATIONS, "建立完善制度情况"),
            Chapter(ChapterPart.ACCOUNTABILITY, "追责问责和资金情况"),
            Chapter(ChapterPart.NEXT_STEPS, "下一步工作打算"),
        ),
        finding=HeadingStyle("1.", "关于“【标题】”的问题"),
        sub_finding=HeadingStyle("（1）", "关于“【标题】”的问题"),
        accountability=_ACCOUNTABILITY,
        status="完成情况：【状态】",
        status_place=StatusPlace.AFTER,
        listing=MeasureList("（1）"),
        unfinished=Unfinished.PROGRESS,
    ),
    "brief": replace(
        PLAIN,
        name="只写已完成的，措施同段",
        preamble=_DATED_PREAMBLE,
        summary=_RATED_SUMMARY,
        aspect=HeadingStyle("（一）", "【标题】"),
        finding=HeadingStyle("1.", "针对“【标题】”问题。", runs_in=True),
        sub_finding=HeadingStyle("（1）", "针对“【标题】”问题。", runs_in=True),
        label="",
        listing=MeasureList("一是", "；"),
        unfinished=Unfinished.LEFT_OUT,
    ),
}
STANDARD = "plain"
