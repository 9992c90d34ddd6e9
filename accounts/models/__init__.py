"""People, what they may do, and what they did."""

from accounts.models.grants import Grant
from accounts.models.passwords import PasswordHistory
from accounts.models.sessions import Session
from accounts.models.trail import Action, Event, Result
from accounts.models.users import User

__all__ = ["Action", "Event", "Grant", "PasswordHistory", "Result", "Session", "User"]
