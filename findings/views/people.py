"""People and what they may do: accounts are the system officer's, roles the security officer's."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts import audit
from accounts.models import Action, Grant, User
from accounts.roles import ROLES, Right
from findings.models import Membership
from findings.models.scopes import scope_of
from findings.people import GrantForm, PersonFilter, PersonTable
from findings.views.listing import Listing
from findings.views.pages import PageRequest, form_page, refusal, requires, saved

PEOPLE = ("人员与角色", "/people/")
NOT_ONESELF = "不能给自己授予或收回角色，请由另一名安全管理员办理。"


def known_people(request: PageRequest) -> QuerySet[User]:
    """Everybody, for the two officers whose business people are, with posts and roles."""
    scope = scope_of(request.user)
    if not (scope.has(Right.MANAGE_PEOPLE) or scope.has(Right.GRANT_ROLES)):
        raise PermissionDenied(refusal(Right.MANAGE_PEOPLE))
    posts = Prefetch("memberships", Membership.objects.current().select_related("unit"))
    return User.objects.prefetch_related(posts, Prefetch("grants", Grant.objects.select_related("unit")))


def person_list(request: PageRequest) -> HttpResponse:
    """Everybody who has or had an account."""
    people = known_people(request)
    listing = Listing(
        request,
        rows=people,
        filter=PersonFilter(request.GET, User.objects.all()),
        table=PersonTable,
        default_sort="person",
    )
    return render(request, "findings/person_list.html", {"listing": listing})


def person_detail(request: PageRequest, pk: int) -> HttpResponse:
    """One person: account, posts, roles."""
    person = get_object_or_404(known_people(request), pk=pk)
    posts = Membership.objects.filter(user=person).select_related("unit").order_by("started_on", "pk")
    context = {"person": person, "posts": posts, "grants": person.grants.all(), "crumbs": [PEOPLE, (person.name, "")]}
    return render(request, "findings/person_detail.html", context)


@requires(Right.GRANT_ROLES)
def grant_create(request: PageRequest, pk: int) -> HttpResponse:
    """A role for a person; it holds from the next request on."""
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        raise PermissionDenied(NOT_ONESELF)
    form = GrantForm(request.POST or None, instance=Grant(user=person, granted_by=request.user))
    back = reverse("findings:person_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            grant = form.save()
            audit.record(Action.GRANT, person, reason=str(grant))
        return saved(request, f"已授予{person.name}“{grant}”，从下一次操作起生效。", back)
    crumbs = [PEOPLE, (person.name, back), ("授予角色", "")]
    return form_page(request, form, title=f"授予{person.name}角色", back=back, crumbs=crumbs, save_word="授予")


@requires(Right.GRANT_ROLES)
def grant_revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Take a role back, after one question; the last of each kind of officer stays."""
    grant = get_object_or_404(Grant.objects.select_related("user", "unit"), pk=pk)
    if grant.user == request.user:
        raise PermissionDenied(NOT_ONESELF)
    back = reverse("findings:person_detail", args=[grant.user_id])
    with transaction.atomic():
        against = reasons_to_keep(grant)
        if request.method == "POST" and not against:
            audit.record(Action.REVOKE, grant.user, reason=str(grant))
            grant.delete()
            return saved(request, f"已收回{grant.user.name}的“{grant}”，从下一次操作起生效。", back)
    crumbs = [PEOPLE, (grant.user.name, back), ("收回角色", "")]
    context = {"grant": grant, "reasons": against, "back": back, "crumbs": crumbs}
    return render(request, "findings/grant_revoke.html", context, status=409 if request.method == "POST" else 200)


def reasons_to_keep(grant: Grant) -> list[str]:
    """That without this grant nobody could do an officer's work any more."""
    others = Grant.objects.filter(role=grant.role, user__is_active=True).exclude(pk=grant.pk)
    if grant.held.is_officer and not others.exists():
        return [f"这是最后一名{grant.held.label}，请先授予另一个人。"]
    return []


def role_list(request: PageRequest) -> HttpResponse:
    """What each role may do, as a table; everybody may read it."""
    rows = [(right, [(role, right in role.rights) for role in ROLES.values()]) for right in Right]
    context = {"roles": ROLES.values(), "rows": rows, "crumbs": [("角色说明", "")]}
    return render(request, "findings/role_list.html", context)
