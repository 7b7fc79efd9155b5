"""Changes of rules that wait for a second administrator."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0003_message_facts")]
    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("base", models.IntegerField()),
                ("text", models.TextField()),
                ("author", models.TextField()),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("state", models.TextField()),
                ("decided_by", models.TextField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["name", "state"], name="proposal_open")]},
        ),
    ]
