"""What senders decide about their held mail, and the codes they sign in with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_contacts")]
    operations = [
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("link", models.TextField(db_index=True)),
                ("message_id", models.TextField()),
                ("author", models.TextField(db_index=True)),
                ("state", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("digest", models.TextField(blank=True, default="")),
                ("good_until", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "wanted")), fields=["asked_at"], name="code_wanted"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SenderRequest",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("link", models.TextField(unique=True)),
                ("message_id", models.TextField(db_index=True)),
                ("kind", models.TextField()),
                ("state", models.TextField()),
                ("by", models.TextField()),
                ("reason", models.TextField()),
                ("overrides", models.TextField()),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["asked_at"], name="sender_request_open"
                    )
                ],
            },
        ),
    ]
