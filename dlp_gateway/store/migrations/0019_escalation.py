"""Held messages that nobody decided in time are escalated to a second group, once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0018_account_marks")]
    operations = [
        migrations.AddField("delivery", "escalated_to", models.TextField(null=True)),
        migrations.AddField("delivery", "escalated_at", models.DateTimeField(null=True)),
        migrations.AddField("delivery", "urgent", models.BooleanField(default=False)),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["created_at"],
                name="delivery_clock",
                condition=models.Q(state="held", escalated_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["escalated_to", "created_at", "id"],
                name="delivery_escalated",
                condition=models.Q(
                    state__in=["held", "release_requested", "releasing"], escalated_to__isnull=False
                ),
            ),
        ),
    ]
