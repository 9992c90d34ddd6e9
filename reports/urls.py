"""Addresses of the report: import of a text, preview, texts and downloads."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("import/", views.text_import, name="text_import"),
    path("import/store/", views.text_store, name="text_store"),
    path("inspections/<int:pk>/source/", views.import_source, name="import_source"),
    path("inspections/<int:pk>/report/", views.report_preview, name="report_preview"),
    path("inspections/<int:pk>/report/details/", views.details_edit, name="details_edit"),
    path("inspections/<int:pk>/report.pdf", views.report_pdf, name="report_pdf"),
    path("inspections/<int:pk>/report.txt", views.report_text, name="report_text"),
]
