"""Inspections made from now on count 基本完成 apart from 已完成; those that exist keep what they say."""

from django.db import migrations, models

FIELDS = {
    "staged_counts": models.BooleanField(
        default=False,
        help_text="计入的，页面和报告都写明“含阶段性完成”多少个；不计入的单列。",
        verbose_name="“阶段性完成”计入已完成",
    ),
    "substantially_counts": models.BooleanField(
        default=False,
        help_text="计入的，页面和报告都写明“含基本完成”多少个；不计入的单列。",
        verbose_name="“基本完成”计入已完成",
    ),
}


class Migration(migrations.Migration):
    """Changes only what the program knows: a default is not in the database, and SQLite would rebuild the tables."""

    dependencies = [("findings", "0006_letters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model_name=model, name=name, field=field)
                for model in ("historicalinspection", "inspection")
                for name, field in FIELDS.items()
            ]
        )
    ]
