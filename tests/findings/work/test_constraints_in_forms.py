"""A form asks the database about what its changes can break, and about nothing else."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts.models import Record
from accounts.records.history import record_models
from accounts.versions import columns_of
from findings.factories import make_facet, make_measure, make_user
from findings.models import Measure
from findings.work.measure_forms import MeasureForm

pytestmark = pytest.mark.django_db


def form_of(measure: Measure, **typed: object) -> MeasureForm:
    """The form of a stored measure with these of its fields typed over."""
    stored = Measure.objects.select_related("inspection").get(pk=measure.pk)
    blank = MeasureForm(instance=stored, user=make_user(role="office"))
    data = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()} | typed
    return MeasureForm(data, instance=stored, user=make_user(role="office"))


def test_a_text_is_typed_over_without_looking_at_numbers_or_references() -> None:
    form = form_of(make_measure(), plan="改为每周检查。")
    with CaptureQueriesContext(connection) as queries:
        assert form.is_valid()
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(asked) == 1
    assert "_check" in asked[0]


def test_a_number_that_another_has_is_refused() -> None:
    first = make_measure()
    second = make_measure(first.finding)
    assert form_of(second, order=first.order).errors == {"order": ["该问题下已有这个序号的措施，请换一个序号。"]}


def test_a_measure_taken_out_of_its_facet_keeps_its_number_only_where_that_is_free() -> None:
    first = make_measure()
    within = make_measure(first.finding, facet=make_facet(first.finding), order=first.order)
    assert form_of(within, facet="").errors == {"order": ["该问题下已有这个序号的措施，请换一个序号。"]}


def test_a_measure_that_said_something_goes_on_to() -> None:
    measure = make_measure(plan="逐条对照台账。", outcome="")
    assert form_of(measure, plan="").errors == {"plan": ["整改措施和整改成效至少填写一项。"]}
    assert form_of(measure, plan="", outcome="已对照。").errors == {}


@pytest.mark.parametrize("model", record_models())
def test_every_constraint_tells_which_columns_it_is_over(model: type[Record]) -> None:
    for constraint in model._meta.constraints:
        assert columns_of(constraint, model), constraint.name
        assert not (isinstance(constraint, models.UniqueConstraint) and constraint.expressions), constraint.name
