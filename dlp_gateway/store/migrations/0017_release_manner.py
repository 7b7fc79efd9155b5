"""How a release goes: encrypted only, and without which parts; and looks ahead at what it would do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0016_questions")]
    operations = [
        migrations.AddField("release", "encrypted", models.BooleanField(default=False)),
        migrations.AddField("release", "without", models.TextField(default="[]")),
        migrations.AddField("deskrequest", "plan", models.TextField(blank=True, default="")),
        migrations.AddField("deskrequest", "answer", models.TextField(blank=True, default="")),
    ]
