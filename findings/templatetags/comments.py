"""Template tags of the comments on a record's page and of the number of unread notices."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from accounts.models import User
from accounts.web.back import way_back
from findings.notifications.models.comments import Commented
from findings.notifications.models.notices import MOST_COUNTED, Notice
from findings.work.comment_forms import comment_field

register = template.Library()


@register.inclusion_tag("findings/notifications/comments.html", takes_context=True)
def comments(context: Context, record: Commented, within: str = "", typed: str = "") -> dict[str, Any]:
    """The comments on the record of a page and a form for a new one; users who see the record see all of them.

    With ``within``, the id of the page's own form, the box belongs to that form, so that without script nothing typed
    in it is lost when the comment is posted; ``typed`` is what stands in the box.
    """
    user, room, kind = context["user"], record._meta.app_label, record._meta.model_name
    said = record.comments.model.objects.on(record).select_related("written_by", "withdrawn_by")
    listed = list(said.prefetch_related("mentioned"))
    for comment in listed:
        comment.record = record  # spares a query for each comment
    return {
        "comments": [(comment, comment.may_withdraw(user)) for comment in listed],
        "form": comment_field(typed, within),
        "within": within,
        "people": reverse(f"{room}:{kind}_people", args=[record.pk]),
        "address": reverse(f"{room}:{kind}_comment", args=[record.pk]),
        "withdraw": f"{room}:comment_withdraw",
        "csrf_token": context["csrf_token"],
        **way_back(context),
    }


@register.simple_tag
def unread(user: User) -> str:
    """The number of the user's unread notices, as 99+ above that; an empty string for none."""
    number = Notice.objects.unread_count(user)
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number or "")
