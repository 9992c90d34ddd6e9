"""The repository tests itself: what no reviewer should have to look for."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import models
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Record
from accounts.records.history import record_models
from accounts.text import printable, single_line
from accounts.web.filters import ListFilter
from accounts.web.forms import PageForm, PageModelForm
from findings.models import Progress
from findings.units.people import GrantForm
from findings.work.deadline_forms import REASON_FIELD, DeadlineForm
from findings.work.inspection_forms import NewInspectionForm
from findings.work.measure_forms import MeasureWorkForm
from findings.work.reason_forms import ReasonedForm

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "findings", "ledgers", "reports")
PACKAGES = (*APPS, "documents", "rectify")
MODELS = [
    model
    for app in APPS
    for model in apps.get_app_config(app).get_models(include_auto_created=False)
    if not hasattr(model, "instance_type")  # made by django-simple-history from one of ours
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OPEN_PAGES = {"accounts:login"}


def modules() -> list[Path]:
    """Every Python file of the product."""
    return [file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if "migrations" not in file.parts]


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Every text file that belongs to the repository."""
    for pattern in (
        "*.md",
        "*.toml",
        "*.txt",
        "*.py",
        "*.html",
        "*.css",
        "*.js",
        "*.lock",
        "Makefile",
        "scripts/*",
        ".ci/*",
    ):
        for file in ROOT.rglob(pattern):
            if file.is_file() and not {".venv", "var", ".git", "__pycache__"} & set(file.relative_to(ROOT).parts):
                yield file, file.read_text(encoding="utf-8")


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named page, with its namespace."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif entry.name:
            yield f"{namespace}{entry.name}", entry


def address(name: str, pattern: URLPattern) -> str:
    """The page's address, with 1 for every number in it."""
    return reverse(name, kwargs=dict.fromkeys(pattern.pattern.converters, 1))


ROUTES = dict(routes())


@pytest.mark.parametrize("name", sorted(ROUTES))
@pytest.mark.django_db
def test_every_page_refuses_the_anonymous_visitor(client: Client, name: str) -> None:
    for answer in (client.get(address(name, ROUTES[name])), client.post(address(name, ROUTES[name]))):
        if name in OPEN_PAGES:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(reverse("accounts:login"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("model", MODELS)
def test_models_speak_chinese(model: type[models.Model]) -> None:
    assert CHINESE.search(str(model._meta.verbose_name)), model
    assert model._meta.verbose_name_plural == model._meta.verbose_name
    for field in model._meta.get_fields():
        if isinstance(field, models.Field) and not field.primary_key and not field.auto_created:
            assert CHINESE.search(str(field.verbose_name)) or (model.__name__, field.name) in INHERITED, field
    for constraint in model._meta.constraints:
        assert CHINESE.search(str(constraint.violation_error_message)), constraint.name


INHERITED = {("User", "password"), ("User", "last_login")}  # Django's own fields, translated by its catalogue


# Of a person's own password: who set it stands in the trail.
OWN_ACTS = {"password_changed_at", "set_at"}


@pytest.mark.parametrize("model", MODELS)
def test_who_and_when_go_together(model: type[models.Model]) -> None:
    names = {field.name for field in model._meta.get_fields()}
    stems = {name.removesuffix("_at") for name in names - OWN_ACTS if name.endswith("_at")}
    assert {f"{stem}_by" for stem in stems} <= names, model


@pytest.mark.parametrize("model", MODELS)
def test_typed_text_is_guarded_against_control_characters(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if not isinstance(field, models.CharField | models.TextField) or isinstance(field, models.EmailField):
            continue
        if field.editable and not field.choices and field.name != "password":
            assert any(guard in field.validators for guard in (printable, single_line)), field


def subclasses(base: type) -> set[type]:
    """Every class below this one."""
    direct: list[type] = base.__subclasses__()
    return set(direct).union(*(subclasses(sub) for sub in direct))


def test_forms_and_filters_speak_chinese() -> None:
    fields: list[tuple[str, Any]] = [
        (f"{form.__name__}.{name}", field.label)
        for form in subclasses(PageForm) | subclasses(PageModelForm)
        if not form.__module__.startswith("django_filters")
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]
    ]
    fields += [
        (f"{filterset.__name__}.{name}", chosen.label)
        for filterset in subclasses(ListFilter)
        for name, chosen in filterset.base_filters.items()  # type: ignore[attr-defined]
    ]
    assert len(fields) > 40
    assert not [name for name, label in fields if not CHINESE.search(str(label))]
    assert all(issubclass(form, forms.BaseForm) for form in subclasses(PageForm) | subclasses(PageModelForm))


def test_everything_edited_in_a_form_has_versions_and_a_history() -> None:
    # A grant is given and taken back, never edited; the trail tells of both.
    edited = {form for form in subclasses(PageModelForm) if getattr(form, "_meta", None) and form._meta.model}  # type: ignore[attr-defined]
    edited -= {GrantForm}
    assert len(edited) >= 11
    for form in edited:
        model = form._meta.model  # type: ignore[attr-defined]
        assert issubclass(model, Record), form
        kept = {field.name for field in model.history.model.tracked_fields}
        kept |= {field.name for field in model.history.model._history_m2m_fields}
        if issubclass(form, DeadlineForm):  # the reason of a later deadline is that of an extension
            kept.add(REASON_FIELD)
        if form is NewInspectionForm:  # whether the proposed dates are taken over
            kept.add("take_proposals")
        if issubclass(form, ReasonedForm):  # the trail keeps the reason of a change that ends a signature
            kept.add("change_reason")
        if issubclass(form, MeasureWorkForm):  # a sheet writes an entry of the log as well
            kept |= {field.name for field in Progress.history.model.tracked_fields}  # type: ignore[attr-defined]
        assert set(form.base_fields) <= kept, form  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", record_models())
def test_a_history_keeps_versions_and_no_secrets(model: type[Record]) -> None:
    columns = {field.name for field in model.history.model._meta.get_fields()}
    assert "version" in columns
    assert not [name for name in columns if re.search("password|digest|secret|token", name)]


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{file.relative_to(ROOT)}:{inner.lineno}"
        for file in modules()
        for outer in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_every_module_opens_with_a_sentence_and_every_public_thing_is_explained() -> None:
    bare = []
    for file in modules():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            bare.append(str(file.relative_to(ROOT)))
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):  # type: ignore[arg-type] # narrowed by ``public``
                bare.append(f"{file.relative_to(ROOT)}: {node.name}")  # type: ignore[attr-defined]
    assert bare == []


def test_modules_and_functions_stay_readable() -> None:
    long = []
    for file in modules():
        text = file.read_text(encoding="utf-8")
        if len(text.splitlines()) > 300:
            long.append(f"{file.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 40:
                long.append(f"{file.relative_to(ROOT)}: {node.name}")
    assert long == []


def templates() -> list[str]:
    """Every template by its name."""
    return sorted(str(file.relative_to(ROOT / "templates")) for file in (ROOT / "templates").rglob("*.html"))


# Found by Django under these very names.
CONVENTIONAL = {"400.html", "403.html", "404.html", "500.html", "403_csrf.html", "accounts/sign_in/login.html"}


def test_every_template_is_used() -> None:
    sources = [file.read_text(encoding="utf-8") for file in modules()]
    sources += [(ROOT / "templates" / name).read_text(encoding="utf-8") for name in templates()]
    unused = [name for name in templates() if name not in CONVENTIONAL and not any(name in text for text in sources)]
    assert unused == []


@pytest.mark.parametrize("name", templates())
def test_every_template_compiles(name: str) -> None:
    get_template(name)


OWN_SCRIPT = re.compile(r"""<script type="module" src="\{% static '(js/[\w/]+\.js)' %\}"></script>""")
# Chromium 86 is the oldest browser; these need a later one.
LATER_THAN_CHROMIUM_86 = re.compile(
    r"\.(?:at|findLast|findLastIndex|hasOwn|toSorted|toReversed)\(|structuredClone|:has\("
)


def script_files() -> dict[str, str]:
    """Every script of the product by the name templates give it, with its text."""
    folder = ROOT / "static"
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in (folder / "js").rglob("*.js")}


def test_templates_load_every_script_and_none_that_is_missing() -> None:
    texts = [(ROOT / "templates" / name).read_text(encoding="utf-8") for name in templates()]
    assert sum(text.count("<script") for text in texts) == sum(len(OWN_SCRIPT.findall(text)) for text in texts)
    assert {name for text in texts for name in OWN_SCRIPT.findall(text)} == set(script_files())


def test_scripts_import_nothing_and_run_in_the_oldest_browser() -> None:
    # The hashed file names of a deployment do not reach into the text of a script: an imported one would stay stale.
    scripts = script_files()
    assert len(scripts) > 15
    assert [name for name, text in scripts.items() if re.search(r"\bimport\b\s*[\w{*(\"']", text)] == []
    assert {name: found for name, text in scripts.items() if (found := LATER_THAN_CHROMIUM_86.findall(text))} == {}


CLASS_SELECTOR = re.compile(r"\.([a-z][\w-]*)")
CLASS_ATTRIBUTE = re.compile(r"""\bclass=(["'])((?:\{[{%].*?[}%]\}|(?!\1).)*)\1""")
TEMPLATE_TAG = re.compile(r"\{[{%].*?[}%]\}")


def style_classes() -> set[str]:
    """Every class for which a style sheet of ours has a rule."""
    sheets = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "static" / "css").rglob("*.css"))
    return set(CLASS_SELECTOR.findall(re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", sheets, flags=re.DOTALL)))


def test_every_class_of_the_style_sheets_is_used() -> None:
    texts = [file.read_text(encoding="utf-8") for file in modules()] + list(script_files().values())
    texts += [(ROOT / "templates" / name).read_text(encoding="utf-8") for name in templates()]
    every = "\n".join(texts)
    words = set(re.findall(r"[\w-]+", every))
    made = set(re.findall(r"([a-z]+-)\{", every))  # state-{{ event.result }}
    classes = style_classes()
    assert len(classes) > 150
    assert sorted(name for name in classes - words if name.partition("-")[0] + "-" not in made) == []


def test_every_class_of_the_templates_has_a_style() -> None:
    bootstrap = finders.find("js-lib-bootstrap5/css/bootstrap.min.css")
    assert bootstrap
    styled = style_classes() | set(CLASS_SELECTOR.findall(Path(bootstrap).read_text(encoding="utf-8")))
    for name in templates():
        attributes = CLASS_ATTRIBUTE.findall((ROOT / "templates" / name).read_text(encoding="utf-8"))
        classes = {word for _, words in attributes for word in TEMPLATE_TAG.sub(" ", words).split()}
        assert not [one for one in classes - styled if not one.endswith("-")], name


# A file or folder in a text: `findings/workflow/`, `findings/dossiers.Dossier`, `objections.py`.
NAMED = re.compile(r"`([\w./-]*/[\w./-]*|[\w-]+\.(?:py|md|toml))[^`\n]*`")
NOT_OURS = ("var/", "incoming/", "/", "http")  # made while running, addresses


def is_there(name: str) -> bool:
    """Whether a text names what exists: a file, a folder, or something in a module."""
    module, _, thing = name.rstrip("/").rpartition(".")
    for folder in (ROOT, *(ROOT / package for package in PACKAGES), ROOT / "findings" / "workflow", ROOT / "docs"):
        if (folder / name).exists() or (folder / f"{name}.py").exists():
            return True
        if (file := folder / f"{module}.py").is_file() and re.search(rf"\b{thing}\b", file.read_text(encoding="utf-8")):
            return True
    return False


def test_what_the_documents_name_is_there() -> None:
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    named = {
        (text.name, name)
        for text in texts
        if text.name != "CHANGELOG.md"  # tells of what was
        for name in NAMED.findall(text.read_text(encoding="utf-8"))
        if not name.startswith(NOT_OURS)
    }
    assert len(named) > 40
    assert not sorted(found for found in named if not is_there(found[1]))


PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")


def test_every_picture_of_the_documents_is_taken_by_the_script() -> None:
    folder = ROOT / "docs" / "pictures"
    listing = tomllib.loads((folder / "pictures.toml").read_text(encoding="utf-8"))
    listed = {folder / f"{picture['name']}.png" for picture in listing["pictures"]}
    assert len(listed) == len(listing["pictures"])
    listed |= {folder / f"components-{variant}.png" for variant in ("wide", "phone")}
    variants = ("wide", "phone", "zoomed", "noscript", "print")
    gallery = {
        folder / "gallery" / f"{page['name']}-{variant}.png" for page in listing["gallery"] for variant in variants
    }
    assert len(gallery) == len(listing["gallery"]) * len(variants)
    listed |= gallery
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    shown = {(text.parent / name).resolve() for text in texts for name in PICTURE.findall(text.read_text("utf-8"))}
    assert shown == listed
    assert set(folder.rglob("*.png")) == listed
    assert {picture["size"] for picture in listing["pictures"]} == set(listing["sizes"])


def test_every_folder_stands_on_the_map() -> None:
    drawn = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Map")[2].partition("\n## ")[0]
    folders = [
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir() and folder.name[0] not in "._" and folder.name != "var"
    ]
    assert len(folders) > 8
    assert [name for name in folders if f"{name}/" not in drawn] == []


def test_the_texts_name_no_machine_and_no_registry() -> None:
    suspicious = re.compile(
        r"(?<![\w/])/work/|/root/|/home/\w+/|pypi\.org|index-url=|deb\.debian\.org|github\.com/[^\s)]+/raw"
    )
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file, text in tracked_texts()
        if file.name != Path(__file__).name and (match := suspicious.search(text))
    ]
    assert found == []
