"""Whose keys we encrypt to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_partner_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecipientKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pattern", models.TextField(db_index=True)),
                ("kind", models.TextField()),
                ("octets", models.BinaryField()),
                ("intermediates", models.BinaryField()),
                ("fingerprint", models.TextField()),
                ("sha256", models.TextField()),
                ("not_after", models.DateTimeField(null=True)),
                ("source", models.TextField()),
                ("by_fingerprint", models.BooleanField()),
                ("trusted_by", models.TextField()),
                ("trusted_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.TextField(null=True)),
                ("withdrawn_reason", models.TextField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("pattern", "kind", "fingerprint"),
                        name="recipient_key_once",
                    )
                ],
            },
        ),
    ]
