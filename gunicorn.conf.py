"""How gunicorn logs and what it takes; it finds this file in the folder it is started in.

What it says about itself is logged like everything else.
"""

from rectify import start_report  # noqa: F401 -- before the workers are forked, which share what it holds

# Bytes, the most it can be told. A Chinese character in an address takes nine; past the limit it answers in English.
limit_request_line = 8190

logconfig_dict = {
    "formatters": {"json": {"()": "accounts.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Accesses are told at INFO, with what was typed into search boxes: they are not logged.
        "gunicorn.access": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
