"""The settings of the project; those that differ between machines come from the environment."""

import datetime as dt
import importlib.util
import os
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from accounts.sign_in.password_profiles import chosen_profile

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # everything that is made while running: database, fonts, collected static files, demo


def flag(name: str) -> bool:
    """Whether an environment variable is set to 1, true, yes or on."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def whole_number(name: str, default: int) -> int:
    """An environment variable that is a number of at least 1; ImproperlyConfigured for anything else."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number from 1 up.")
    return int(value)


def stored_key(variable: str, file_name: str) -> str:
    """The key in an environment variable, else in a file in var/.

    Outside of debugging and tests ImproperlyConfigured refuses a missing, short or simple key.
    """
    key_file = VAR_DIR / file_name
    key = os.environ.get(variable)
    if key is None and key_file.is_file():
        key = key_file.read_text(encoding="utf-8").strip()
    if DEBUG or TESTING:
        return key or f"sample-{file_name}-for-debugging-and-tests-only"
    if not key or len(key) < 50 or len(set(key)) < 10:
        raise ImproperlyConfigured(
            f"{variable} is missing or only a sample: set it to at least 50 random characters, for example from "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return key


def database() -> dict[str, Any]:
    """The database of DATABASE_URL, by default a SQLite file, with options for concurrent writers."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{quote(str(VAR_DIR / 'rectify.sqlite3'))}"
    config: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    if config["ENGINE"].endswith("sqlite3"):
        options: dict[str, Any] = {
            # A transaction that first reads and then wants to write fails at once when another writes; IMMEDIATE waits.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,  # seconds
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON",
        }
        # A file of its own for each test process: threads then meet real locks, which a shared memory database lacks.
        config["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"rectify-test-{os.getpid()}.sqlite3")}
    else:
        # A request that hangs must not hold locks for ever.
        limits = {"statement_timeout": "60s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
        options = {"connect_timeout": 5, "options": " ".join(f"-c {name}={value}" for name, value in limits.items())}
    config["OPTIONS"] = options | config.get("OPTIONS", {})
    return config


def evidence_storage(address: str) -> dict[str, Any]:
    """The storage for a folder, or for s3://bucket/prefix?endpoint=https://host&region=name&addressing=path.

    ImproperlyConfigured names the first rule that the address breaks.
    """
    if not re.match(r"\w+:", address):
        return {"BACKEND": "findings.evidence.store.storage.DiskStorage"}
    parts = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{2,62})(?:/([\w/-]*))?(?:\?(.*))?", address)
    bucket, prefix, query = parts.groups(default="") if parts else ("", "", "")
    options = {"endpoint": "", "region": "us-east-1", "addressing": "auto"}
    options |= dict(parse_qsl(query, keep_blank_values=True))
    rules = {
        "it must be a folder or s3://bucket/prefix?endpoint=https://host&region=name": parts,
        "only endpoint=, region= and addressing= may follow the ?": len(options) == 3,
        "endpoint= must be https://host or http://host": re.fullmatch(
            r"(https?://[\w.:\[\]-]+/?)?", options["endpoint"]
        ),
        "region= must be a name": re.fullmatch(r"[\w-]+", options["region"]),
        "addressing= must be path or virtual": options["addressing"] in {"auto", "path", "virtual"},
        "AWS_ACCESS_KEY_ID must be set": os.environ.get("AWS_ACCESS_KEY_ID"),
        "AWS_SECRET_ACCESS_KEY must be set": os.environ.get("AWS_SECRET_ACCESS_KEY"),
        "the packages of requirements-extras.lock must be installed": importlib.util.find_spec("storages"),
    }
    if broken := [rule for rule, is_kept in rules.items() if not is_kept]:
        raise ImproperlyConfigured(f"RECTIFY_EVIDENCE cannot be used: {broken[0]}.")
    return {
        "BACKEND": "findings.evidence.store.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": bucket,
            "location": prefix.strip("/"),
            "endpoint_url": options["endpoint"] or None,
            "region_name": options["region"],
            "addressing_style": options["addressing"],
        },
    }


DEBUG = flag("RECTIFY_DEBUG")
TESTING = "PYTEST_VERSION" in os.environ  # set by pytest for exactly this question
SECRET_KEY = stored_key("RECTIFY_SECRET_KEY", "secret-key")
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_filters",
    "js_lib_bootstrap5",
    "axes",
    "rectify",
    "accounts",
    "findings",
    "ledgers",
    "reports",
    "django_tasks",
]
MIDDLEWARE = [
    "accounts.request_context.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "accounts.web.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.web.middleware.DatabaseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web.middleware.PrivateAnswersMiddleware",
    "accounts.audit.refusals.RefusalMiddleware",
    "accounts.web.middleware.WrongMethodMiddleware",
    "accounts.web.back.ReturnMiddleware",
    "accounts.web.middleware.BodyLimitMiddleware",
    "accounts.web.middleware.SignInRequiredMiddleware",
    "accounts.web.middleware.NewPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "rectify.urls"
WSGI_APPLICATION = "rectify.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.web.back.back_context",
            ],
        },
    },
]
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_DATE_INDEX = False  # histories are looked up by record and version

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"

AUTH_USER_MODEL = "accounts.User"
# django-axes counts wrong passwords and refuses while a name is locked; ``accounts.sign_in.lockout`` is the way to it.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.sign_in.backends.SessionBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "accounts.sign_in.lockout.counted_name"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit trail is the log
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W002",  # its middleware answers for views that check passwords by themselves; here forms do, through one door
    "axes.W006",  # no address among the parameters: people behind one address must not lock each other out
]

PASSWORD_PROFILE = chosen_profile(os.environ.get("RECTIFY_PASSWORD_PROFILE") or "dengbao")
AUTH_PASSWORD_VALIDATORS = PASSWORD_PROFILE.validators("findings.units.password_rules.UnitNameValidator")
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = LOGIN_URL

# One switch for a deployment behind TLS. The scheme is gunicorn's to find out: it believes X-Forwarded-Proto only from
# the addresses in FORWARDED_ALLOW_IPS, while SECURE_PROXY_SSL_HEADER would believe it from anybody.
HTTPS = flag("RECTIFY_HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:  # names that browsers accept only from this very host, over TLS and for all paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_ENGINE = "accounts.sign_in.sessions"
SESSION_IDLE = dt.timedelta(minutes=whole_number("RECTIFY_IDLE_MINUTES", 15))
SESSION_LIFETIME = dt.timedelta(hours=whole_number("RECTIFY_SESSION_HOURS", 12))
SESSION_COOKIE_AGE = int(SESSION_LIFETIME.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"
# More than any form takes, so that the form says what is too long and not a bare 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "accounts.web.uploads.NamelessFileUploadHandler",
]
BODY_MAX_BYTES = 210 * 1024 * 1024  # of one request: four of the largest files, and the form around them
ANONYMOUS_BODY_MAX_BYTES = 1024 * 1024

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Debugging and tests serve the files where they lie; everything else serves what collectstatic has gathered.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "ico", "woff2"]  # compressing source maps takes ten seconds
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# The evidence (docs/evidence.md).
EVIDENCE = ("" if TESTING else os.environ.get("RECTIFY_EVIDENCE")) or str(VAR_DIR / "evidence")
STORAGES["evidence"] = evidence_storage(EVIDENCE)
EVIDENCE_ROOT = Path(EVIDENCE)  # where it is a folder
EVIDENCE_MAX_BYTES = 50 * 1024 * 1024  # of one file
EVIDENCE_QUOTA = whole_number("RECTIFY_EVIDENCE_QUOTA_GB", 20) * 1024**3  # bytes of all files of one body
EXPORTS_ROOT = Path(os.environ.get("RECTIFY_EXPORTS") or VAR_DIR / "exports")  # large lists, for a day

# By files one process tells the others how far long work has come (ledgers/job_progress.py), and gives them the small
# pictures of pages that it has drawn (findings/evidence/store/thumbnails.py), 10,000 of some 5 KB.
IN_FILES = "django.core.cache.backends.filebased.FileBasedCache"
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "waiting": {"BACKEND": IN_FILES, "LOCATION": VAR_DIR / "waiting"},
    "thumbnails": {"BACKEND": IN_FILES, "LOCATION": VAR_DIR / "thumbnails", "OPTIONS": {"MAX_ENTRIES": 10_000}},
}
# Large exports run in the request that asks for them, or in ``manage.py db_worker`` (docs/lists.md).
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "ENQUEUE_ON_COMMIT": False}}
if flag("RECTIFY_WORKER") and not TESTING:
    TASKS["default"]["BACKEND"] = "django_tasks_db.DatabaseBackend"
if flag("RECTIFY_WORKER") or TESTING:
    INSTALLED_APPS.append("django_tasks_db")

CLAMD = os.environ.get("RECTIFY_CLAMD", "")  # a socket's path, or host:port; without it nothing is scanned
DJANGO_TABLES2_TEMPLATE = "tables/table.html"

# The audit trail (docs/audit.md). Its key is not SECRET_KEY, which may have to be changed; this one must stay.
AUDIT_KEY = stored_key("RECTIFY_AUDIT_KEY", "audit-key")
AUDIT_ALGORITHM = "sha256"  # one of accounts.audit.sealing.ALGORITHMS; rows sealed with another one stay valid
AUDIT_ANCHOR_FILE = Path(os.environ.get("RECTIFY_AUDIT_ANCHORS") or VAR_DIR / "audit" / "anchors.jsonl")

# E-mail (docs/notices.md): off until a server is named.
EMAIL_HOST = os.environ.get("RECTIFY_EMAIL_HOST", "")
EMAIL_PORT = whole_number("RECTIFY_EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("RECTIFY_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("RECTIFY_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("RECTIFY_EMAIL_STARTTLS")
EMAIL_USE_SSL = flag("RECTIFY_EMAIL_TLS")
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("RECTIFY_EMAIL_FROM", "rectify@localhost")
DIGEST_WITH_TITLES = not flag("RECTIFY_EMAIL_WITHOUT_TITLES")

FONT_DIR = VAR_DIR / "fonts"  # the free fonts
OFFICE_FONT_DIR = Path(os.environ["OFFICE_FONT_DIR"]) if os.environ.get("OFFICE_FONT_DIR") else None  # the office's own
PDF_TIMEOUT = 120  # seconds for one rendering
CONVERSION_SECONDS = whole_number("RECTIFY_CONVERSION_SECONDS", 60)  # for LibreOffice and one older Word file

TRUSTED_PROXIES = [part.strip() for part in os.environ.get("RECTIFY_TRUSTED_PROXIES", "").split(",") if part.strip()]
CONTACT = os.environ.get("RECTIFY_CONTACT") or "系统管理员"  # whom people call when the program fails

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "accounts.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "axes": {"level": "ERROR"},  # its warnings say what the audit trail says
    },
}
