"""Addresses of the report: import of a text, preview, texts and downloads."""

from django.urls import path

from reports import matching_views, style_views, views

app_name = "reports"
urlpatterns = [
    path("import/", views.text_import, name="text_import"),
    path("import/store/", views.text_store, name="text_store"),
    path("import/match/", matching_views.text_match, name="text_match"),
    path("import/match/store/", matching_views.text_match_store, name="text_match_store"),
    path("import-sources/<int:pk>/", views.import_source, name="import_source"),
    path("inspections/<int:pk>/report/", views.report_preview, name="report_preview"),
    path("inspections/<int:pk>/report/choice/", style_views.choice_save, name="choice_save"),
    path("inspections/<int:pk>/report/style/", style_views.style_edit, name="style_edit"),
    path(
        "inspections/<int:pk>/report/styles/<int:style>/delete/",
        style_views.saved_style_delete,
        name="saved_style_delete",
    ),
    path("inspections/<int:pk>/report/details/", views.details_edit, name="details_edit"),
    path("inspections/<int:pk>/report.pdf", views.report_pdf, name="report_pdf"),
    path("inspections/<int:pk>/report.txt", views.report_text, name="report_text"),
]
