"""The users whom a comment can mention, those whom it mentions, and why the others it names are not notified."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch

from accounts.models import Grant, User
from accounts.text import comparison_key
from accounts.users.roles import OFFICERS
from findings.notifications.models.comments import Remark
from findings.notifications.recipients import Recipients
from findings.units.models import Area, Membership
from findings.units.scopes import people_q, user_scope

SIGN = "@"
EMAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)
NAME = re.compile(r"[^\s,;:!?。、\"'“”‘’《》<>/]{1,20}")  # after NFKC, which makes Chinese commas ASCII ones

NOBODY = "没有这个人"
ONESELF = "是您自己"
DEACTIVATED = "账号已停用"
NO_ROLE = "没有角色，看不到这条记录"
FOREIGN = "不在本单位，看不到这条记录"
FOREIGN_READER = "不在本单位"
BLIND = "看不到这条记录"
FOREIGN_WRITER = "您不在被巡察单位，评论里不能提醒别人"


@dataclass
class Mentions:
    """What the @names of a text come to: users to notify, names of several users, sentences about the others."""

    people: list[User] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mentionable:
    """The users who can be mentioned, by the label to type after @; namesakes have a label with their unit."""

    by_label: dict[str, User]
    ambiguous: dict[str, list[str]]  # a name that several users have, with their labels
    reasons: dict[str, str] = field(default_factory=dict)  # why users known to the writer are not notified, by name
    unknown: str = NOBODY  # the reason for every other name

    def found_in(self, text: str) -> Mentions:
        """The users mentioned in a text, the ambiguous names in it, and a sentence for each name not notified."""
        people: dict[int, User] = {}
        ambiguous: dict[str, None] = {}
        unreached: dict[str, None] = {}
        for after in _after_each_sign(text):
            label = self._label_at(after)
            if label in self.by_label:
                people[self.by_label[label].pk] = self.by_label[label]
            elif label in self.ambiguous:
                ambiguous[label] = None
            elif name := label or _name_at(after):
                unreached[f"没有通知“{name}”：{self.reasons.get(name, self.unknown)}。"] = None
        return Mentions(list(people.values()), list(ambiguous), list(unreached))

    def question(self, name: str) -> str:
        """The question which of several users of one name is meant, with the labels to write."""
        labels = self.ambiguous[name]
        return f"有 {len(labels)} 位“{name}”，请写明是哪一位：{'、'.join(SIGN + label for label in labels)}。"

    def _label_at(self, after: str) -> str | None:
        """The label that a text begins with, or None."""
        whole = next((label for label, written, _ in self._labels if after.startswith(written)), None)
        if whole is not None:
            return whole
        # Only then without spaces: @李明 华为 is not 李明华.
        compact = comparison_key(after)
        return next((label for label, _, key in self._labels if compact.startswith(key)), None)

    @cached_property
    def _labels(self) -> list[tuple[str, str, str]]:
        """All labels as they are, in NFKC and as keys; longest first, as one name can be the beginning of another."""
        labels = {*self.by_label, *self.ambiguous, *self.reasons}
        return sorted(
            ((label, unicodedata.normalize("NFKC", label), comparison_key(label)) for label in labels),
            key=lambda one: len(one[2]),
            reverse=True,
        )


def mentionable(comment: Remark) -> Mentionable:
    """The users whom the writer of a comment can mention: those of their own body who may see the record.

    Without the writer; none for a writer of another body.
    """
    recipients, writer = comment.recipients(), comment.written_by
    if not recipients.belongs_to_body(writer):
        return Mentionable({}, {}, unknown=FOREIGN_WRITER)
    readers = {one.pk for one in recipients.allowed_to_see()}
    keys = [pk for pk in readers if pk != writer.pk and recipients.belongs_to_body(recipients.scopes[pk].user)]
    posts = Prefetch("memberships", Membership.objects.current().select_related("unit"))
    found = mention_labels(list(User.objects.filter(pk__in=keys).prefetch_related(posts)))
    for name, reason in _find_unreached(recipients, writer, readers, keys):
        if name not in found.by_label and name not in found.ambiguous:
            found.reasons.setdefault(name, reason)
    return found


def mention_labels(people: Sequence[User]) -> Mentionable:
    """Each user by name; namesakes by name and unit or, in one unit, by name and user name."""
    times = Counter(person.name for person in people)
    with_unit = Counter(_with_unit(person) for person in people)
    by_label: dict[str, User] = {}
    ambiguous: dict[str, list[str]] = {}
    for person in people:
        label = person.name
        if times[label] > 1:
            label = _with_unit(person)
            label = label if with_unit[label] == 1 else f"{person.name}（{person.username}）"
            ambiguous.setdefault(person.name, []).append(label)
        by_label[label] = person
    return Mentionable(by_label, ambiguous)


def _with_unit(person: User) -> str:
    units = "、".join(dict.fromkeys(str(post.unit) for post in person.memberships.all()))
    return f"{person.name}（{units or person.username}）"


def _find_unreached(
    recipients: Recipients, writer: User, readers: set[int], mentionable_keys: list[int]
) -> Iterator[tuple[str, str]]:
    """The names of the other users whom the writer may select or who work in the inspected body, with the reason.

    Names of other users are not confirmed: the writer is told that there is nobody of that name. One query.
    """
    scope, body = user_scope(writer), recipients.body
    colleagues = scope.descendants.get(body, frozenset()) if body is not None else frozenset()
    known = scope.selectable if scope.selectable.everywhere else Area(scope.selectable.units | colleagues)
    in_role = Grant.objects.filter(user=OuterRef("pk")).exclude(role__in=OFFICERS)
    others = User.objects.filter(people_q(known)).exclude(pk__in=mentionable_keys).annotate(has_role=Exists(in_role))
    # Active users come first: of two namesakes the reason of the one at work is told.
    for person in others.order_by("-is_active", "pk"):
        if person.pk == writer.pk:
            yield person.name, ONESELF
        elif not person.is_active:
            yield person.name, DEACTIVATED
        elif not person.has_role:
            yield person.name, NO_ROLE
        elif recipients.belongs_to_body(person):
            yield person.name, BLIND
        else:
            yield person.name, FOREIGN_READER if person.pk in readers else FOREIGN


def _after_each_sign(text: str) -> list[str]:
    """What stands after each @ of a text, in NFKC; the @ of e-mail addresses does not count."""
    return EMAIL_ADDRESS.sub(" ", unicodedata.normalize("NFKC", text)).split(SIGN)[1:]


def _name_at(after: str) -> str:
    """The name that a text begins with, as far as punctuation tells it; empty when there is none."""
    found = NAME.match(after.lstrip(" "))
    name = found[0] if found else ""
    return name if "(" in name else name.rstrip(")")
