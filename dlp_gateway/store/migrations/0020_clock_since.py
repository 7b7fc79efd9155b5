"""A group that a held message is handed to has a clock of its own, and may let it be escalated again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0019_escalation")]
    operations = [migrations.AddField("delivery", "clock_since", models.DateTimeField(null=True))]
