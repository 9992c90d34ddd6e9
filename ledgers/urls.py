"""What is taken out as files, as a table of contents."""

from django.urls import path

from ledgers import views

app_name = "ledgers"
urlpatterns = [
    path("findings/<int:pk>/archive/", views.finding_archive, name="finding_archive"),
    path("inspections/<int:pk>/archive/", views.inspection_archive, name="inspection_archive"),
]
