"""The route of a delivery as a column, so that a next hop that rests can be passed over, and whether its sender was
told of the delay."""

import json

from django.db import migrations, models


def _fill(apps, schema_editor):
    delivery = apps.get_model("store", "Delivery")
    rows = delivery.objects.using(schema_editor.connection.alias)
    waiting = rows.filter(state__in=("prepared", "live", "sending")).only("id", "delivery")
    for row in waiting.iterator(chunk_size=500):
        rows.filter(id=row.id).update(route=json.loads(row.delivery)["route"])


class Migration(migrations.Migration):
    dependencies = [("store", "0010_tls")]
    operations = [
        migrations.AddField("delivery", "route", models.TextField(blank=True, default="")),
        migrations.AddField("delivery", "delay_told", models.BooleanField(default=False)),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
