"""What is taken out as files, as a table of contents."""

from django.urls import path

from ledgers.views import archives, forms, letters, lists, templates

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
    path("inspections/<int:pk>/lists/<slug:key>/<slug:form>/", lists.list_export, name="list_export"),
    path("form-templates/", templates.template_list, name="template_list"),
    path("form-templates/<slug:key>/", templates.template_edit, name="template_edit"),
    path("form-templates/<slug:key>/file/", templates.template_file, name="template_file"),
    path("form-templates/<slug:key>/default/", templates.template_default, name="template_default"),
]
