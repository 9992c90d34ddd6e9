"""The same act has the same name for a finding and a measure; the sealed trail keeps the words it has."""

from django.db import migrations, models

NEW_NAMES = {
    (True, "return"): "send_back",
    (True, "take_back"): "withdraw",
    (True, "lapse"): "expire_verification",
    (False, "begin"): "start",
}


def rename_steps(apps, schema_editor):
    """Give the steps that were taken their new names; True is a step with a measure, False one with a finding."""
    steps = apps.get_model("findings", "Step").objects.using(schema_editor.connection.alias)
    for (with_measure, old), new in NEW_NAMES.items():
        steps.filter(measure__isnull=not with_measure, transition=old).update(transition=new)


def restore_names(apps, schema_editor):
    """Give them their old names back."""
    steps = apps.get_model("findings", "Step").objects.using(schema_editor.connection.alias)
    for (with_measure, old), new in NEW_NAMES.items():
        steps.filter(measure__isnull=not with_measure, transition=new).update(transition=old)


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="step", name="step_by_whom"),
        migrations.RunPython(rename_steps, restore_names, elidable=False),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken_by__isnull", False), ("transition", "expire_verification"), _connector="OR"),
                name="step_by_whom",
                violation_error_message="必须写明谁办理；只有命令改动内容引起的核实失效没有办理人。",
            ),
        ),
    ]
