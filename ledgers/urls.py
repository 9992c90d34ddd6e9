"""What is taken out as files, as a table of contents."""

from django.urls import path

from ledgers.views import archives, comments, entries, forms, imports, letters, lists, superior, templates

app_name = "ledgers"
urlpatterns = [
    path("findings/<int:pk>/archive/", archives.finding_archive, name="finding_archive"),
    path("findings/<int:pk>/closing/", forms.finding_closing, name="finding_closing"),
    path("findings/<int:pk>/closing/pdf/", forms.finding_closing_pdf, name="finding_closing_pdf"),
    path("findings/<int:pk>/contents/", forms.finding_contents, name="finding_contents"),
    path("inspections/<int:pk>/archive/", archives.inspection_archive, name="inspection_archive"),
    path("inspections/<int:pk>/plan/", forms.inspection_plan, name="inspection_plan"),
    path("inspections/<int:pk>/letters/", letters.letter_list, name="letter_list"),
    path("inspections/<int:pk>/letters/file/", letters.letter_file, name="letter_file"),
    path("inspections/<int:pk>/lists/<slug:key>/", lists.list_page, name="list"),
    path("inspections/<int:pk>/lists/<slug:key>/template/", imports.list_template, name="list_template"),
    path("inspections/<int:pk>/lists/<slug:key>/import/", imports.list_import, name="list_import"),
    path("list-imports/progress/", imports.import_progress, name="import_progress"),
    path("list-imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("list-imports/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("inspections/<int:pk>/lists/<slug:key>/<slug:form>/", lists.list_export, name="list_export"),
    path(
        "inspections/<int:pk>/lists/<slug:key>/superior/<int:form>/", superior.superior_export, name="superior_export"
    ),
    path("exports/<int:pk>/", lists.export_page, name="export"),
    path("exports/<int:pk>/file/", lists.export_file, name="export_file"),
    path("inspections/<int:pk>/entries/<slug:key>/new/", entries.entry_create, name="entry_create"),
    path("entries/<int:pk>/", entries.entry_detail, name="entry_detail"),
    path("entries/<int:pk>/edit/", entries.entry_edit, name="entry_edit"),
    path("entries/<int:pk>/fill/", entries.entry_fill, name="entry_fill"),
    path("entries/<int:pk>/delete/", entries.entry_delete, name="entry_delete"),
    path("entries/<int:pk>/step/<slug:name>/", entries.entry_step, name="entry_step"),
    path("entries/<int:pk>/comments/new/", comments.entry_comment, name="entry_comment"),
    path("entries/<int:pk>/people/", comments.entry_people, name="entry_people"),
    path("entry-comments/<int:pk>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path("form-templates/", templates.template_list, name="template_list"),
    path("form-templates/<slug:key>/", templates.template_edit, name="template_edit"),
    path("form-templates/<slug:key>/file/", templates.template_file, name="template_file"),
    path("form-templates/<slug:key>/default/", templates.template_default, name="template_default"),
    path("superior-forms/", superior.superior_list, name="superior_list"),
    path("superior-forms/new/", superior.superior_create, name="superior_create"),
    path("superior-forms/<int:pk>/", superior.superior_form, name="superior_form"),
    path("superior-forms/<int:pk>/mapping/", superior.superior_mapping, name="superior_mapping"),
    path("superior-forms/<int:pk>/workbook/", superior.superior_workbook, name="superior_workbook"),
    path("superior-forms/<int:pk>/file/", superior.superior_file, name="superior_file"),
    path("superior-forms/<int:pk>/sample/", superior.superior_sample, name="superior_sample"),
    path("superior-forms/<int:pk>/delete/", superior.superior_delete, name="superior_delete"),
]
