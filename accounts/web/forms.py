"""How forms look and answer on every page.

Forms of all apps build on ``PageForm`` and ``PageModelForm``: labels above, help below, errors beside the field and
a summary on top (templates/forms/), in Chinese sentences that name the field.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator
from django.db import IntegrityError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import renderers
from django.http import HttpRequest, QueryDict
from django.template.backends.django import DjangoTemplates
from django.utils.functional import cached_property

from accounts.records.conflicts import VERSION_FIELD, Conflict, conflict_of, submitted_version, with_their_values
from accounts.records.saving import ConflictError, RecordWriter, account_writer, record_conflict
from accounts.versions import Record, values_of
from accounts.write_guard import UncheckedWriteError

if TYPE_CHECKING:
    FormBase = forms.BaseForm
    ModelFormBase = forms.ModelForm[Any]
else:  # the mixin must not bring a base of its own, and ModelForm takes no parameter while running
    FormBase = object
    ModelFormBase = forms.ModelForm

WIDGETS = "django/forms/widgets/"
CLASSES = {
    f"{WIDGETS}checkbox.html": "form-check-input",
    f"{WIDGETS}checkbox_option.html": "form-check-input",
    f"{WIDGETS}checkbox_select.html": "",
    f"{WIDGETS}hidden.html": "",
    f"{WIDGETS}multiple_input.html": "",
    f"{WIDGETS}radio.html": "",
    f"{WIDGETS}radio_option.html": "form-check-input",
    f"{WIDGETS}select.html": "form-select",
}
# By the code of the error, whoever raises it: the field of the form, the validators of the model, the model itself.
MESSAGES = {
    "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字。",
    "min_length": "至少 %(limit_value)d 个字，现在只有 %(show_value)d 个字。",
    "max_value": "不能大于 %(limit_value)s。",
    "min_value": "不能小于 %(limit_value)s。",
    "invalid_choice": "所选的一项已不存在或不能选，请重新选择。",
    "null_characters_not_allowed": "含有看不见的控制字符，请删除后再提交。",
}
LARGEST = 32_767  # of a small integer; PostgreSQL refuses more, SQLite would take it
UNCHANGED = "没有改动，内容和原来一样。"
BUSY = "刚才有人同时保存了相同的内容（例如相同的序号），这一次没有保存。请核对后再提交。"


class PageRenderer(renderers.DjangoTemplates):
    """Renders forms with the project's own templates and gives the inputs Bootstrap's classes."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    @cached_property
    def engine(self) -> DjangoTemplates:
        """Django's widget templates plus ours."""
        own = settings.BASE_DIR / "templates"
        directories = [Path(renderers.__file__).parent / "templates", own]
        return DjangoTemplates({"APP_DIRS": False, "DIRS": directories, "NAME": "pageforms", "OPTIONS": {}})

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """One template; an input gets its class here, so that no form has to say it."""
        if widget := context.get("widget"):
            names = [widget["attrs"].get("class", ""), CLASSES.get(template_name, "form-control")]
            if widget["attrs"].get("aria-invalid"):
                names.append("is-invalid")
            if classes := " ".join(filter(None, names)):
                widget["attrs"]["class"] = classes
        return super().render(template_name, context, request)


Sections = tuple[tuple[str, tuple[str, ...]], ...]


def named_in(sections: Sections) -> list[str]:
    """The fields of all sections in order, so that a form lists them once."""
    return [name for _, names in sections for name in names]


class PageFormMixin(FormBase):
    """What all forms have in common."""

    default_renderer = PageRenderer()  # one for all: it keeps the compiled templates
    use_required_attribute = False  # the browser's own bubbles speak its language, not ours
    sections: ClassVar[Sections] = ()
    refusal: ClassVar[str] = ""  # what did not happen; without it the number of things to put right is said

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        localise_fields(self.fields)

    @property
    def error_total(self) -> int:
        """How many things are to be put right."""
        return sum(len(errors) for errors in self.errors.values())

    @property
    def field_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The visible fields under their headings; without ``sections`` one group without a heading."""
        sections = self.sections or (("", tuple(self.fields)),)
        fields = {field.name: field for field in self.visible_fields()}
        return [(title, [fields[name] for name in names if name in fields]) for title, names in sections]


class PageForm(PageFormMixin, forms.Form):
    """The base of every form that is not bound to a record."""


class VersionedForm(PageForm):
    """The base of what changes a record otherwise than field by field: it carries the version the person sees."""

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[VERSION_FIELD] = version_field(version)

    def rebase(self, stored: Record | None) -> None:
        """Carry the version of the record as it is stored now, 0 where there is none; what was sent stays."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[VERSION_FIELD] = str(stored.version if stored else 0)
        self.data = data


def version_field(version: int) -> forms.Field:
    """The field that carries a version."""
    return forms.Field(label="版本", required=False, initial=version, widget=forms.HiddenInput)


class PageModelForm(PageFormMixin, ModelFormBase):
    """The base of every form that edits a record; those of other apps name their own ``writer``.

    ``preset_fields`` are set on the instance by the view instead of the user, such as the finding of a measure:
    uniqueness is checked over them too. ``constraint_fields`` says at which field a constraint is reported.
    """

    writer: ClassVar[RecordWriter] = account_writer
    preset_fields: ClassVar[tuple[str, ...]] = ()
    constraint_fields: ClassVar[dict[str, str]] = {}
    conflict: Conflict | None = None  # after ``save``, when somebody was faster
    is_unchanged = False  # after ``save``, when there was nothing to store

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Carry the version the person sees (0 for a record that is not there yet), and take choices back."""
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        self.fields[VERSION_FIELD] = version_field(0 if is_new else self.instance.version)
        self._stored_values = None if is_new else values_of(self.instance)
        self.data = with_their_values(self)

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # unknown to the stubs
        return exclusions - set(self.preset_fields)

    def add_error(self, field: str | None, error: Any) -> None:
        """Report at the field where the person can do something about it, else on top."""
        for name, errors in _by_field(field, error).items():
            for one in errors:
                super().add_error(self._field_of(name, one), one)

    def _field_of(self, name: str, error: ValidationError) -> str | None:
        if name == NON_FIELD_ERRORS:
            for constraint in self._meta.model._meta.constraints:
                if error.message == constraint.violation_error_message:
                    name = self.constraint_fields.get(constraint.name, NON_FIELD_ERRORS)
        return name if name in self.fields else None

    def _post_clean(self) -> None:
        """Browsers send line ends of two characters; texts are kept with one, or every text would count as changed."""
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = value.replace("\r\n", "\n")
        self.instance.stored_values = self._stored_values
        super()._post_clean()  # type: ignore[misc]  # unknown to the stubs
        self.instance.stored_values = None

    def save(self, commit: bool = True) -> bool:
        """Whether the form was in order and is now in the database, as a new version unless nothing was changed.

        This is the checked save: valid or not, a version seen or outdated, it is called without ``is_valid`` before. A
        race for the same number is an error on top; when somebody changed the record first, ``conflict`` tells.
        UncheckedWriteError without ``commit``: the writer stores a record together with its links.
        """
        if not commit:
            raise UncheckedWriteError(f"{type(self).__name__} is saved as a whole; read form.instance instead")
        if not self.is_valid():
            return False
        try:
            self.is_unchanged = not self._write()
        except IntegrityError:
            self.add_error(None, BUSY)
            return False
        except ConflictError as error:
            return self._is_settled(error)
        return True

    @property
    def settled_fields(self) -> list[forms.BoundField]:
        """The fields of a conflict about which there is nothing to choose; they go along unseen."""
        open_fields = {choice.field.name for choice in self.conflict.choices} if self.conflict else set()
        return [field for field in self if field.name not in {VERSION_FIELD, *open_fields}]

    def success_message(self, words: str) -> str:
        """What to tell the user after saving: these words, or that nothing was changed."""
        return UNCHANGED if self.is_unchanged else words

    def _write(self) -> bool:
        many = {field.name for field in self._meta.model._meta.many_to_many}
        linked = {name: value for name, value in self.cleaned_data.items() if name in many}
        if self.instance._state.adding:
            self.writer.create(self.instance, linked)
            return True
        return self.writer.save(self.instance, seen=submitted_version(self.data), linked=linked)

    def _is_settled(self, error: ConflictError) -> bool:
        """Somebody was faster: fine if he typed the same, else there is something to choose."""
        conflict = conflict_of(self, error)
        if not conflict.choices and not conflict.is_gone:
            self.is_unchanged = True
            return True
        record_conflict(error)
        self.conflict = conflict
        return False


def _by_field(field: str | None, error: Any) -> dict[str, list[ValidationError]]:
    error = error if isinstance(error, ValidationError) else ValidationError(error)
    if hasattr(error, "error_dict"):
        return dict(error.error_dict)
    return {field or NON_FIELD_ERRORS: error.error_list}


def localise_fields(fields: dict[str, forms.Field]) -> None:
    """Give the fields messages that name them, native date pickers, and a blank choice that is a word."""
    for field in fields.values():
        label = str(field.label or "")
        chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        field.widget.attrs.pop("maxlength", None)  # the browser would cut what is pasted without a word
        field.error_messages |= MESSAGES | {"required": f"请选择{label}。" if chosen else f"请填写{label}。"}
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": "2099-12-31"})
            field.error_messages["invalid"] = "请按“年-月-日”填写，如 2026-03-31。"
        elif type(field) is forms.IntegerField:  # its subclasses take decimals
            field.error_messages["invalid"] = "请填写整数。"
            field.validators.append(MaxValueValidator(LARGEST))
        elif isinstance(field, forms.EmailField):
            field.error_messages["invalid"] = "请填写完整的电子邮箱，如 name@example.cn。"
        if isinstance(field, forms.TypedChoiceField):
            options: list[Any] = list(field.widget.choices)
            if options[:1] == BLANK_CHOICE_DASH:
                field.choices = [("", "请选择"), *options[1:]]
        if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
            field.empty_label = "（未定）" if not field.required else "请选择"
