"""The users whom a comment can mention, and those whom it mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import User
from findings.notifications.models.comments import Remark
from findings.units.models import Membership

SIGN = "@"


@dataclass(frozen=True)
class Mentionable:
    """The users who can be mentioned, by the label to type after @; namesakes have a label with their unit."""

    by_label: dict[str, User]
    ambiguous: dict[str, list[str]]  # a name that several users have, with their labels

    def found_in(self, text: str) -> tuple[list[User], list[str]]:
        """The users mentioned in a text, and the ambiguous names in it."""
        people: dict[int, User] = {}
        unclear: dict[str, None] = {}
        # Longest first: one name can be the beginning of another.
        longest_first = sorted({*self.by_label, *self.ambiguous}, key=len, reverse=True)
        for after in text.split(SIGN)[1:]:
            label = next((one for one in longest_first if after.startswith(one)), None)
            if label in self.by_label:
                people[self.by_label[label].pk] = self.by_label[label]
            elif label is not None:
                unclear[label] = None
        return list(people.values()), list(unclear)


def mentionable(comment: Remark) -> Mentionable:
    """The users whom the writer of a comment can mention: those of their own body who may see the record.

    Without the writer; none for a writer of another body.
    """
    recipients, writer = comment.recipients(), comment.written_by
    if not recipients.belongs_to_body(writer):
        return Mentionable({}, {})
    readers = recipients.allowed_to_see()
    keys = [one.pk for one in readers if one.pk != writer.pk and recipients.belongs_to_body(one)]
    posts = Prefetch("memberships", Membership.objects.current().select_related("unit"))
    return mention_labels(list(User.objects.filter(pk__in=keys).prefetch_related(posts)))


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
