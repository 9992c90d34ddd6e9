"""Writing a comment, and who gets to know of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from findings.choices import NoticeKind
from findings.notifications.models.comments import Remark
from findings.notifications.models.notices import notify, short_name
from findings.workflow.saving import workflow_writer


def post_comment(comment: Remark, mentioned: Sequence[User]) -> None:
    """Store a comment and tell those it mentions and those in charge of what it is about, in one transaction."""
    writer, name = comment.written_by, short_name(comment.record)
    with transaction.atomic():
        workflow_writer.create(comment, {"mentioned": mentioned})
        named = {person.pk for person in mentioned}
        notify(named, NoticeKind.MENTION, f"{writer.name}在“{name}”的评论中提到您。", **comment.place())
        readers = {person.pk for person in comment.recipients().allowed_to_see()}
        others = comment.in_charge() & readers - named - {writer.pk}
        notify(others, NoticeKind.COMMENT, f"{writer.name}评论了您负责的“{name}”。", **comment.place())
