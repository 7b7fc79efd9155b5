"""Who was told that entries of the partner registry are due for review or expired."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0007_reasons_in_welsh")]
    operations = [
        migrations.CreateModel(
            name="PartnerTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.TextField()),
                ("review_by", models.TextField()),
                ("standing", models.TextField()),
                ("told_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="partnertold",
            constraint=models.UniqueConstraint(
                fields=("entry", "review_by", "standing"), name="partner_told_once"
            ),
        ),
    ]
