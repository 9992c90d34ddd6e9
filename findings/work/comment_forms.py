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


COMMENT_PREFIX = "comment"  # of the box within another form, which has a field ``text`` of its own
COMMENT_TEXT = f"{COMMENT_PREFIX}-text"


def comment_box(typed: str, within: str = "") -> SafeString:
    """The box of a comment with what was typed, as HTML; ``within`` is the id of another form that it belongs to."""
    form = CommentForm(people=Mentionable({}, {}), prefix=COMMENT_PREFIX if within else None, initial={"text": typed})
    if within:
        form.fields["text"].widget.attrs["form"] = within
        form.fields["text"].required = False  # for the other buttons of that form
    return form.render()


def comment_field(typed: str = "", within: str = "") -> SafeString:
    """The field of a comment as HTML: with what was typed, within another form, or blank."""
    return comment_box(typed, within) if typed or within else blank_comment()


@cache
def blank_comment() -> SafeString:
    """The empty form as HTML; cached, because it is the same on every page of a record."""
    return CommentForm(people=Mentionable({}, {})).render()
