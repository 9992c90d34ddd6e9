"""What the person who looks at a page may do; pages show no button that would be refused."""

from __future__ import annotations

from django import template

from accounts.models import User
from accounts.users.roles import Right
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope

register = template.Library()


@register.filter
def may(user: User, right: str) -> bool:
    """Whether a person has a right, named as in ``accounts.users.roles.Right``, somewhere."""
    return user.is_authenticated and user_scope(user).has_right(Right[right])


@register.filter
def edits(user: User, inspection: Inspection) -> bool:
    """Whether a person may change the records of an inspection."""
    return inspection.allows(user, Right.EDIT_RECORDS)


@register.filter
def sees_all(user: User, inspection: Inspection) -> bool:
    """Whether a person sees the whole of an inspection, not only a part of his own."""
    return inspection.allows(user, Right.SEE_ALL)


@register.filter
def sees_whole(user: User, finding: Finding) -> bool:
    """Whether a person sees all of a finding, not only its place above his own."""
    return finding.is_open_to(user)


@register.filter
def supervises(user: User, inspection: Inspection) -> bool:
    """Whether a person may record supervision, spot checks and reviews in an inspection."""
    return inspection.allows(user, Right.SUPERVISE)


@register.filter
def reports_on(user: User, inspection: Inspection) -> bool:
    """Whether a person may make the report of an inspection."""
    return inspection.allows(user, Right.MAKE_REPORT)


@register.filter
def writes_report(user: User, inspection: Inspection) -> bool:
    """Whether a person may change the texts of an inspection's report."""
    return inspection.allows(user, Right.EDIT_REPORT)


@register.filter
def roles(user: User) -> str:
    """The roles a person holds today: 整改办、督查员."""
    return "、".join(dict.fromkeys(role.label for role, _ in user_scope(user).active_roles))
