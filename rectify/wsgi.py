"""The WSGI application for gunicorn, which starts only on a database with this program's schema."""

import logging
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from rectify.memory import spare_loaded_code
from rectify.schema import SchemaMismatchError, require_own_schema
from rectify.start_report import permission

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
LOAD_ERROR = 4  # gunicorn's own code for an application that cannot be loaded: its master ends instead of trying again

application = get_wsgi_application()
try:
    require_own_schema(connection)
except SchemaMismatchError as error:
    if not permission.take():
        raise SystemExit from None  # another worker has said it and ends the master
    logging.getLogger(__name__).critical("%s", error)
    raise SystemExit(LOAD_ERROR) from error
finally:
    connection.close()  # requests are answered in threads with connections of their own
spare_loaded_code()
