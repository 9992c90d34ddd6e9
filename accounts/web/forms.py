"""The base classes of all forms: rendering, Chinese error messages, and the checked save of records.

Forms of all apps derive from ``PageForm`` or ``PageModelForm``: labels above, help below, errors beside the field and
a summary on top (templates/forms/), in Chinese sentences that name the field.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from accounts.web.field_groups import FieldGroup
from accounts.write_guard import UncheckedWriteError

if TYPE_CHECKING:
    FormBase = forms.BaseForm
    ModelFormBase = forms.ModelForm[Any]
else:  # the mixin must not have a base class of its own, and ModelForm is not generic at run time
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
# By the code of the error, whether a form field, a validator of the model or the model itself raises it.
MESSAGES = {
    "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字。",
    "min_length": "至少 %(limit_value)d 个字，现在只有 %(show_value)d 个字。",
    "max_value": "不能大于 %(limit_value)s。",
    "min_value": "不能小于 %(limit_value)s。",
    "invalid_choice": "所选的一项已不存在或不能选，请重新选择。",
    "null_characters_not_allowed": "含有看不见的控制字符，请删除后再提交。",
}
LARGEST = 32_767  # of a small integer; PostgreSQL refuses more, SQLite would store it
UNCHANGED = "没有改动，内容和原来一样。"
NUMBERED = "不填则排在最后，由系统接着编号。"
BUSY = "刚才有人同时保存了相同的内容（例如相同的序号），这一次没有保存。请核对后再提交。"


class PageRenderer(renderers.DjangoTemplates):
    """Renders forms with the project's templates and gives the inputs Bootstrap's classes."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    @cached_property
    def engine(self) -> DjangoTemplates:
        """The template engine: Django's widget templates plus the project's."""
        own = settings.BASE_DIR / "templates"
        directories = [Path(renderers.__file__).parent / "templates", own]
        return DjangoTemplates({"APP_DIRS": False, "DIRS": directories, "NAME": "pageforms", "OPTIONS": {}})

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render one template; a widget gets its CSS class here, so that no form has to set it."""
        if widget := context.get("widget"):
            names = [widget["attrs"].get("class", ""), CLASSES.get(template_name, "form-control")]
            if widget["attrs"].get("aria-invalid"):
                names.append("is-invalid")
            if classes := " ".join(filter(None, names)):
                widget["attrs"]["class"] = classes
        return super().render(template_name, context, request)


Sections = tuple[tuple[str, tuple[str, ...]], ...]


def named_in(sections: Sections) -> list[str]:
    """The field names of all sections in order, for ``Meta.fields``."""
    return [name for _, names in sections for name in names]


class PageFormMixin(FormBase):
    """The common part of all forms: renderer, Chinese messages, sections and the summary of errors."""

    default_renderer = PageRenderer()  # shared by all forms: it caches the compiled templates
    use_required_attribute = False  # the browser's own messages are in its language, not in Chinese
    sections: ClassVar[Sections] = ()
    folded_sections: ClassVar[tuple[str, ...]] = ()  # the headings of those that are closed while nothing is unusual
    fold_notes: ClassVar[Mapping[str, str]] = {}  # by the heading of a folded section: what holds while it is closed
    more_submits: ClassVar[tuple[tuple[str, str], ...]] = ()  # names and labels of further buttons that send the form
    refusal: ClassVar[str] = ""  # how the summary begins: what was not done; without it, the number of errors

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        localise_fields(self.fields)

    @property
    def error_total(self) -> int:
        """The number of errors in all fields and in the form as a whole."""
        return sum(len(errors) for errors in self.errors.values())

    @property
    def field_groups(self) -> list[FieldGroup]:
        """The visible fields by section; without ``sections`` one group with an empty heading."""
        sections = self.sections or (("", tuple(self.fields)),)
        fields = {field.name: field for field in self.visible_fields()}
        return [
            FieldGroup(
                title,
                [fields[name] for name in names if name in fields],
                title in self.folded_sections,
                self.fold_notes.get(title, ""),
            )
            for title, names in sections
        ]


class PageForm(PageFormMixin, forms.Form):
    """The base class of forms that do not edit the fields of a record."""


class VersionedForm(PageForm):
    """The base class of forms that act on a record without editing its fields; carries the version the user sees."""

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[VERSION_FIELD] = version_field(version)

    def rebase(self, stored: Record | None) -> None:
        """Set the version to that of the stored record, 0 where there is none; the submitted values stay."""
        data = QueryDict(mutable=True)  # the request's own is immutable
        data.update(self.data)
        data[VERSION_FIELD] = str(stored.version if stored else 0)
        self.data = data


def version_field(version: int) -> forms.Field:
    """The hidden field that carries a version."""
    return forms.Field(label="版本", required=False, initial=version, widget=forms.HiddenInput)


class PageModelForm(PageFormMixin, ModelFormBase):
    """The base class of forms that edit a record; the forms of other apps set their own ``writer``.

    ``preset_fields`` are set on the instance by the view, not by the user, such as the finding of a measure; uniqueness
    is checked with them. ``constraint_fields`` gives, by constraint name, the field where a violation is reported.
    """

    writer: ClassVar[RecordWriter] = account_writer
    preset_fields: ClassVar[tuple[str, ...]] = ()
    constraint_fields: ClassVar[dict[str, str]] = {}
    conflict: Conflict | None = None  # after ``save``, when another user was first
    is_unchanged = False  # after ``save``, when there was nothing to store
    reason = ""  # of the change, for the trail; set by forms that ask for one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the version the user sees (0 for a new record), and apply the choices of the conflict page."""
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        self.fields[VERSION_FIELD] = version_field(0 if is_new else self.instance.version)
        if is_new and isinstance(self.instance, Record) and self.instance.numbered_within and "order" in self.fields:
            # Taken when the record is stored: a number proposed here would be gone when two people add at once.
            self.fields["order"].required, self.fields["order"].help_text = False, NUMBERED
        self._stored_values = None if is_new else values_of(self.instance)
        self.data = with_their_values(self)

    def _get_validation_exclusions(self) -> set[str]:
        # Django skips a uniqueness check with a field that the form does not show; preset fields are known here.
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # unknown to the stubs
        return exclusions - set(self.preset_fields)

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error to the field where the user can correct it, else to the form as a whole."""
        for name, errors in _by_field(field, error).items():
            for one in errors:
                super().add_error(self._field_of(name, one), one)

    def _field_of(self, name: str, error: ValidationError) -> str | None:
        if name == NON_FIELD_ERRORS:
            # Django's error of a constraint does not name the constraint: it is recognised by its message.
            for constraint in self._meta.model._meta.constraints:
                if error.message == constraint.violation_error_message:
                    name = self.constraint_fields.get(constraint.name, NON_FIELD_ERRORS)
        return name if name in self.fields else None

    def _post_clean(self) -> None:
        """Store line ends as \\n: browsers submit \\r\\n, and every text of several lines would count as changed."""
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = value.replace("\r\n", "\n")
        # Only while the form validates: then the model skips checks of unchanged columns, each of which is a query.
        self.instance.stored_values = self._stored_values
        super()._post_clean()  # type: ignore[misc]  # unknown to the stubs
        self.instance.stored_values = None

    def save(self, commit: bool = True) -> bool:
        """Validate the form and store the record with its links; True when it is stored or nothing was changed.

        Call it without ``is_valid`` before. False leaves errors in the form, also for a lost race for the same number,
        or ``conflict`` when another user changed the record first. Raises UncheckedWriteError with ``commit=False``.
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
        """The fields of a conflict without a choice; the conflict page submits them as hidden inputs."""
        open_fields = {choice.field.name for choice in self.conflict.choices} if self.conflict else set()
        return [field for field in self if field.name not in {VERSION_FIELD, *open_fields}]

    def success_message(self, words: str) -> str:
        """The message after a save: ``words``, or that nothing was changed."""
        return UNCHANGED if self.is_unchanged else words

    def _write(self) -> bool:
        many = {field.name for field in self._meta.model._meta.many_to_many}
        linked = {name: value for name, value in self.cleaned_data.items() if name in many}
        if self.instance._state.adding:
            self.writer.create(self.instance, linked, reason=self.reason)
            return True
        return self.writer.save(self.instance, seen=submitted_version(self.data), linked=linked, reason=self.reason)

    def _is_settled(self, error: ConflictError) -> bool:
        """Whether the other user stored the same values; if not, record the conflict and set ``conflict``."""
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
    """Give fields Chinese messages that name them, native date inputs, and a blank choice that is a word."""
    for field in fields.values():
        label = str(field.label or "")
        chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        field.widget.attrs.pop("maxlength", None)  # the browser would silently cut off pasted text
        field.error_messages |= MESSAGES | {"required": f"请选择{label}。" if chosen else f"请填写{label}。"}
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": "2099-12-31"})
            field.error_messages["invalid"] = "请按“年-月-日”填写，如 2026-03-31。"
        elif type(field) is forms.IntegerField:  # not the subclasses, which accept decimals
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
