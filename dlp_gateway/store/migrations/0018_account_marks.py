"""By what an account's owner is known in what was found in mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0017_release_manner")]
    operations = [
        migrations.AddField("user", "marks", models.TextField(blank=True, default="")),
    ]
