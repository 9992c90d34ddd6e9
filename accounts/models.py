"""The models of the app, gathered where Django looks for them."""

from accounts.audit.models import Action, Event, Result
from accounts.users.models.grants import Grant
from accounts.users.models.passwords import PasswordHistory
from accounts.users.models.sessions import Session
from accounts.users.models.users import User
from accounts.versions import FieldHistory, Record, model_of

__all__ = [
    "Action",
    "Event",
    "FieldHistory",
    "Grant",
    "PasswordHistory",
    "Record",
    "Result",
    "Session",
    "User",
    "model_of",
]
