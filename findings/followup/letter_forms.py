"""The forms of letters that were sent, and of the rules by which they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from findings.choices import LetterKind, NoticeKind
from findings.followup.models.letter_rules import LetterRule, letter_rules
from findings.followup.models.supervision import Supervision
from findings.notifications.models.notices import notify
from findings.notifications.recipients import Recipients
from findings.work.forms import SHORT
from findings.workflow.forms import WorkflowModelForm


def citing_letters(letter: Supervision, user: User) -> list[Supervision]:
    """The letters in force that cite this one and that the user may see."""
    later = Supervision.objects.visible_to(user).of(letter.inspection).letters().in_force()
    return [one for one in later if letter.pk in one.as_sent["cited"]]


class LetterRuleForm(WorkflowModelForm):
    """The form of the rule of one kind of letter."""

    preset_fields = ("inspection", "letter")

    class Meta:
        model = LetterRule
        fields = ("issuer", "code", "role")


class LetterNumberForm(WorkflowModelForm):
    """The correction of a sent letter's number and issuer; its text stays as it was sent."""

    constraint_fields = {"supervision_letter_number_unique": "number"}

    class Meta:
        model = Supervision
        fields = ("number", "held_by")
        labels = {"held_by": "发文单位"}
        help_texts = {"number": "", "held_by": "文书的落款。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].required = True


class LetterAnswerForm(WorkflowModelForm):
    """The form of a letter's receipt and of the answer to it."""

    constraint_fields = {
        "supervision_received_after_held": "received_on",
        "supervision_answered_after_held": "answered_on",
        "supervision_answer_has_its_day": "answered_on",
    }
    sections = (("签收", ("received_on", "received_by")), ("答复", ("answered_on", "answer")))

    class Meta:
        model = Supervision
        fields = ("received_on", "received_by", "answered_on", "answer")
        labels = {"answered_on": "答复日期", "answer": "答复内容"}
        widgets = {"answer": SHORT}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Refuse days in the future, and a name without the day of receipt."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("received_on", "answered_on"):
            if cleaned.get(name) and cleaned[name] > timezone.localdate():
                self.add_error(name, f"{self.fields[name].label}不能在今天之后。")
        if cleaned.get("received_by") and not cleaned.get("received_on") and "received_on" not in self.errors:
            self.add_error("received_on", "有签收人的，请填写签收日期。")
        return cleaned

    def _write(self) -> bool:
        """Save, and tell those who send such letters of a new answer."""
        is_new = "answered_on" in self.changed_data and self.instance.answered_on is not None
        with transaction.atomic():
            is_changed = super()._write()
            if is_changed and is_new:
                self._notify()
        return is_changed

    def _notify(self) -> None:
        letter = self.instance
        rule = letter_rules(letter.inspection)[LetterKind(letter.letter)]
        people = Recipients(letter.inspection).with_role(rule.role) - {self.user.pk}
        words = f"{letter.recipient}答复了{letter}。"
        notify(people, NoticeKind.LETTER, words, address=letter.get_absolute_url())


class LetterVoidForm(WorkflowModelForm):
    """The form that voids a mistaken letter; its number stays taken."""

    class Meta:
        model = Supervision
        fields = ("void_reason",)
        help_texts = {"void_reason": "如：单位写错，另发青巡办督〔2026〕2号。"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["void_reason"].required = True

    def clean(self) -> dict[str, Any]:
        """Refuse while a letter in force cites this one, which would then say what has no record."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if citing := citing_letters(self.instance, self.user):
            names = "、".join(str(one) for one in citing)
            raise forms.ValidationError(f"{names}引用了这份文书，请先作废引用它的文书。")
        return cleaned

    def _write(self) -> bool:
        self.instance.voided_at, self.instance.voided_by = timezone.now(), self.user
        return super()._write()
