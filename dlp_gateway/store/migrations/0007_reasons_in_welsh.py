"""Why a message is held, in Welsh."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0006_sender")]
    operations = [
        migrations.AddField("delivery", "reasons_cy", models.TextField(default="[]")),
    ]
