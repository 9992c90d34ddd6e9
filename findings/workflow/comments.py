"""Writing a comment and notifying its readers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from findings.choices import NoticeKind
from findings.notifications.models.comments import Remark
from findings.notifications.models.notices import notify, short_name
from findings.workflow.saving import workflow_writer


def post_comment(comment: Remark, mentioned: Sequence[User]) -> None:
    """Create a comment and notify the mentioned users and those in charge of its record, in one transaction.

    Users who may not see the record are not notified of it; a mentioned user gets one notice, the writer none.
    """
    writer, name = comment.written_by, short_name(comment.record)
    with transaction.atomic():
        workflow_writer.create(comment, {"mentioned": mentioned})
        # A mentioned user who is also in charge is told once, as mentioned.
        named = {person.pk for person in mentioned}
        notify(named, NoticeKind.MENTION, f"{writer.name}在“{name}”的评论中提到您。", **comment.place())
        readers = {person.pk for person in comment.recipients().allowed_to_see()}
        others = comment.in_charge() & readers - named - {writer.pk}
        notify(others, NoticeKind.COMMENT, f"{writer.name}评论了您负责的“{name}”。", **comment.place())
