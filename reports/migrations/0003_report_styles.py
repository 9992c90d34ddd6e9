"""A report is written in a style, the product's or its own, and an office saves styles under a name."""

import accounts.text
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


# The column keeps the name that it had when it held the form of the findings' headings.
STYLE_NAME = models.CharField(
    db_column="finding_style", default="plain", editable=False, max_length=20, verbose_name="体例"
)
DEFAULT_HEADINGS = {"overview_heading": "整改工作基本情况", "next_steps_heading": "下一步整改工作打算"}


def follow_style(apps, schema_editor):
    """Leave the headings that nobody changed to the style."""
    details = apps.get_model("reports", "ReportDetails").objects.using(schema_editor.connection.alias)
    for name, heading in DEFAULT_HEADINGS.items():
        details.filter(**{name: heading}).update(**{name: ""})


def restore_headings(apps, schema_editor):
    """Write the headings again that the program before gave by default."""
    details = apps.get_model("reports", "ReportDetails").objects.using(schema_editor.connection.alias)
    for name, heading in DEFAULT_HEADINGS.items():
        details.filter(**{name: ""}).update(**{name: heading})


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0010_report_styles"),
        ("reports", "0002_import_sources"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(model_name="historicalreportdetails", name="finding_style", field=STYLE_NAME),
        migrations.RenameField(model_name="historicalreportdetails", old_name="finding_style", new_name="style_name"),
        migrations.AlterField(model_name="reportdetails", name="finding_style", field=STYLE_NAME),
        migrations.RenameField(model_name="reportdetails", old_name="finding_style", new_name="style_name"),
        migrations.AddField(
            model_name="historicalreportdetails",
            name="findings_annex",
            field=models.BooleanField(default=False, verbose_name="附问题清单"),
        ),
        migrations.AddField(
            model_name="historicalreportdetails",
            name="own_style",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="自己的体例"),
        ),
        migrations.AddField(
            model_name="historicalreportdetails",
            name="regulations_annex",
            field=models.BooleanField(default=False, verbose_name="附制度清单"),
        ),
        migrations.AddField(
            model_name="reportdetails",
            name="findings_annex",
            field=models.BooleanField(default=False, verbose_name="附问题清单"),
        ),
        migrations.AddField(
            model_name="reportdetails",
            name="own_style",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="自己的体例"),
        ),
        migrations.AddField(
            model_name="reportdetails",
            name="regulations_annex",
            field=models.BooleanField(default=False, verbose_name="附制度清单"),
        ),
        migrations.AlterField(
            model_name="historicalreportdetails",
            name="findings_heading",
            field=models.CharField(
                blank=True,
                help_text="不填则按体例。",
                max_length=60,
                validators=[accounts.text.single_line],
                verbose_name="整改情况一章的标题",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreportdetails",
            name="next_steps_heading",
            field=models.CharField(
                blank=True,
                help_text="不填则按体例。",
                max_length=60,
                validators=[accounts.text.single_line],
                verbose_name="下一步打算一章的标题",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreportdetails",
            name="overview_heading",
            field=models.CharField(
                blank=True,
                help_text="不填则按体例。",
                max_length=60,
                validators=[accounts.text.single_line],
                verbose_name="组织情况一章的标题",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreportdetails",
            name="pledge",
            field=models.TextField(
                blank=True,
                help_text="计数句接在后面；要写在中间的，在那里写【计数句】。",
                validators=[accounts.text.printable],
                verbose_name="整改态度和组织情况",
            ),
        ),
        migrations.AlterField(
            model_name="reportdetails",
            name="findings_heading",
            field=models.CharField(
                blank=True,
                help_text="不填则按体例。",
                max_length=60,
                validators=[accounts.text.single_line],
                verbose_name="整改情况一章的标题",
            ),
        ),
        migrations.AlterField(
            model_name="reportdetails",
            name="next_steps_heading",
            field=models.CharField(
                blank=True,
                help_text="不填则按体例。",
                max_length=60,
                validators=[accounts.text.single_line],
                verbose_name="下一步打算一章的标题",
            ),
        ),
        migrations.AlterField(
            model_name="reportdetails",
            name="overview_heading",
            field=models.CharField(
                blank=True,
                help_text="不填则按体例。",
                max_length=60,
                validators=[accounts.text.single_line],
                verbose_name="组织情况一章的标题",
            ),
        ),
        migrations.AlterField(
            model_name="reportdetails",
            name="pledge",
            field=models.TextField(
                blank=True,
                help_text="计数句接在后面；要写在中间的，在那里写【计数句】。",
                validators=[accounts.text.printable],
                verbose_name="整改态度和组织情况",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalSavedStyle",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "name",
                    models.CharField(
                        help_text="如：市委要求的体例",
                        max_length=60,
                        validators=[accounts.text.single_line],
                        verbose_name="名称",
                    ),
                ),
                ("style", models.JSONField(editable=False, verbose_name="体例")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="findings.unit",
                        verbose_name="被巡察单位",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 报告体例",
                "verbose_name_plural": "historical 报告体例",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SavedStyle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "name",
                    models.CharField(
                        help_text="如：市委要求的体例",
                        max_length=60,
                        validators=[accounts.text.single_line],
                        verbose_name="名称",
                    ),
                ),
                ("style", models.JSONField(editable=False, verbose_name="体例")),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_styles",
                        to="findings.unit",
                        verbose_name="被巡察单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "报告体例",
                "verbose_name_plural": "报告体例",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("body", "name"),
                        name="saved_style_of_body",
                        violation_error_message="这个名称的体例已经有了，请换一个名称。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("body", None)),
                        fields=("name",),
                        name="saved_style_without_body",
                        violation_error_message="这个名称的体例已经有了，请换一个名称。",
                    ),
                ],
            },
        ),
        migrations.RunPython(follow_style, restore_headings, elidable=False),
    ]
