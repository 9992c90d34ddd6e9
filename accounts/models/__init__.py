"""People, what they may do, what they did, and what every record has."""

from accounts.models.grants import Grant
from accounts.models.passwords import PasswordHistory
from accounts.models.records import FieldHistory, Record, kind_of
from accounts.models.sessions import Session
from accounts.models.trail import Action, Event, Result
from accounts.models.users import User

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
    "kind_of",
]
