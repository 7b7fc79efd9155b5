"""What the console's queue asks for: the rule of a hold that is told first, and what may be searched, with indexes.

Of holds that are there already the last rule is taken: the first ones of a policy only add disclaimers.
"""

import json

from django.db import migrations, models

WAITING = ["held", "release_requested", "releasing"]


def _fill(apps, schema_editor):
    delivery = apps.get_model("store", "Delivery")
    rows = delivery.objects.using(schema_editor.connection.alias)
    holds = rows.filter(kind="hold").select_related("message").only("id", "rules", "recipients", "message__author")
    for row in holds.iterator(chunk_size=500):
        rules = json.loads(row.rules)
        words = [row.id, row.message_id, row.message.author or "", *json.loads(row.recipients)]
        rows.filter(id=row.id).update(
            main_rule=rules[-1][0][:100] if rules else "", search=" ".join(words).replace("\0", " ").lower()[:4000]
        )


class Migration(migrations.Migration):
    dependencies = [("store", "0012_password_to_change")]
    operations = [
        migrations.AddField("delivery", "main_rule", models.TextField(blank=True, default="")),
        migrations.AddField("delivery", "search", models.TextField(blank=True, default="")),
        migrations.RunPython(_fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["reviewers", "created_at", "id"],
                name="delivery_queue",
                condition=models.Q(state__in=WAITING),
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["main_rule", "reviewers", "created_at"],
                name="delivery_reason",
                condition=models.Q(state__in=WAITING),
            ),
        ),
    ]
