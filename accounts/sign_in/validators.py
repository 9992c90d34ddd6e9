"""The password validators of the profiles, with Chinese help texts and error messages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from accounts.users.models.users import User

# Not in Django's list: words of the office in pinyin, and patterns that are common in China.
OFFICE_WORDS = re.compile(
    "123456|1qaz2wsx|654321|666666|888888|admin|bangongshi|bumen|chaoji|dangwei|dangzu|denglu|ganbu|gongwen|guanli|"
    "huanying|iloveyou|jigou|jiguan|jijian|jiwei|lingdao|manager|office|password|qwerty|rectify|renmin|shengwei|shiwei|"
    "wangluo|woaini|xitong|xuncha|xunshi|yonghu|zhenggai|zhengfu|zhongguo|zhuren|zuzhi"
)


def fold_case_and_width(text: str) -> str:
    """The text in half width and lower case (NFKC, case-folded)."""
    return unicodedata.normalize("NFKC", text).casefold()


def found_in(password: str, words: Iterable[str]) -> str:
    """The first of the words that the password contains, or ""; words too short to be telling are skipped."""
    text = fold_case_and_width(password)
    return next((word for word in map(fold_case_and_width, words) if is_telling(word) and word in text), "")


def is_telling(word: str) -> bool:
    """Whether a word is too long to be in a password by chance: two Chinese characters, or three others."""
    return len(word) >= (3 if word.isascii() else 2)


class LengthValidator:
    """Requires a minimum number of characters."""

    def __init__(self, shortest: int) -> None:
        self.shortest = shortest

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a shorter password."""
        if len(password) < self.shortest:
            raise ValidationError(f"密码至少要 {self.shortest} 个字符，现在只有 {len(password)} 个。", code="too_short")

    def get_help_text(self) -> str:
        """The rule as Chinese text without a full stop."""
        return f"至少 {self.shortest} 个字符"


class ClassesValidator:
    """Requires a minimum number of the four classes: capitals, small letters, digits, everything else."""

    CLASSES = {"大写字母": r"[A-Z]", "小写字母": r"[a-z]", "数字": r"[0-9]", "符号": r"[^A-Za-z0-9]"}

    def __init__(self, classes: int) -> None:
        self.classes = classes

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for too few classes, naming those that are missing."""
        missing = [name for name, pattern in self.CLASSES.items() if not re.search(pattern, password)]
        if len(self.CLASSES) - len(missing) < self.classes:
            words = "、".join(missing)
            raise ValidationError(
                f"密码要含大写字母、小写字母、数字、符号中的至少 {self.classes} 类，现在没有{words}。",
                code="too_simple",
            )

    def get_help_text(self) -> str:
        """The rule as Chinese text without a full stop."""
        return f"含大写字母、小写字母、数字、符号中的至少 {self.classes} 类"


class CommonWordValidator(CommonPasswordValidator):
    """Refuses Django's 20,000 common passwords, also with digits and signs added, and passwords with office words."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a common password, naming the office word where there is one."""
        text = fold_case_and_width(password.strip())
        if word := OFFICE_WORDS.search(text):
            raise ValidationError(f"密码里不能有“{word[0]}”这样的常用词，请换一个别人想不到的。", code="common_word")
        letters = re.sub(r"[^a-z]", "", text)
        if text in self.passwords or (len(letters) >= 4 and letters in self.passwords):
            raise ValidationError("这个密码太常见（或只是常见密码加上数字、符号），请换一个。", code="common")

    def get_help_text(self) -> str:
        """The rule as Chinese text without a full stop."""
        return "不能是常见密码，不能含有常用词"


class OwnNameValidator:
    """Refuses passwords that contain the user's own user name, name or the name in their e-mail address."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password with one of them; without a user everything passes."""
        own = (user.username, user.name, user.email.partition("@")[0]) if user else ()
        if found_in(password, own):
            raise ValidationError("密码里不能有您的用户名、姓名或邮箱名。", code="own_name")

    def get_help_text(self) -> str:
        """The rule as Chinese text without a full stop."""
        return "不能含有本人的用户名、姓名"


class HistoryValidator:
    """Refuses the last passwords before the present one, with which ``PasswordForm`` itself compares the new one."""

    def __init__(self, remembered: int) -> None:
        self.remembered = remembered

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a former password; each comparison computes one slow hash."""
        if user is None or user.pk is None:
            return
        former = user.former_passwords.values_list("digest", flat=True)[: self.remembered - 1]
        if any(check_password(password, digest) for digest in former):
            raise ValidationError(f"最近 {self.remembered} 次用过的密码不能再用，请换一个。", code="used_before")

    def get_help_text(self) -> str:
        """The rule as Chinese text without a full stop."""
        return f"不能是最近 {self.remembered} 次用过的密码"
