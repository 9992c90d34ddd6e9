"""The events of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

CHUNK = 2000  # events in memory at a time while the whole trail is read


class Action(models.TextChoices):
    """The action that an event records."""

    SIGN_IN = "sign_in", "登录"
    SIGN_OUT = "sign_out", "退出"
    PASSWORD = "password", "修改密码"
    CREATE = "create", "新建"
    CHANGE = "change", "修改"
    DELETE = "delete", "删除"
    MOVE = "move", "调整顺序"
    STEP = "step", "办理"
    SIGN_OFF = "sign_off", "销号"
    VOID = "void", "销号失效"
    UPLOAD = "upload", "上传"
    WITHDRAW = "withdraw", "作废"
    READ_FILE = "read_file", "查看文件"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出下载"
    GRANT = "grant", "授予角色"
    REVOKE = "revoke", "收回角色"
    ACTIVATE = "activate", "启用账号"
    DEACTIVATE = "deactivate", "停用账号"
    UNLOCK = "unlock", "解除锁定"
    END_SESSION = "end_session", "结束会话"
    VISIT = "visit", "访问"
    TRAIL = "trail", "审计维护"


class Result(models.TextChoices):
    """The outcome of the action."""

    DONE = "done", "成功"
    REFUSED = "refused", "拒绝"
    FAILED = "failed", "失败"
    CONFLICT = "conflict", "冲突"


class EventQuerySet(models.QuerySet["Event"]):
    """Events, with reading in order."""

    def walk(self, *fields: str) -> Iterator[tuple[Any, ...]]:
        """The number and the given columns of every event, oldest first; at most ``CHUNK`` events are in memory."""
        rows = self.order_by("number").values_list("number", *fields)
        chunk = list(rows[:CHUNK])
        while chunk:
            yield from chunk
            chunk = list(rows.filter(number__gt=chunk[-1][0])[:CHUNK])


class Event(models.Model):
    """One event. Only ``accounts.audit.events`` writes it; triggers refuse updates, and deletions before 190 days."""

    # Assigned under a lock by accounts.audit.events, without gaps, never by the database. An automatic key only by
    # type, because SQLite then stores the rows in this order.
    number = models.BigAutoField("序号", primary_key=True)
    at = models.DateTimeField("时间", editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="人员编号",
        null=True,
        blank=True,
        editable=False,
        related_name="events",
        db_index=False,  # the index below begins with it
    )
    who = models.CharField("人员", max_length=120, editable=False)
    role = models.CharField("角色", max_length=200, blank=True, editable=False)
    unit = models.CharField("单位", max_length=300, blank=True, editable=False)
    address = models.CharField("地址", max_length=64, blank=True, editable=False)
    request_id = models.CharField("请求编号", max_length=32, blank=True, editable=False, db_index=True)
    action = models.CharField("操作", max_length=20, choices=Action, editable=False)
    result = models.CharField("结果", max_length=10, choices=Result, editable=False)
    record_type = models.CharField("对象类别", max_length=60, blank=True, editable=False)  # app_label.model
    record_id = models.BigIntegerField("对象编号", null=True, blank=True, editable=False)
    record_words = models.CharField("对象", max_length=200, blank=True, editable=False)
    version_before = models.PositiveIntegerField("原版本", null=True, blank=True, editable=False)
    version_after = models.PositiveIntegerField("新版本", null=True, blank=True, editable=False)
    reason = models.CharField("说明", max_length=500, blank=True, editable=False)
    algorithm = models.CharField("封签算法", max_length=10, editable=False)
    digest = models.CharField("内容摘要", max_length=128, editable=False)
    previous = models.CharField("上一条的封签", max_length=128, blank=True, editable=False)
    seal = models.CharField("封签", max_length=128, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("record_type", "record_id", "number"), name="event_record"),
            # One for each filter of the trail's page, within days, newest first.
            models.Index(fields=("at", "number"), name="event_at"),
            models.Index(fields=("user", "at", "number"), name="event_user"),
            models.Index(fields=("action", "at", "number"), name="event_action"),
            models.Index(fields=("result", "at", "number"), name="event_result"),
        )

    def __str__(self) -> str:
        return f"{self.who}{Action(self.action).label}{self.record_words}"

    @property
    def type_label(self) -> str:
        """The Chinese name of the record's model; "" without a record and for a model that no longer exists."""
        try:
            return str(apps.get_model(self.record_type)._meta.verbose_name) if self.record_type else ""
        except LookupError:
            return ""


PLACE = ("number", "digest", "previous", "seal")  # the columns of the chain, not covered by the digest
CONTENT = tuple(field.attname for field in Event._meta.concrete_fields if field.attname not in PLACE)
