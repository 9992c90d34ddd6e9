"""Views of units and memberships."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.locks import lock_until_commit
from accounts.models import User
from accounts.sign_in.sessions import end_all_sessions, end_sessions
from accounts.users.roles import Right
from accounts.web.http import PageRequest, blocking_reason, next_order, redirect_with_message
from findings.units.models import Membership, Unit
from findings.units.scopes import user_scope
from findings.work.forms import MembershipForm, UnitForm
from findings.work.http import delete_page, form_page, requires

UNITS = ("单位与成员", "/units/")


def unit_list(request: PageRequest) -> HttpResponse:
    """The tree of the units that the user may choose from, with their current members."""
    members = Prefetch("memberships", Membership.objects.current().select_related("user"))
    units = Unit.objects.within(user_scope(request.user).selectable).prefetch_related(members).in_tree_order()
    return render(request, "findings/units/unit_list.html", {"units": units})


@requires(Right.MANAGE_UNITS)
def unit_create(request: PageRequest) -> HttpResponse:
    """The form of a new unit."""
    form = UnitForm(request.POST or None, instance=Unit(order=next_order(Unit.objects.filter(parent=None))))
    if request.method == "POST" and save_unit(form):
        return redirect_with_message(request, "已新建单位。", "findings:unit_list")
    back = reverse("findings:unit_list")
    return form_page(request, form, title="新建单位", back=back, crumbs=[UNITS, ("新建单位", "")])


@requires(Right.MANAGE_UNITS)
def unit_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a unit, with its current and former members below."""
    unit = get_object_or_404(Unit, pk=pk)
    name = unit.name
    form = UnitForm(request.POST or None, instance=unit)
    if request.method == "POST" and save_unit(form):
        return redirect_with_message(request, form.success_message("已保存单位。"), "findings:unit_list")
    crumbs = [UNITS, (name, "")]
    # A conflict is shown on a page of its own.
    if form.conflict:
        return form_page(request, form, title="修改单位", back=request.path, crumbs=crumbs)
    members = unit.memberships.select_related("user").order_by("started_on", "pk")
    context = {"form": form, "unit": unit, "members": members, "crumbs": crumbs}
    return render(request, "findings/units/unit_edit.html", context)


def save_unit(form: UnitForm) -> bool:
    """Save the unit under a lock: two concurrent moves could put two units below each other.

    Moving a unit changes the rights of others: all users with a role in any unit have to sign in again.
    """
    with transaction.atomic():
        lock_until_commit("tree of units")
        is_stored = form.save()
        if is_stored and not form.is_unchanged and "parent" in form.changed_data:
            end_all_sessions(User.objects.filter(grants__unit__isnull=False))
    return is_stored


@requires(Right.MANAGE_UNITS)
def unit_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a unit to which no record refers."""
    unit = get_object_or_404(Unit, pk=pk)
    return delete_page(
        request,
        unit,
        reasons=lambda: reasons_to_keep(unit),
        sentence="将删除这个单位。删除后不能恢复。",
        back=reverse("findings:unit_edit", args=[pk]),
        done=reverse("findings:unit_list"),
    )


def reasons_to_keep(unit: Unit) -> list[str]:
    """The reasons (Chinese) against deleting a unit: the records that refer to it."""
    against = blocking_reason(unit.children.count(), "这个单位下还有 {} 个下级单位。")
    against += blocking_reason(unit.memberships.count(), "这个单位登记有 {} 条成员任职记录，包括已结束的。")
    against += blocking_reason(unit.grants.count(), "有 {} 个角色授予在这个单位，请安全管理员先收回。")
    named = (
        unit.led_findings,
        unit.supported_findings,
        unit.measures,
        unit.inspections,
        unit.supervision,
        unit.spot_checks,
    )
    # Without numbers: the records are not to be known to the system officer.
    return against + (["整改记录里用到了这个单位。"] if any(records.exists() for records in named) else [])


def save_membership(form: MembershipForm) -> bool:
    """Save the membership; the user's rights follow it, so that they have to sign in again."""
    with transaction.atomic():
        is_stored = form.save()
        if is_stored and not form.is_unchanged:
            end_sessions(form.instance.user)
    return is_stored


@requires(Right.MANAGE_UNITS)
def member_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new membership in a unit."""
    unit = get_object_or_404(Unit, pk=pk)
    form = MembershipForm(request.POST or None, instance=Membership(unit=unit), user=request.user)
    back = reverse("findings:unit_edit", args=[pk])
    if request.method == "POST" and save_membership(form):
        return redirect_with_message(request, "已增加成员。", back)
    return form_page(request, form, title="增加成员", back=back, crumbs=[UNITS, (unit.name, back), ("增加成员", "")])


@requires(Right.MANAGE_UNITS)
def member_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a membership."""
    membership = get_object_or_404(Membership.objects.select_related("unit", "user"), pk=pk)
    form = MembershipForm(request.POST or None, instance=membership, user=request.user)
    back = reverse("findings:unit_edit", args=[membership.unit_id])
    if request.method == "POST" and save_membership(form):
        return redirect_with_message(request, form.success_message("已保存成员任职。"), back)
    crumbs = [UNITS, (membership.unit.name, back), ("成员任职", "")]
    return form_page(request, form, title="修改成员任职", back=back, crumbs=crumbs)
