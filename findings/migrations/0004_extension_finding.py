"""An extension is about a finding, or about one of its measures."""

import django.db.models.deletion
from django.db import migrations, models


def name_findings(apps, schema_editor):
    """Give every extension, and its former versions, the finding of its measure; deleted measures have none."""
    alias = schema_editor.connection.alias
    measures = apps.get_model("findings", "Measure").objects.using(alias)
    finding = measures.filter(pk=models.OuterRef("measure")).values("finding")[:1]
    for model in ("Extension", "HistoricalExtension"):
        apps.get_model("findings", model).objects.using(alias).update(finding=models.Subquery(finding))


class Migration(migrations.Migration):
    dependencies = [("findings", "0003_measure_indexes")]

    operations = [
        migrations.AddField(
            model_name="extension",
            name="finding",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="extensions",
                to="findings.finding",
                verbose_name="问题",
            ),
        ),
        migrations.AddField(
            model_name="historicalextension",
            name="finding",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="findings.finding",
                verbose_name="问题",
            ),
        ),
        migrations.RunPython(name_findings, migrations.RunPython.noop, elidable=False),
    ]
