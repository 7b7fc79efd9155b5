"""Accounts of people who sign in by the council's directory: who they are there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0021_documents")]
    operations = [
        migrations.AddField("user", "directory", models.TextField(blank=True, db_index=True, default="")),
    ]
