"""The trail becomes a chain that only grows. It is made anew: rows from before the chain prove nothing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_grants_and_trail")]

    operations = [
        migrations.DeleteModel("Event"),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False, verbose_name="序号")),
                ("at", models.DateTimeField(editable=False, verbose_name="时间")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员编号",
                    ),
                ),
                ("who", models.CharField(editable=False, max_length=120, verbose_name="人员")),
                ("role", models.CharField(blank=True, editable=False, max_length=200, verbose_name="角色")),
                ("unit", models.CharField(blank=True, editable=False, max_length=300, verbose_name="单位")),
                ("address", models.CharField(blank=True, editable=False, max_length=64, verbose_name="地址")),
                (
                    "request_id",
                    models.CharField(blank=True, db_index=True, editable=False, max_length=32, verbose_name="请求编号"),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("sign_in", "登录"),
                            ("sign_out", "退出"),
                            ("password", "修改密码"),
                            ("create", "新建"),
                            ("change", "修改"),
                            ("delete", "删除"),
                            ("move", "调整顺序"),
                            ("import", "导入"),
                            ("export", "导出下载"),
                            ("grant", "授予角色"),
                            ("revoke", "收回角色"),
                            ("activate", "启用账号"),
                            ("deactivate", "停用账号"),
                            ("end_session", "结束会话"),
                            ("visit", "访问"),
                            ("trail", "审计维护"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="操作",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[("done", "成功"), ("refused", "拒绝"), ("failed", "失败"), ("conflict", "冲突")],
                        editable=False,
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("record_type", models.CharField(blank=True, editable=False, max_length=60, verbose_name="对象类别")),
                ("record_id", models.BigIntegerField(blank=True, editable=False, null=True, verbose_name="对象编号")),
                ("record_words", models.CharField(blank=True, editable=False, max_length=200, verbose_name="对象")),
                (
                    "version_before",
                    models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name="原版本"),
                ),
                (
                    "version_after",
                    models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name="新版本"),
                ),
                ("reason", models.CharField(blank=True, editable=False, max_length=500, verbose_name="说明")),
                ("algorithm", models.CharField(editable=False, max_length=10, verbose_name="封签算法")),
                ("digest", models.CharField(editable=False, max_length=128, verbose_name="内容摘要")),
                ("previous", models.CharField(blank=True, editable=False, max_length=128, verbose_name="上一条的封签")),
                ("seal", models.CharField(editable=False, max_length=128, verbose_name="封签")),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["record_type", "record_id", "number"], name="event_record"),
                    models.Index(fields=["at", "number"], name="event_at"),
                    models.Index(fields=["user", "at", "number"], name="event_user"),
                    models.Index(fields=["action", "at", "number"], name="event_action"),
                    models.Index(fields=["result", "at", "number"], name="event_result"),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
