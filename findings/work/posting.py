"""Posting the comment whose box belongs to another form of the page, which goes on with the rest of it."""

from __future__ import annotations

from django.contrib import messages

from accounts.web.http import PageRequest
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.notifications.mentions import mentionable
from findings.notifications.models.comments import Comment
from findings.work.comment_forms import COMMENT_PREFIX, COMMENT_TEXT, CommentForm
from findings.work.http import warn
from findings.workflow.comments import post_comment


def post_typed_comment(request: PageRequest, record: Finding | Measure) -> str:
    """Post the comment that was typed, with a message; what stays in its box: nothing, or the text when refused."""
    comment = Comment.about(record, request.user)
    box = CommentForm(request.POST, people=mentionable(comment), prefix=COMMENT_PREFIX)
    if not box.is_valid():
        for error in box.errors["text"]:
            messages.error(request, f"没有发表评论：{error}")
        return request.POST.get(COMMENT_TEXT, "")
    comment.text = box.cleaned_data["text"]
    post_comment(comment, box.mentions.people)
    warn(request, box.mentions.unreached)
    messages.success(request, "已发表评论；页面上填写的其他内容还没有保存。")
    return ""
