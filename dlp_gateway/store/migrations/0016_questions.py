"""What reviewers ask the senders of held mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0015_api_tokens")]
    operations = [
        migrations.CreateModel(
            name="HeldQuestion",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("held_id", models.TextField(db_index=True)),
                ("message_id", models.TextField(db_index=True)),
                ("state", models.TextField()),
                ("by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("sealed", models.BinaryField(default=b"")),
                ("answer", models.BinaryField(default=b"")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(state__in=["asked", "answered"]),
                        fields=["asked_at"],
                        name="held_question_to_tell",
                    )
                ],
            },
        ),
        migrations.AddField("delivery", "question", models.TextField(null=True)),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(question__isnull=False),
                fields=["question", "created_at", "id"],
                name="delivery_question",
            ),
        ),
    ]
