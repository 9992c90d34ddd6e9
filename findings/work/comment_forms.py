"""The form of a comment."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from accounts.text import printable
from accounts.web.forms import PageForm
from findings.notifications.mentions import Mentionable, Mentions
from findings.notifications.models.comments import LONGEST_COMMENT


class CommentForm(PageForm):
    """The form of a comment, in which @ and a label mentions a user."""

    refusal = "没有发表："
    text = forms.CharField(
        label="评论",
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 3}),
        validators=[printable],
        help_text="输入 @ 和姓名可以提醒同事，如 @张三。评论只在系统内部可见，不会公开。",
    )

    def __init__(self, *args: Any, people: Mentionable, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_comment_%s", **kwargs)  # other forms of the page have a field ``text``, too
        self.people = people
        self.mentions = Mentions()

    def clean_text(self) -> str:
        """Find the mentioned users; ValidationError when a name is that of several."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")
        self.mentions = self.people.found_in(text)
        if self.mentions.ambiguous:
            # A notice to the wrong person cannot be taken back, so that the form asks.
            raise ValidationError([self.people.question(name) for name in self.mentions.ambiguous])
        return text


@cache
def blank_comment() -> SafeString:
    """The empty form as HTML; cached, because it is the same on every page of a record."""
    return CommentForm(people=Mentionable({}, {})).render()
