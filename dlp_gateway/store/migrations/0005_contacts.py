"""Contacts learned from envelopes, as keyed hashes: misdirected mail is told by them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0004_proposal")]
    operations = [
        migrations.CreateModel(
            name="Habit",
            fields=[
                ("mark", models.BigIntegerField(primary_key=True, serialize=False)),
                ("mails", models.IntegerField()),
                ("last_day", models.IntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Spelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spelling", models.BigIntegerField()),
                ("mark", models.BigIntegerField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["spelling", "mark"], name="spelling_of_mark")],
            },
        ),
        migrations.CreateModel(
            name="InternalThread",
            fields=[
                ("thread", models.BigIntegerField(primary_key=True, serialize=False)),
                ("inside", models.BooleanField()),
                ("last_day", models.IntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="LearningDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.BigIntegerField()),
                ("day", models.IntegerField()),
                ("mails", models.IntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["key", "day"], name="learning_day")]},
        ),
    ]
