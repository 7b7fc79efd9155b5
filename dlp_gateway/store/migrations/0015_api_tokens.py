"""Tokens of programs that ask the JSON API."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0014_desk")]
    operations = [
        migrations.CreateModel(
            "ApiTokenRow",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("permissions", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey("store.User", django.db.models.deletion.PROTECT)),
            ],
        )
    ]
