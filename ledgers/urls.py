"""What is taken out as files, as a table of contents."""

from django.urls import path

from ledgers.views import archives, entries, imports, lists

app_name = "ledgers"
urlpatterns = [
    path("findings/<int:pk>/archive/", archives.finding_archive, name="finding_archive"),
    path("inspections/<int:pk>/archive/", archives.inspection_archive, name="inspection_archive"),
    path("inspections/<int:pk>/lists/<slug:key>/", lists.list_page, name="list"),
    path("inspections/<int:pk>/lists/<slug:key>/template/", imports.list_template, name="list_template"),
    path("inspections/<int:pk>/lists/<slug:key>/import/", imports.list_import, name="list_import"),
    path("list-imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("list-imports/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("inspections/<int:pk>/lists/<slug:key>/<slug:form>/", lists.list_export, name="list_export"),
    path("exports/<int:pk>/", lists.export_page, name="export"),
    path("exports/<int:pk>/file/", lists.export_file, name="export_file"),
    path("inspections/<int:pk>/entries/<slug:key>/new/", entries.entry_create, name="entry_create"),
    path("entries/<int:pk>/", entries.entry_detail, name="entry_detail"),
    path("entries/<int:pk>/edit/", entries.entry_edit, name="entry_edit"),
    path("entries/<int:pk>/fill/", entries.entry_fill, name="entry_fill"),
    path("entries/<int:pk>/delete/", entries.entry_delete, name="entry_delete"),
    path("entries/<int:pk>/step/<slug:name>/", entries.entry_step, name="entry_step"),
]
