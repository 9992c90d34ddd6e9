"""The Word templates of the forms: download, replace, and return to the built-in one."""

from __future__ import annotations

import io

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.audit.events import record
from accounts.models import Action
from accounts.users.roles import Right
from accounts.web.http import PageRequest, redirect_with_message
from findings.work.http import requires
from ledgers.models import FormTemplate
from ledgers.template_forms import TemplateUploadForm
from ledgers.views.downloads import file_response
from ledgers.word_documents.catalogue import FORMS, template_of
from ledgers.word_documents.placeholders import FormDefinition


def get_form(key: str) -> FormDefinition:
    """The definition of the form in an address; 404 for an unknown key."""
    if key not in FORMS:
        raise Http404
    return FORMS[key]


@require_safe
@requires(Right.MANAGE_FORMS)
def template_list(request: PageRequest) -> HttpResponse:
    """All forms, each with its latest template."""
    latest: dict[str, FormTemplate] = {}
    for one in FormTemplate.objects.defer("content").select_related("put_by").order_by("pk"):
        latest[one.form] = one
    rows = [(form, latest.get(form.key)) for form in FORMS.values()]
    return render(request, "ledgers/template_list.html", {"rows": rows})


@requires(Right.MANAGE_FORMS)
def template_edit(request: PageRequest, key: str) -> HttpResponse:
    """One form: its placeholders, the history of its templates, and the upload of another one."""
    form = get_form(key)
    upload = TemplateUploadForm(form, request.POST or None, request.FILES or None)
    if request.method == "POST" and upload.is_valid():
        put = upload.cleaned_data["file"]
        put.put_by = request.user
        _save_template(put, f"{form.title}：{put.name}（{put.digest}）")
        return redirect_with_message(
            request, f"已更换“{form.title}”的模板。", reverse("ledgers:template_edit", args=[key])
        )
    history = list(FormTemplate.objects.filter(form=key).defer("content").select_related("put_by"))
    context = {
        "form": upload,
        "about": form,
        "history": history,
        # A row without content marks the return to the built-in template.
        "is_own": bool(history and history[0].size),
        "crumbs": [("表单模板", reverse("ledgers:template_list")), (form.title, "")],
    }
    return render(request, "ledgers/template_edit.html", context)


@require_safe
@requires(Right.MANAGE_FORMS)
def template_file(request: PageRequest, key: str) -> HttpResponseBase:
    """Download the template now in use, to be edited in Word and uploaded again."""
    form = get_form(key)
    content = template_of(key)
    record(Action.EXPORT, reason=f"表单模板：{form.title}")
    return file_response(io.BytesIO(content), f"{form.title}-模板.docx")


@requires(Right.MANAGE_FORMS)
@require_POST
def template_default(request: PageRequest, key: str) -> HttpResponse:
    """Return to the built-in template, by a new row without content."""
    form = get_form(key)
    _save_template(FormTemplate(form=key, size=0, put_by=request.user), f"{form.title}：恢复默认模板")
    return redirect_with_message(
        request, f"“{form.title}”已恢复默认模板。", reverse("ledgers:template_edit", args=[key])
    )


def _save_template(template: FormTemplate, words: str) -> None:
    """Store a template and its event in the audit trail, in one transaction."""
    with transaction.atomic():
        template.save()
        record(Action.CHANGE, template, reason=words)
