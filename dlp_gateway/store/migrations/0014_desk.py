"""What reviewers ask for in the console."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0013_queue")]
    operations = [
        migrations.CreateModel(
            name="DeskRequest",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("held_id", models.TextField()),
                ("message_id", models.TextField(db_index=True)),
                ("kind", models.TextField()),
                ("state", models.TextField()),
                ("by", models.TextField()),
                ("reason", models.TextField()),
                ("case", models.TextField(blank=True, default="")),
                ("code", models.TextField(blank=True, default="")),
                ("note", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("sealed", models.BinaryField(default=b"")),
                ("good_until", models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(state="open"), fields=["asked_at"], name="desk_request_open")
                ],
            },
        ),
    ]
