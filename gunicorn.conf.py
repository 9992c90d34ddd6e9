"""What gunicorn says about itself is logged like everything else; it finds this file in the folder it is started in."""

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
