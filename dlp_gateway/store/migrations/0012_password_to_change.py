"""Whether a password was chosen by somebody else, and must be changed first of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0011_delivery_route")]
    operations = [migrations.AddField("user", "must_change_password", models.BooleanField(default=False))]
