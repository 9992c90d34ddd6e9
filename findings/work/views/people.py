"""Views of people: accounts, for the system officer, and grants of roles, for the security officer."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.audit import events
from accounts.locks import lock_until_commit
from accounts.models import Action, Grant, Result, User
from accounts.records.saving import ConflictError, account_writer, bump_version, record_conflict
from accounts.request_context import set_refusal_reason
from accounts.sign_in.lockout import locked_until, unlock
from accounts.sign_in.passwords import generated_password, reset_password
from accounts.sign_in.sessions import end_sessions
from accounts.users.roles import ROLES, Right
from accounts.web.forms import BUSY
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from findings.units.models import Membership
from findings.units.people import GrantForm, PersonFilter, PersonForm, PersonTable
from findings.work.http import base_template, form_page, requires

PEOPLE = ("人员与角色", "/people/")
OFFICERS = "officers"  # the name of the lock under which the set of officers changes
OFFICERS_PASSWORDS = (
    "三员的密码不能在页面上重置，否则一名管理员就能顶替另一名。请由运维人员在服务器上运行 manage.py reset_password。"
)
NOT_ONESELF = "不能给自己授予或收回角色，请由另一名安全管理员办理。"


def with_posts_and_roles() -> QuerySet[User]:
    """All people, with their current posts and their grants prefetched."""
    posts = Prefetch("memberships", Membership.objects.current().select_related("unit"))
    return User.objects.prefetch_related(posts, Prefetch("grants", Grant.objects.select_related("unit")))


@requires(Right.MANAGE_PEOPLE, Right.GRANT_ROLES)
def person_list(request: PageRequest) -> HttpResponse:
    """The list of all people, deactivated ones included."""
    listing = Listing(
        request,
        rows=with_posts_and_roles(),
        filter=PersonFilter(request.GET, User.objects.all()),
        table=PersonTable,
        default_sort="person",
    )
    return render(request, "findings/units/person_list.html", {"listing": listing})


@requires(Right.MANAGE_PEOPLE, Right.GRANT_ROLES)
def person_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The page of one person: account, posts, roles."""
    person = get_object_or_404(with_posts_and_roles(), pk=pk)
    grants = person.grants.all()
    context = {
        "person": person,
        "posts": Membership.objects.filter(user=person).select_related("unit").order_by("started_on", "pk"),
        "grants": grants,
        "locked_until": locked_until(person.username),
        "is_officer": any(grant.role_definition.is_officer for grant in grants),
        "crumbs": [PEOPLE, (person.name, "")],
    }
    return render(request, "findings/units/person_detail.html", context)


@requires(Right.MANAGE_PEOPLE)
def person_create(request: PageRequest) -> HttpResponse:
    """The form of a new account; its initial password is shown once."""
    form = PersonForm(request.POST or None)
    back = reverse("findings:person_list")
    if request.method == "POST" and form.is_valid():
        # Whoever opens the account knows this password.
        form.instance.must_change_password = True
        password = generated_password()
        form.instance.set_password(password)
        if form.save():
            return show_password(request, form.instance, password)
    crumbs = [PEOPLE, ("开设账号", "")]
    return form_page(request, form, title="开设账号", back=back, crumbs=crumbs, save_word="开设")


def show_password(request: PageRequest, person: User, password: str) -> HttpResponse:
    """The page with an initial password, which is stored only as a hash and cannot be shown again."""
    crumbs = [PEOPLE, (person.name, reverse("findings:person_detail", args=[person.pk])), ("初始密码", "")]
    return render(
        request, "findings/units/initial_password.html", {"person": person, "password": password, "crumbs": crumbs}
    )


@requires(Right.MANAGE_PEOPLE)
def person_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a person's name and e-mail address."""
    person = get_object_or_404(User, pk=pk)
    back, name = reverse("findings:person_detail", args=[pk]), person.name
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存人员信息。"), back)
    return form_page(request, form, title="修改人员", back=back, crumbs=[PEOPLE, (name, back), ("修改", "")])


@requires(Right.MANAGE_PEOPLE)
def person_reset(request: PageRequest, pk: int) -> HttpResponse:
    """Reset a password to an initial one, unlock the account and end its sessions, after one question.

    PermissionDenied for the user's own account and for officers.
    """
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        raise PermissionDenied("请在“我的账号”里修改自己的密码。")
    # A system officer who resets it could act as the other officer.
    if person.grants.officers().exists():
        raise PermissionDenied(OFFICERS_PASSWORDS)
    if request.method == "POST":
        password = reset_password(person)
        return show_password(request, person, password)
    sentence = f"将为{person.name}生成新的初始密码。原密码失效，此人在所有设备上的登录会退出。"
    return confirmation(request, person, "重置密码", sentence)


def confirmation(
    request: PageRequest, person: User, title: str, sentence: str, reasons: Sequence[str] = ()
) -> HttpResponse:
    """The page that states what will happen to a person and asks once, or the reasons why it cannot happen."""
    set_refusal_reason("".join(reasons))
    back = reverse("findings:person_detail", args=[person.pk])
    crumbs = [PEOPLE, (person.name, back), (title, "")]
    context = {
        "title": title,
        "layout": base_template(None),
        "sentence": sentence,
        "reasons": reasons,
        "back": back,
        "crumbs": crumbs,
    }
    return render(request, "findings/work/confirm.html", context, status=409 if request.method == "POST" else 200)


@requires(Right.MANAGE_PEOPLE)
@require_POST
def person_unlock(request: PageRequest, pk: int) -> HttpResponse:
    """Unlock an account that was locked after wrong passwords."""
    person = get_object_or_404(User, pk=pk)
    words = f"已解除{person.name}的登录锁定。" if unlock(person) else f"{person.name}没有被锁定，无须解除。"
    return redirect_with_message(request, words, reverse("findings:person_detail", args=[pk]))


@requires(Right.MANAGE_PEOPLE)
def person_deactivate(request: PageRequest, pk: int) -> HttpResponse:
    """Deactivate an account; people are never deleted, their names stay on what they did."""
    sentence = "将停用{}的账号，此人在所有设备上的登录会退出。已有的记录和署名不变，以后可以再启用。"
    return account_status_view(request, pk, "停用账号", sentence, active=False)


@requires(Right.MANAGE_PEOPLE)
def person_activate(request: PageRequest, pk: int) -> HttpResponse:
    """Activate an account again."""
    return account_status_view(request, pk, "启用账号", "将重新启用{}的账号，角色与停用前相同。", active=True)


def account_status_view(request: PageRequest, pk: int, title: str, sentence: str, *, active: bool) -> HttpResponse:
    """Ask once, then activate or deactivate an account; PermissionDenied for the user's own."""
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        raise PermissionDenied("不能停用自己的账号，请由另一名系统管理员办理。")
    try:
        with transaction.atomic():
            # Two officers must not deactivate or revoke each other at once, which would leave none.
            lock_until_commit(OFFICERS)
            person.refresh_from_db()
            # Under the lock, so that the answer still holds when the account is changed.
            against = reasons_against(person, active=active)
            if request.method == "POST" and not against:
                set_active(person, active=active)
                words = "已启用" if active else "已停用，此人在所有设备上的登录都已退出"
                return redirect_with_message(
                    request, f"{person.name}的账号{words}。", reverse("findings:person_detail", args=[pk])
                )
    except ConflictError as conflict:  # another officer has changed the person meanwhile
        record_conflict(conflict)
        against = [str(conflict)]
    return confirmation(request, person, title, sentence.format(person.name), against)


def reasons_against(person: User, *, active: bool) -> list[str]:
    """The reasons (Chinese) why an account cannot be activated or deactivated."""
    if person.is_active == active:
        return [f"{person.name}的账号已经{'启用' if active else '停用'}。"]
    return [] if active else [reason for grant in person.grants.officers() for reason in reasons_to_keep(grant)]


def set_active(person: User, *, active: bool) -> None:
    """Set the status as a new version of the person; a deactivated one is signed out everywhere."""
    person.is_active = active
    action = Action.ACTIVATE if active else Action.DEACTIVATE
    bump_version(person, action)
    account_writer.save_version(person, action)
    if not active:
        end_sessions(person)


@requires(Right.GRANT_ROLES)
def grant_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a grant, which holds from the person's next request on; PermissionDenied for oneself."""
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        raise PermissionDenied(NOT_ONESELF)
    form = GrantForm(request.POST or None, instance=Grant(user=person, granted_by=request.user))
    back = reverse("findings:person_detail", args=[pk])
    if request.method == "POST" and form.is_valid() and (grant := create_grant(form)):
        return redirect_with_message(request, f"已授予{person.name}“{grant}”，对方须重新登录。", back)
    if form.errors:
        events.record(Action.GRANT, person, result=Result.REFUSED, reason=refused_grant(form))
    crumbs = [PEOPLE, (person.name, back), ("授予角色", "")]
    return form_page(request, form, title=f"授予{person.name}角色", back=back, crumbs=crumbs, save_word="授予")


def refused_grant(form: GrantForm) -> str:
    """The reason for the trail why a grant was refused; of the input only a known role is repeated."""
    role = ROLES.get(form.data.get("role", ""))
    errors = "".join(str(error) for errors in form.errors.values() for error in errors)
    return f"{role.label if role else '没有这个角色'}：{errors}"


def create_grant(form: GrantForm) -> Grant | None:
    """Store a grant and end the person's sessions; None when a concurrent grant violates a constraint."""
    try:
        with transaction.atomic():
            grant: Grant = form.instance
            grant.save()
            end_sessions(grant.user)
            events.record(Action.GRANT, grant.user, reason=str(grant))
    except IntegrityError:
        form.add_error(None, BUSY)
        return None
    return grant


@requires(Right.GRANT_ROLES)
def grant_revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Revoke a grant after one question; the last officer of each kind cannot be revoked."""
    with transaction.atomic():
        lock_until_commit(OFFICERS)
        grant = get_object_or_404(Grant.objects.select_related("user", "unit"), pk=pk)
        if grant.user == request.user:
            raise PermissionDenied(NOT_ONESELF)
        against = reasons_to_keep(grant)
        if request.method == "POST" and not against:
            end_sessions(grant.user)
            events.record(Action.REVOKE, grant.user, reason=str(grant))
            grant.delete()
            back = reverse("findings:person_detail", args=[grant.user_id])
            return redirect_with_message(request, f"已收回{grant.user.name}的“{grant}”，对方须重新登录。", back)
    sentence = f"将收回{grant.user.name}的角色“{grant}”。此人在所有设备上的登录会退出，须重新登录。"
    return confirmation(request, grant.user, "收回角色", sentence, against)


def reasons_to_keep(grant: Grant) -> list[str]:
    """The reason (Chinese) why a grant must stay: nobody else could do the officer's work."""
    others = Grant.objects.filter(role=grant.role, user__is_active=True).exclude(pk=grant.pk)
    if grant.role_definition.is_officer and not others.exists():
        return [f"这是最后一名{grant.role_definition.label}，请先授予另一个人。"]
    return []


def role_list(request: PageRequest) -> HttpResponse:
    """The table of roles and their rights, which everybody may read."""
    rows = [(right, [(role, right in role.rights) for role in ROLES.values()]) for right in Right]
    context = {"roles": ROLES.values(), "rows": rows, "crumbs": [("角色说明", "")]}
    return render(request, "findings/units/role_list.html", context)
