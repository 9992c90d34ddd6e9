"""Template filters of the user's rights, so that pages show no button that would be refused."""

from __future__ import annotations

from django import template

from accounts.models import User
from accounts.users.roles import Right
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope

register = template.Library()


@register.filter("may")
def has_named_right(user: User, right: str) -> bool:
    """Whether the user has a right anywhere; ``right`` is a name of ``Right``, KeyError for others."""
    return user.is_authenticated and user_scope(user).has_right(Right[right])


@register.filter
def edits(user: User, inspection: Inspection) -> bool:
    """Whether the user may edit the records of the inspection."""
    return inspection.allows(user, Right.EDIT_RECORDS)


@register.filter
def sees_all(user: User, inspection: Inspection) -> bool:
    """Whether the user sees the whole inspection, not only a part of their own."""
    return inspection.allows(user, Right.SEE_ALL)


@register.filter
def sees_whole(user: User, finding: Finding) -> bool:
    """Whether the user sees the whole finding, not only its title above a sub-finding of theirs."""
    return finding.is_open_to(user)


@register.filter
def supervises(user: User, inspection: Inspection) -> bool:
    """Whether the user may record supervision, spot checks and reviews in the inspection."""
    return inspection.allows(user, Right.SUPERVISE)


@register.filter
def reports_on(user: User, inspection: Inspection) -> bool:
    """Whether the user may make the report of the inspection."""
    return inspection.allows(user, Right.MAKE_REPORT)


@register.filter
def writes_report(user: User, inspection: Inspection) -> bool:
    """Whether the user may edit the texts of the inspection's report."""
    return inspection.allows(user, Right.EDIT_REPORT)


@register.filter
def roles(user: User) -> str:
    """The labels of the roles that the user holds today: 整改办、督查员."""
    return "、".join(dict.fromkeys(role.label for role, _ in user_scope(user).active_roles))
