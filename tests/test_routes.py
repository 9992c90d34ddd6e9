"""Every route, for every role and every kind of id: exactly the expected answer. A route without a rule fails."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Event, Session, User
from accounts.users.roles import ROLES, Reach, Right
from findings.choices import NoticeKind
from findings.factories import (
    make_accountability,
    make_aspect,
    make_extension,
    make_facet,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_recovery,
    make_regulation,
    make_spot_check,
    make_supervision,
    make_unit,
    make_user,
)
from findings.models import Comment, Notice, Progress, ReviewStage
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_entry, make_letter
from ledgers.models import EntryComment, Export, ListImport
from reports.models import SavedStyle
from reports.styles.shipped import PLAIN
from tests.ledgers.template_workbooks import make_superior_form
from tests.uploads import make_import_source, stored_evidence

pytestmark = pytest.mark.django_db
MISSING = 987_654_321
READS = frozenset((Right.SEE_ALL, Right.SEE_OWN))


@dataclass(frozen=True)
class Rule:
    """Who may open a route.

    ``rights`` are those of which one is needed; none: everybody who is signed in. ``on`` is the kind of record the
    address names: of the domain, for which a foreign one is not there and one's own without the right is refused, or
    of the officers, for whom there are no foreign ones.
    """

    rights: frozenset[Right] = frozenset()
    on: str = ""
    only_post: bool = False


def records(on: str, *rights: Right, only_post: bool = False) -> Rule:
    """A route to a record of the domain."""
    return Rule(frozenset(rights) or READS, on, only_post)


def office(on: str, *, only_post: bool = False) -> Rule:
    """A route on which the office changes a record."""
    return records(on, Right.EDIT_RECORDS, only_post=only_post)


def officers(on: str, *rights: Right) -> Rule:
    """A route of the officers."""
    return Rule(frozenset(rights), on)


SIGNING = (Right.VERIFY_WORK, Right.REVIEW, Right.CLOSE)
PEOPLE = (Right.MANAGE_PEOPLE, Right.GRANT_ROLES)
RULES = {
    "home": Rule(),
    "findings:desk": Rule(),
    "findings:dashboard": Rule(frozenset((Right.SEE_ALL,))),
    "findings:search": Rule(READS),
    "findings:queue_number": Rule(frozenset(SIGNING)),
    "accounts:login": Rule(),
    "accounts:logout": Rule(only_post=True),
    "accounts:profile": Rule(),
    "accounts:password_change": Rule(),
    "accounts:session_end": Rule(frozenset(), "session", only_post=True),
    "accounts:sessions_end_others": Rule(only_post=True),
    "accounts:event_list": Rule(frozenset((Right.READ_TRAIL,))),
    "accounts:event_detail": officers("event", Right.READ_TRAIL),
    "accounts:event_export": Rule(frozenset((Right.READ_TRAIL,))),
    "findings:history": records("inspection"),
    "findings:inspection_list": Rule(),
    "findings:inspection_create": Rule(frozenset((Right.EDIT_RECORDS,))),
    "findings:inspection_detail": records("inspection"),
    "findings:inspection_edit": office("inspection"),
    "findings:quotable_totals": records("inspection"),
    "findings:aspect_create": office("inspection"),
    "findings:aspect_edit": office("aspect"),
    "findings:aspect_move": office("aspect", only_post=True),
    "findings:aspect_delete": office("aspect"),
    "findings:finding_list": records("inspection"),
    "findings:finding_create": office("aspect"),
    "findings:finding_detail": records("finding"),
    "findings:finding_edit": office("finding"),
    "findings:finding_move": office("finding", only_post=True),
    "findings:finding_delete": office("finding"),
    "findings:finding_comment": records("finding"),
    "findings:finding_people": records("finding"),
    "findings:measure_comment": records("measure"),
    "findings:measure_people": records("measure"),
    "findings:comment_withdraw": records("comment", only_post=True),
    "findings:notice_list": Rule(),
    "findings:notices_read": Rule(only_post=True),
    "findings:notice_open": Rule(frozenset(), "notice", only_post=True),
    "findings:facet_create": office("finding"),
    "findings:facet_edit": office("facet"),
    "findings:facet_delete": office("facet"),
    "findings:measure_list": records("inspection"),
    "findings:measure_create": office("finding"),
    "findings:measure_detail": records("measure"),
    "findings:measure_edit": office("measure"),
    "findings:measure_move": office("measure", only_post=True),
    "findings:measure_delete": office("measure"),
    "findings:measures_assign": office("inspection"),
    "findings:findings_assign": office("inspection"),
    "findings:extension_list": records("inspection"),
    "findings:extension_create": records("measure", Right.REPORT_WORK),
    "findings:finding_extension_create": records("finding", Right.REPORT_WORK),
    "findings:extension_detail": records("extension"),
    "findings:progress_edit": records("progress", Right.REPORT_WORK),
    "findings:evidence_list": records("inspection"),
    "findings:finding_evidence": records("finding", Right.REPORT_WORK),
    "findings:measure_evidence": records("measure", Right.REPORT_WORK),
    "findings:evidence_preview": records("evidence"),
    "findings:evidence_inline": records("evidence"),
    "findings:evidence_thumbnail": records("evidence"),
    "findings:evidence_download": records("evidence"),
    "findings:evidence_edit": records("evidence", Right.REPORT_WORK),
    "findings:evidence_replace": records("evidence", Right.REPORT_WORK),
    "findings:evidence_withdraw": records("evidence", Right.REPORT_WORK),
    "findings:regulation_list": records("inspection"),
    "findings:regulation_create": office("inspection"),
    "findings:regulation_edit": office("regulation"),
    "findings:regulation_delete": office("regulation"),
    "findings:accountability_list": records("inspection"),
    "findings:accountability_create": office("inspection"),
    "findings:accountability_edit": office("accountability"),
    "findings:accountability_delete": office("accountability"),
    "findings:recovery_list": records("inspection"),
    "findings:recovery_create": office("inspection"),
    "findings:recovery_edit": office("recovery"),
    "findings:recovery_delete": office("recovery"),
    "findings:supervision_list": records("inspection"),
    "findings:supervision_create": records("inspection", Right.SUPERVISE),
    "findings:supervision_detail": records("supervision"),
    "findings:supervision_edit": records("supervision", Right.SUPERVISE),
    "findings:supervision_delete": records("supervision", Right.SUPERVISE),
    "findings:letter_edit": records("letter", Right.CLOSE),  # by default only who signs off sends this kind
    "findings:letter_void": records("letter", Right.CLOSE),
    "findings:letter_answer": records("letter", Right.SUPERVISE, Right.REPORT_WORK),
    "findings:letter_rule_list": office("inspection"),
    "findings:letter_rule_edit": office("inspection"),
    "findings:spot_check_list": records("inspection"),
    "findings:spot_check_create": records("inspection", Right.SUPERVISE),
    "findings:spot_check_detail": records("spot_check"),
    "findings:spot_check_item_edit": records("spot_check_item", Right.SUPERVISE),
    "findings:review_list": records("inspection"),
    "findings:review_create": records("finding", Right.SUPERVISE),
    "findings:step": records("finding", Right.REPORT_WORK),
    "findings:queue": Rule(frozenset(SIGNING)),
    "findings:queue_forward": Rule(frozenset(SIGNING), only_post=True),
    "findings:queue_back": Rule(frozenset(SIGNING), only_post=True),
    "findings:queue_several_forward": Rule(frozenset(SIGNING), only_post=True),
    "findings:queue_several_back": Rule(frozenset(SIGNING), only_post=True),
    "findings:queue_all_forward": Rule(frozenset(SIGNING), only_post=True),
    "findings:queue_all_back": Rule(frozenset(SIGNING), only_post=True),
    "findings:stage_list": office("inspection"),
    "findings:stage_create": office("inspection"),
    "findings:stage_edit": office("stage"),
    "findings:stage_delete": office("stage"),
    "findings:unit_list": Rule(),
    "findings:unit_create": officers("", Right.MANAGE_UNITS),
    "findings:unit_edit": officers("unit", Right.MANAGE_UNITS),
    "findings:unit_delete": officers("unit", Right.MANAGE_UNITS),
    "findings:member_create": officers("unit", Right.MANAGE_UNITS),
    "findings:member_edit": officers("member", Right.MANAGE_UNITS),
    "findings:person_list": officers("", *PEOPLE),
    "findings:person_detail": officers("person", *PEOPLE),
    "findings:grant_create": officers("person", Right.GRANT_ROLES),
    "findings:grant_revoke": officers("grant", Right.GRANT_ROLES),
    "findings:person_create": officers("", Right.MANAGE_PEOPLE),
    "findings:person_edit": officers("person", Right.MANAGE_PEOPLE),
    "findings:person_reset": officers("person", Right.MANAGE_PEOPLE),
    "findings:person_unlock": Rule(frozenset((Right.MANAGE_PEOPLE,)), "person", only_post=True),
    "findings:person_deactivate": officers("person", Right.MANAGE_PEOPLE),
    "findings:person_activate": officers("person", Right.MANAGE_PEOPLE),
    "findings:role_list": Rule(),
    "ledgers:finding_archive": records("finding"),
    "ledgers:inspection_archive": records("inspection", Right.SEE_ALL),
    "ledgers:list": records("inspection"),
    "ledgers:list_export": records("inspection"),
    "ledgers:export": Rule(frozenset(), "export"),
    "ledgers:export_file": Rule(frozenset(), "export"),
    "ledgers:list_template": records("inspection", Right.REPORT_WORK),
    "ledgers:list_import": records("inspection", Right.REPORT_WORK),
    "ledgers:import_progress": Rule(),
    "ledgers:import_preview": Rule(frozenset(), "list_import"),
    "ledgers:import_columns": Rule(frozenset(), "list_import"),
    "ledgers:import_discard": Rule(frozenset(), "list_import", only_post=True),
    "ledgers:import_errors": Rule(frozenset(), "list_import"),
    "ledgers:entry_create": office("inspection"),
    "ledgers:entry_detail": records("entry"),
    "ledgers:entry_history": records("entry"),
    "ledgers:entry_edit": office("entry"),
    "ledgers:entry_fill": records("entry", Right.REPORT_WORK),
    "ledgers:entry_delete": office("entry"),
    "ledgers:entry_step": office("entry"),
    "ledgers:entry_comment": records("entry"),
    "ledgers:entry_people": records("entry"),
    "ledgers:comment_withdraw": records("entry_comment", only_post=True),
    "ledgers:finding_closing": records("finding"),
    "ledgers:finding_closing_pdf": records("finding"),
    "ledgers:finding_contents": records("finding"),
    "ledgers:inspection_plan": records("inspection", Right.SEE_ALL),
    "ledgers:letter_list": records("inspection", Right.SEE_ALL),
    "ledgers:letter_file": records("letter"),
    "ledgers:letter_archive": records("inspection", Right.SEE_ALL),
    "ledgers:template_list": officers("", Right.MANAGE_FORMS),
    "ledgers:template_edit": officers("", Right.MANAGE_FORMS),
    "ledgers:template_file": officers("", Right.MANAGE_FORMS),
    "ledgers:template_default": Rule(frozenset((Right.MANAGE_FORMS,)), only_post=True),
    "ledgers:superior_list": officers("", Right.MANAGE_FORMS),
    "ledgers:superior_create": officers("", Right.MANAGE_FORMS),
    "ledgers:superior_form": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_history": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_mapping": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_workbook": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_file": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_sample": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_delete": officers("superior_form", Right.MANAGE_FORMS),
    "ledgers:superior_export": records("inspection"),
    "reports:text_import": Rule(frozenset((Right.IMPORT_TEXT,))),
    "reports:text_store": Rule(frozenset((Right.IMPORT_TEXT,)), only_post=True),
    "reports:text_match": Rule(frozenset((Right.IMPORT_TEXT,)), only_post=True),
    "reports:text_match_store": Rule(frozenset((Right.IMPORT_TEXT,)), only_post=True),
    "reports:import_source": records("import_source", Right.SEE_ALL),
    "reports:report_preview": records("inspection", Right.MAKE_REPORT),
    "reports:details_edit": records("inspection", Right.EDIT_REPORT),
    "reports:choice_save": records("inspection", Right.EDIT_REPORT, only_post=True),
    "reports:style_edit": records("inspection", Right.EDIT_REPORT),
    "reports:saved_style_delete": records("inspection", Right.EDIT_REPORT),
    "reports:report_pdf": records("inspection", Right.MAKE_REPORT),
    "reports:report_text": records("inspection", Right.MAKE_REPORT),
}
OFFICERS_RECORDS = {"unit", "member", "person", "grant", "event", "superior_form"}
WORDS = {"findings:history": ["inspection"], "findings:step": ["finding"]}  # what an address takes before the number
ENDS = {  # and after it
    "findings:step": ["start"],
    "findings:letter_rule_edit": ["admonition"],
    "ledgers:list": ["register"],
    "ledgers:list_export": ["register", "xlsx"],
    "ledgers:list_template": ["register"],
    "ledgers:list_import": ["register"],
    "ledgers:entry_create": ["instructions"],
    "ledgers:entry_step": ["assign"],
    "ledgers:superior_export": ["register", "superior_form"],
    "ledgers:template_edit": ["closing"],
    "reports:saved_style_delete": ["saved_style"],
    "ledgers:template_file": ["closing"],
    "ledgers:template_default": ["closing"],
}
OPEN = {"accounts:login"}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of all routes."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


@dataclass(frozen=True)
class World:
    """A body with one record of each kind, all a unit's own, and the same in a foreign body."""

    body: Any
    unit: Any
    own: dict[str, int]
    foreign: dict[str, int]


def a_record_of_each_kind(name: str) -> tuple[Any, Any, dict[str, int]]:
    """A body, its unit, and the numbers of its records by kind."""
    body = make_unit(name=name)
    unit, person = make_unit(parent=body), make_user()
    inspection = make_inspection(unit=body)
    aspect = make_aspect(inspection)
    due = timezone.localdate() + dt.timedelta(days=60)
    finding = make_finding(aspect, lead_unit=unit, due_on=due)
    measure = make_measure(finding, due_on=timezone.localdate() + dt.timedelta(days=30))
    check = make_spot_check(person, finding)
    entry = make_entry(inspection, units=[unit], findings=[finding])
    stage = ReviewStage(inspection=inspection, order=1, name="整改办审核", role="office")
    made = {
        "inspection": inspection,
        "aspect": aspect,
        "finding": finding,
        "facet": make_facet(finding),
        "measure": measure,
        "progress": workflow_writer.create(Progress(measure=measure, text="已落实。", logged_by=person)),
        "extension": make_extension(make_measure(finding, due_on=measure.due_on)),
        "comment": workflow_writer.create(Comment(finding=finding, text="请核对台账。", written_by=person)),
        "notice": Notice.objects.create(user=person, kind=NoticeKind.MENTION, words="请看。", finding=finding),
        "regulation": make_regulation(inspection, finding=finding),
        "evidence": stored_evidence(measure, person),
        "accountability": make_accountability(inspection, finding=finding),
        "recovery": make_recovery(inspection, finding=finding),
        "supervision": make_supervision(inspection, findings=[finding], units=[unit]),
        "letter": make_letter(inspection, unit, person_above(body)),
        "entry": entry,
        "entry_comment": workflow_writer.create(EntryComment(entry=entry, text="请按时反馈。", written_by=person)),
        "spot_check": check,
        "spot_check_item": check.items.get(),
        "stage": workflow_writer.create(stage),
        "unit": unit,
        "member": make_member(unit, person),
        "person": person,
        "grant": make_grant(person, "reporter", unit),
        "event": Event.objects.latest("number"),
        "export": Export.objects.create(user=person, inspection=inspection, listed="problems", form="xlsx"),
        "saved_style": workflow_writer.create(SavedStyle(body=inspection.unit, name=name, style=PLAIN.as_dict())),
        "superior_form": make_superior_form(person, name=name),
        "list_import": ListImport.objects.create(inspection=inspection, key="register", name="台账.xlsx", user=person),
    }
    made["import_source"] = make_import_source(inspection, person)
    numbers = {kind: record.pk for kind, record in made.items()}
    return body, unit, numbers | {"session": session_of(person)}


def person_above(body: Any) -> User:
    """Somebody who sees all of a body."""
    person = make_user()
    make_grant(person, "supervisor", body)
    return person


def session_of(person: User) -> int:
    """The number of a session of this person."""
    client = Client()
    client.force_login(person)
    return Session.objects.get(user=person).number


@pytest.fixture
def world() -> World:
    body, unit, own = a_record_of_each_kind("区政府办")
    return World(body, unit, own, a_record_of_each_kind("区文旅体局")[2])


def someone(role: str, world: World) -> User:
    """Somebody who holds a role in the first body or its unit, or no role at all."""
    user = make_user()
    if role == "nobody":
        return user
    reach = ROLES[role].reach
    make_member(world.unit, user)
    make_grant(user, role, {Reach.UNIT: world.unit, Reach.BODY: world.body, Reach.EVERYWHERE: None}[reach])
    return user


def address_of(name: str, numbers: dict[str, int]) -> str:
    """The address of a route for the record of these numbers that it is on."""
    on = RULES[name].on
    own = [numbers[on]] if on else []
    ends = [numbers.get(end, end) for end in ENDS.get(name, [])]  # a kind of record stands for its number
    return reverse(name, args=[*WORDS.get(name, []), *own, *ends])


def read(answer: Any) -> Any:
    """The answer, read to its end, for one that is a stored file is sent from an open one."""
    answer.getvalue()
    return answer


def rights_of(role: str) -> frozenset[Right]:
    """What a role may do."""
    return ROLES[role].rights if role in ROLES else frozenset()


def expected(name: str, role: str, whose: str) -> set[int]:
    """The statuses one of which must answer a GET."""
    rule, rights = RULES[name], rights_of(role)
    may = not rule.rights or bool(rule.rights & rights)
    if rule.on in {"session", "notice", "export", "list_import"}:  # one's own alone
        return {404, 405}
    if rule.on and rule.on not in OFFICERS_RECORDS:
        if whose != "own" or not rights & READS:
            return {404, 405} if rule.only_post else {404}
        if name == "findings:progress_edit" and role == "reporter":
            return {403}  # somebody else's entry
    elif may and whose == "missing":
        return {404, 405} if rule.only_post else {404}
    if not may:
        return {403}
    return {405} if rule.only_post else {200, 302} if name in {"home", "accounts:login"} else {200}


def test_every_route_has_a_rule() -> None:
    assert set(routes(get_resolver())) == set(RULES)


@pytest.mark.once  # which addresses work on a database, ``test_looking_at_everything_changes_nothing`` asks
@pytest.mark.long
@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_every_route_answers_every_role_as_its_rule_says(world: World, role: str) -> None:
    client = Client()
    client.force_login(someone(role, world))
    numbers = {"own": world.own, "foreign": world.foreign, "missing": dict.fromkeys(world.own, MISSING)}
    wrong = []
    for name, rule in RULES.items():
        for whose in ("own", "foreign", "missing") if rule.on else ("own",):
            address = address_of(name, numbers[whose])
            wanted = expected(name, role, whose)
            statuses = {"GET": read(client.get(address)).status_code}
            if wanted & {403, 404} and name != "accounts:logout":
                statuses["POST"] = client.post(address, {}).status_code
            # 405 is as good a refusal: the route does not know the method
            wrong += [
                (name, whose, how, got, wanted)
                for how, got in statuses.items()
                if got not in wanted and (how, got) != ("POST", 405)
            ]
    assert wrong == []


def test_nobody_signed_out_gets_past_the_door(world: World) -> None:
    client = Client()
    for name in RULES.keys() - OPEN:
        address = address_of(name, world.own)
        for answer in (client.get(address), client.post(address, {})):
            assert answer.status_code in {302, 405}, name
            assert answer.status_code == 405 or answer.headers["Location"].startswith(reverse("accounts:login")), name


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_a_history_is_shown_to_who_sees_the_record(world: World, role: str) -> None:
    client = Client()
    client.force_login(someone(role, world))
    for kind in ("inspection", "finding", "measure"):
        for numbers in (world.own, world.foreign):
            page = client.get(reverse(f"findings:{kind}_detail", args=[numbers[kind]])).status_code
            assert client.get(reverse("findings:history", args=[kind, numbers[kind]])).status_code == page
    assert client.get(reverse("findings:history", args=["user", world.own["person"]])).status_code == 404


@pytest.mark.parametrize(
    ("route", "on", "field", "foreign"),
    [
        ("finding_edit", "finding", "lead_unit", "unit"),
        ("finding_edit", "finding", "supporting_units", "unit"),
        ("finding_edit", "finding", "person_in_charge", "person"),
        ("measure_edit", "measure", "lead_unit", "unit"),
        ("measure_edit", "measure", "person_in_charge", "person"),
        ("regulation_edit", "regulation", "finding", "finding"),
        ("accountability_edit", "accountability", "finding", "finding"),
        ("recovery_edit", "recovery", "finding", "finding"),
        ("supervision_edit", "supervision", "findings", "finding"),
        ("supervision_edit", "supervision", "units", "unit"),
        ("spot_check_create", "inspection", "unit", "unit"),
        ("inspection_edit", "inspection", "unit", "unit"),
    ],
)
def test_a_foreign_record_cannot_be_chosen(world: World, route: str, on: str, field: str, foreign: str) -> None:
    client = Client()
    client.force_login(someone("office", world))
    address = reverse(f"findings:{route}", args=[world.own[on]])
    page = client.get(address).content.decode()
    assert not re.search(rf'name="{field}" value="{world.foreign[foreign]}"', page)
    control = re.search(rf'<select name="{field}".*?</select>', page, re.DOTALL)
    assert control is None or f'value="{world.foreign[foreign]}"' not in control[0]
    errors = client.post(address, {field: world.foreign[foreign]}).context["form"].errors
    assert field in errors
