"""The pages of the records, as a table of contents."""

from django.urls import path

from findings.views import aspects, facets, findings, history, inspections, measures, regulations, units

app_name = "findings"
urlpatterns = [
    path("inspections/", inspections.inspection_list, name="inspection_list"),
    path("inspections/new/", inspections.inspection_create, name="inspection_create"),
    path("inspections/<int:pk>/", inspections.inspection_detail, name="inspection_detail"),
    path("inspections/<int:pk>/edit/", inspections.inspection_edit, name="inspection_edit"),
    path("inspections/<int:pk>/aspects/new/", aspects.aspect_create, name="aspect_create"),
    path("aspects/<int:pk>/edit/", aspects.aspect_edit, name="aspect_edit"),
    path("aspects/<int:pk>/move/", aspects.aspect_move, name="aspect_move"),
    path("aspects/<int:pk>/delete/", aspects.aspect_delete, name="aspect_delete"),
    path("inspections/<int:pk>/findings/", findings.finding_list, name="finding_list"),
    path("aspects/<int:pk>/findings/new/", findings.finding_create, name="finding_create"),
    path("findings/<int:pk>/", findings.finding_detail, name="finding_detail"),
    path("findings/<int:pk>/edit/", findings.finding_edit, name="finding_edit"),
    path("findings/<int:pk>/move/", findings.finding_move, name="finding_move"),
    path("findings/<int:pk>/delete/", findings.finding_delete, name="finding_delete"),
    path("findings/<int:pk>/facets/new/", facets.facet_create, name="facet_create"),
    path("facets/<int:pk>/edit/", facets.facet_edit, name="facet_edit"),
    path("facets/<int:pk>/delete/", facets.facet_delete, name="facet_delete"),
    path("inspections/<int:pk>/measures/", measures.measure_list, name="measure_list"),
    path("findings/<int:pk>/measures/new/", measures.measure_create, name="measure_create"),
    path("measures/<int:pk>/", measures.measure_detail, name="measure_detail"),
    path("measures/<int:pk>/edit/", measures.measure_edit, name="measure_edit"),
    path("measures/<int:pk>/move/", measures.measure_move, name="measure_move"),
    path("measures/<int:pk>/delete/", measures.measure_delete, name="measure_delete"),
    path("measures/<int:pk>/progress/new/", measures.progress_create, name="progress_create"),
    path("progress/<int:pk>/edit/", measures.progress_edit, name="progress_edit"),
    path("inspections/<int:pk>/regulations/", regulations.regulation_list, name="regulation_list"),
    path("inspections/<int:pk>/regulations/new/", regulations.regulation_create, name="regulation_create"),
    path("regulations/<int:pk>/edit/", regulations.regulation_edit, name="regulation_edit"),
    path("regulations/<int:pk>/delete/", regulations.regulation_delete, name="regulation_delete"),
    path("units/", units.unit_list, name="unit_list"),
    path("units/new/", units.unit_create, name="unit_create"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/delete/", units.unit_delete, name="unit_delete"),
    path("units/<int:pk>/members/new/", units.member_create, name="member_create"),
    path("members/<int:pk>/edit/", units.member_edit, name="member_edit"),
    path("history/<str:kind>/<int:pk>/", history.history, name="history"),
]
