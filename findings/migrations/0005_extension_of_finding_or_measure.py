"""Every extension has its finding now; the measure is left empty for the deadline of the finding itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0004_extension_finding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="extension",
            name="finding",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="extensions",
                to="findings.finding",
                verbose_name="问题",
            ),
        ),
        migrations.AlterField(
            model_name="extension",
            name="measure",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="extensions",
                to="findings.measure",
                verbose_name="整改措施",
            ),
        ),
        migrations.AlterField(
            model_name="historicalextension",
            name="measure",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="findings.measure",
                verbose_name="整改措施",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", "waiting"), ("measure", None)),
                fields=("finding",),
                name="extension_one_waiting_of_finding",
                violation_error_message="这个问题已有一份待批的延期申请。",
            ),
        ),
    ]
