"""The closed lists of the domain: codes are English, labels are the Chinese words of the pages and documents."""

from __future__ import annotations

from django.db import models


# Codes are stored, and part of the URLs of filtered lists: change labels, never codes.
class Term(models.TextChoices):
    """Whether the committee inspects at county level (巡察) or above (巡视); the report uses the word throughout."""

    XUNCHA = "xuncha", "巡察"
    XUNSHI = "xunshi", "巡视"


class Level(models.TextChoices):
    """The level of the committee that sent the team."""

    CENTRAL = "central", "中央"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    DISTRICT = "district", "区县级"
    DEPARTMENT = "department", "部门（单位）"


class InspectionKind(models.TextChoices):
    """The form of an inspection, as reports name it; the word for 巡察 follows the term."""

    REGULAR = "regular", "常规"
    SPECIAL = "special", "专项"
    MOBILE = "mobile", "机动"
    LOOK_BACK = "look_back", "“回头看”"
    EXTENDED = "extended", "延伸"

    def name_for(self, term: str) -> str:
        """The name with the word of the term: 常规巡察, 巡视“回头看”."""
        return f"{term}{self.label}" if self is InspectionKind.LOOK_BACK else f"{self.label}{term}"


class UnitKind(models.TextChoices):
    """The place of a unit in the organisation."""

    ORGAN = "organ", "机关（单位）"
    OFFICE = "office", "内设科室"
    INSTITUTION = "institution", "下属事业单位"
    SUBDISTRICT = "subdistrict", "街道（镇）"
    OTHER = "other", "其他"


class Timing(models.TextChoices):
    """Whether a finding is rectified at once, by a deadline, or in stages; 持续整改 is ``Finding.long_term``."""

    IMMEDIATE = "immediate", "立行立改"
    SCHEDULED = "scheduled", "限期整改"
    STAGED = "staged", "分阶段整改"


class Status(models.TextChoices):
    """The status of a finding; each inspection can have labels of its own (``Inspection.status_word``)."""

    OPEN = "open", "待整改"
    IN_PROGRESS = "in_progress", "整改中"
    SUBMITTED = "submitted", "待审核"
    CLOSED = "closed", "已销号"


class MeasureStatus(models.TextChoices):
    """The status of a measure, from the first work to its verification."""

    NOT_STARTED = "not_started", "未开始"
    UNDER_WAY = "under_way", "进行中"
    REPORTED = "reported", "已完成待核"
    VERIFIED = "verified", "已核实"
    SENT_BACK = "sent_back", "退回"


# The one definition of open and done: with the report the measure leaves the unit's hands, and sending back returns it.
# The day of completion does not decide, since it stays when a measure is sent back.
DONE_STATUSES = (MeasureStatus.REPORTED, MeasureStatus.VERIFIED)
OPEN_STATUSES = tuple(status for status in MeasureStatus if status not in DONE_STATUSES)


class EvidenceKind(models.TextChoices):
    """The part of a finding's archive (一问题一档案) in which a file is kept; the value is the number of its folder."""

    FEEDBACK = "01", "反馈原文"
    PLAN = "02", "方案"
    PROCESS = "03", "过程材料"
    REGULATION = "04", "制度文件"
    RESULT = "05", "处理与资金凭据"
    SIGN_OFF = "06", "销号表"


class Scan(models.TextChoices):
    """The result of the virus scan of a file; only ``CLEAN`` and ``NONE`` can be opened."""

    NONE = "none", "未配置查毒"
    WAITING = "waiting", "等待查毒"
    CLEAN = "clean", "未发现病毒"
    INFECTED = "infected", "发现病毒"


class Decision(models.TextChoices):
    """The decision on a request for an extension."""

    WAITING = "waiting", "待批"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"


class NoticeKind(models.TextChoices):
    """The reason for a notice."""

    TURN = "turn", "待您办理"
    RESULT = "result", "办理结果"
    VOID = "void", "销号失效"
    MENTION = "mention", "提到您"
    COMMENT = "comment", "评论"
    EXTENSION = "extension", "延期"
    DUE = "due", "即将到期"
    LATE = "late", "逾期"
    REVIEW = "review", "到期复查"
    LETTER = "letter", "督办文书"


class Completion(models.TextChoices):
    """The degree to which a closed finding was rectified, stated at closing."""

    COMPLETE = "complete", "完成"
    SUBSTANTIALLY = "substantially", "基本完成"
    STAGED = "staged", "阶段性完成"


class Counting(models.TextChoices):
    """The unit in which the published numbers count findings."""

    FINDINGS = "findings", "反馈问题（分项问题不另计）"
    LEAVES = "leaves", "分项问题（有分项的只计分项）"


class RegulationKind(models.TextChoices):
    """Whether a regulation was issued, revised or abolished."""

    NEW = "new", "新制定"
    REVISED = "revised", "修订"
    ABOLISHED = "abolished", "废止"


class AccountabilityKind(models.TextChoices):
    """The measure taken against a person held to account; person-times are summed over these."""

    CASE = "case", "立案"
    PARTY = "party", "党纪处分"
    ADMINISTRATIVE = "administrative", "政务处分"
    ORGANISATION = "organisation", "组织处理"
    ADMONITION = "admonition", "诫勉"
    TALK = "talk", "谈话提醒"
    CRITICISM = "criticism", "批评教育"
    INSPECTION = "inspection", "责令检查"
    TRANSFER = "transfer", "移送司法机关"


class RecoveryKind(models.TextChoices):
    """The way in which money came back; the kinds are published side by side and never added up."""

    RECOVERED = "recovered", "追缴"
    REFUNDED = "refunded", "清退"
    REIMBURSED = "reimbursed", "追回个人承担"
    SAVED = "saved", "挽回损失"


class SupervisionKind(models.TextChoices):
    """The form of an act of supervision over the work."""

    NOTICE = "notice", "书面通知"
    ON_SITE = "on_site", "现场督查"
    UNANNOUNCED = "unannounced", "四不两直"
    BULLETIN = "bulletin", "通报"
    VISIT = "visit", "回访"


class LetterKind(models.TextChoices):
    """The kinds of letters that demand work of a unit, in the order of escalation."""

    REMINDER = "reminder", "整改提醒函"
    SUPERVISION = "supervision", "督查督办通知书"
    GUIDANCE = "guidance", "阶段督查指导书"
    NOTICE = "notice", "情况提醒书"
    ADMONITION = "admonition", "情况告诫书"
    ACCOUNTABILITY = "accountability", "问责建议书"


class SampleOf(models.TextChoices):
    """The closed findings from which a spot check is drawn."""

    ALL = "all", "全部已销号问题"
    IMMEDIATE = "immediate", "立行立改的"
    SCHEDULED = "scheduled", "限期整改的"
    LONG_TERM = "long_term", "长期坚持的"


class CheckResult(models.TextChoices):
    """Whether a spot check confirmed the sign-off."""

    WAITING = "waiting", "待查"
    TRUE = "true", "属实"
    UNTRUE = "untrue", "不实"


class ReviewResult(models.TextChoices):
    """The result of a follow-up review of a long-term finding."""

    HELD = "held", "保持"
    RELAPSED = "relapsed", "反弹"
