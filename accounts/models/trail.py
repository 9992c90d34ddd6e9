"""The audit trail's rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Action(models.TextChoices):
    """What was done."""

    SIGN_IN = "sign_in", "登录"
    SIGN_OUT = "sign_out", "退出"
    PASSWORD = "password", "修改密码"
    CREATE = "create", "新建"
    CHANGE = "change", "修改"
    DELETE = "delete", "删除"
    MOVE = "move", "调整顺序"
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
    """How it ended."""

    DONE = "done", "成功"
    REFUSED = "refused", "拒绝"
    FAILED = "failed", "失败"
    CONFLICT = "conflict", "冲突"


class Event(models.Model):
    """One row of the trail. Written by ``accounts.audit`` alone, never changed."""

    at = models.DateTimeField("时间", db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="人员", null=True, blank=True, related_name="events"
    )
    who = models.CharField("姓名", max_length=120)
    role = models.CharField("角色", max_length=200, blank=True)
    unit = models.CharField("单位", max_length=300, blank=True)
    address = models.CharField("地址", max_length=64, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    action = models.CharField("操作", max_length=20, choices=Action)
    result = models.CharField("结果", max_length=10, choices=Result)
    record_type = models.CharField("对象类别", max_length=60, blank=True)  # app_label.model
    record_id = models.BigIntegerField("对象编号", null=True, blank=True)
    record_words = models.CharField("对象", max_length=200, blank=True)
    version_before = models.PositiveIntegerField("原版本", null=True, blank=True)
    version_after = models.PositiveIntegerField("新版本", null=True, blank=True)
    reason = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("record_type", "record_id", "id"), name="event_record"),)

    def __str__(self) -> str:
        return f"{self.who}{Action(self.action).label}{self.record_words}"
