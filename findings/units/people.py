"""The table and filter of the list of people, and the forms of accounts and grants."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.safestring import SafeString

from accounts.models import Grant, User
from accounts.users.roles import CHOICES, OFFICERS, ROLES, Reach, labels
from accounts.web.filters import ChoiceFilter, KeywordFilter, ListFilter, text_contains
from accounts.web.forms import PageModelForm
from accounts.web.markup import format_html
from accounts.web.tables import ListTable, state_tag
from findings.units.fields import UnitField, set_choices
from findings.units.models import Unit


class PersonTable(ListTable):
    """The people with their units and roles."""

    key = "people"
    fixed = ("person",)
    person = tables.Column("姓名")
    units = tables.Column("单位")
    roles = tables.Column("角色")
    state = tables.Column("账号")

    orderings = {"person": (F("name").asc(), F("pk").asc()), "state": (F("is_active").desc(), F("pk").asc())}
    css = {"person": "col-unit", "units": "col-people", "roles": "col-text", "state": "col-tight"}

    def __init__(self, records: list[User], **how: Any) -> None:
        super().__init__(records, **how)
        self.address = self.links_to("findings:person_detail")

    def render_person(self, user: User) -> SafeString:
        """The name with its link, and the user name below."""
        return format_html(
            '<a class="clamp" href="{}">{}</a><span class="subline">{}</span>',
            self.address(user.pk),
            user.name,
            user.username,
        )

    def render_units(self, user: User) -> SafeString | str:
        """The units in which the user works today; the view prefetches current memberships."""
        units = "、".join(str(membership.unit) for membership in user.memberships.all())
        return units or format_html('<span class="muted">{}</span>', "没有任职")

    def render_roles(self, user: User) -> SafeString | str:
        """The roles, each with its unit."""
        roles = "、".join(str(grant) for grant in user.grants.all())
        return roles or format_html('<span class="muted">{}</span>', "没有角色")

    def render_state(self, user: User) -> SafeString:
        """A tag: active or deactivated."""
        return state_tag("done", "在用") if user.is_active else state_tag("open", "停用")


class PersonFilter(ListFilter):
    """The filter of the list of people."""

    q = KeywordFilter(label="姓名或用户名", method="by_keyword")
    role = ChoiceFilter(label="角色", choices=[*CHOICES, ("none", "没有角色")], method="by_role")
    state = ChoiceFilter(label="账号", choices=[("yes", "在用"), ("no", "停用")], method="by_state")

    class Meta(ListFilter.Meta):
        model = User
        fields: list[str] = []

    def by_keyword(self, queryset: QuerySet[User], _name: str, words: str) -> QuerySet[User]:
        """People whose name or user name contains the words."""
        return queryset.filter(text_contains(words, "name", "username"))

    def by_role(self, queryset: QuerySet[User], _name: str, role: str) -> QuerySet[User]:
        """People who hold the role anywhere or, for ``none``, no role."""
        if role == "none":
            return queryset.filter(grants=None)
        return queryset.filter(pk__in=Grant.objects.filter(role=role).values("user"))

    def by_state(self, queryset: QuerySet[User], _name: str, answer: str) -> QuerySet[User]:
        """Active people, or deactivated ones."""
        return queryset.filter(is_active=answer == "yes")


class PersonForm(PageModelForm):
    """The account of a person; the user name is for signing in and cannot be changed later."""

    class Meta:
        model = User
        fields = ("username", "name", "email")
        help_texts = {"username": "登录时输入，不区分大小写和全角半角；开设后不能改。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            # Lockouts after wrong passwords are kept by user name.
            del self.fields["username"]


class GrantForm(PageModelForm):
    """The grant of a role to a person, within a unit or everywhere."""

    unit = UnitField(
        "范围",
        f"{labels(Reach.BODY)}：选被巡察单位，管到它的全部下级；不选为全系统。{labels(Reach.UNIT)}：必须选单位。",
    )
    preset_fields = ("user",)
    constraint_fields = {"grant_unique": "unit", "grant_unique_everywhere": "unit", "grant_with_unit": "unit"}

    class Meta:
        model = Grant
        fields = ("role", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["unit"], Unit.objects.all(), "（全系统）")
        self.fields["role"].choices = [("", "请选择"), *CHOICES]  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        """Check in words what the database would refuse: a missing or superfluous unit, an officer's second role."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if role := ROLES.get(cleaned.get("role", "")):
            held = set(self.instance.user.grants.values_list("role", flat=True))
            if role.is_officer and cleaned.get("unit"):
                self.add_error("unit", f"{role.label}的范围是全系统，请不要选单位。")
            if role.reach == Reach.UNIT and not cleaned.get("unit"):
                self.add_error("unit", f"请选择{role.label}所在的单位。")
            if held and (role.is_officer or held & set(OFFICERS)):
                labels = "、".join(ROLES[key].label for key in ROLES if key in held)
                message = f"此人已是{labels}。系统、安全、审计管理员不能兼任，也不能再有业务角色；请先收回原有角色。"
                self.add_error("role", message)
        return cleaned
