"""The table of roles: the rights of each, where it is held, and which are officers' roles.

Pages, checks, tests and the help page read it. Pure: no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """One thing that a role may do; the value is its label on pages."""

    SEE_ALL = "查看范围内的全部巡察整改记录"
    SEE_OWN = "查看本单位牵头、配合和负责的问题与措施"
    EDIT_RECORDS = "新建、修改和删除巡察、方面、问题、措施、制度、处理和资金情况"
    REPORT_WORK = "填报本单位措施的进展、成效和完成日期"
    VERIFY_WORK = "核实或退回已报完成的措施"
    REVIEW = "在审核级中审核销号申请"
    CLOSE = "同意销号、退回和重新整改"
    DECIDE_EXTENSIONS = "批准延期申请"
    SUPERVISE = "登记督查、通报、回访、反向核查和复查"
    IMPORT_TEXT = "导入反馈和报告"
    EDIT_REPORT = "修改报告要素"
    MAKE_REPORT = "预览和下载报告"
    MANAGE_UNITS = "维护单位和任职"
    MANAGE_FORMS = "更换表单模板"
    MANAGE_PEOPLE = "开设、停用账号，重置密码"
    GRANT_ROLES = "授予和收回角色"
    READ_TRAIL = "查询和导出审计记录"


class Reach(StrEnum):
    """The kinds of places for which a role is granted; the value is the label on pages."""

    UNIT = "单位"  # the unit and those below it, while the user works there
    BODY = "被巡察单位或地区"  # a unit with everything below it, or, without a unit, the whole installation
    EVERYWHERE = "全系统"


@dataclass(frozen=True)
class Role:
    """One role. A user with an officer's role holds no other role."""

    key: str
    label: str
    reach: Reach
    rights: frozenset[Right]
    is_officer: bool = False


def _role(key: str, label: str, reach: Reach, *rights: Right) -> Role:
    return Role(key, label, reach, frozenset(rights))


def _officer(key: str, label: str, *rights: Right) -> Role:
    return Role(key, label, Reach.EVERYWHERE, frozenset(rights), is_officer=True)


ROLES = {
    role.key: role
    for role in (
        _role("reporter", "填报员", Reach.UNIT, Right.SEE_OWN, Right.REPORT_WORK),
        _role(
            "leader",
            "分管领导",
            Reach.BODY,
            Right.SEE_ALL,
            Right.SEE_OWN,
            Right.REVIEW,
            Right.DECIDE_EXTENSIONS,
            Right.MAKE_REPORT,
        ),
        _role(
            "office",
            "整改办",
            Reach.BODY,
            Right.SEE_ALL,
            Right.EDIT_RECORDS,
            Right.REPORT_WORK,
            Right.REVIEW,
            Right.DECIDE_EXTENSIONS,
            Right.SUPERVISE,
            Right.IMPORT_TEXT,
            Right.EDIT_REPORT,
            Right.MAKE_REPORT,
        ),
        _role(
            "supervisor",
            "督查员",
            Reach.BODY,
            Right.SEE_ALL,
            Right.VERIFY_WORK,
            Right.REVIEW,
            Right.CLOSE,
            Right.DECIDE_EXTENSIONS,
            Right.SUPERVISE,
            Right.MAKE_REPORT,
        ),
        _role("publisher", "发布人", Reach.BODY, Right.SEE_ALL, Right.EDIT_REPORT, Right.MAKE_REPORT),
        _officer("system_officer", "系统管理员", Right.MANAGE_UNITS, Right.MANAGE_PEOPLE, Right.MANAGE_FORMS),
        _officer("security_officer", "安全管理员", Right.GRANT_ROLES),
        _officer("audit_officer", "审计管理员", Right.READ_TRAIL),
    )
}
OFFICERS = tuple(role.key for role in ROLES.values() if role.is_officer)
CHOICES = [(role.key, role.label) for role in ROLES.values()]


def labels(reach: Reach) -> str:
    """The labels of the roles with this reach, such as 分管领导、整改办."""
    return "、".join(role.label for role in ROLES.values() if role.reach == reach)


def holders_of(right: Right) -> str:
    """The labels of the roles that include a right, such as 整改办、发布人."""
    return "、".join(role.label for role in ROLES.values() if right in role.rights)


def refusal(right: Right) -> str:
    """The message for a user without this right: which roles have it."""
    return f"只有{holders_of(right)}可以{right}。"
