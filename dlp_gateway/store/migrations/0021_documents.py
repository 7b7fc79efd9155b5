"""The register of documents in the store, and what is asked about it in the console."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("store", "0020_clock_since")]
    operations = [
        migrations.CreateModel(
            name="RegisteredDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("name", models.TextField()),
                ("partner", models.TextField(null=True)),
                ("words", models.IntegerField()),
                ("fingerprints", models.IntegerField()),
                ("version", models.IntegerField()),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("reason", models.TextField(blank=True, default="")),
                ("made_with", models.TextField()),
                ("keys", models.BinaryField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DocumentRequest",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("ask", models.TextField()),
                ("state", models.TextField()),
                ("by", models.TextField()),
                ("name", models.TextField(blank=True, default="")),
                ("kind", models.TextField(blank=True, default="")),
                ("partner", models.TextField(null=True)),
                ("reason", models.TextField(blank=True, default="")),
                ("sealed", models.BinaryField(default=b"")),
                ("answer", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["asked_at"], name="document_request_open", condition=Q(state="open"))
                ]
            },
        ),
    ]
