"""What else a verdict followed from is kept with it, so that a draft policy can be tried on past mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_audit_append_only")]
    operations = [
        migrations.AddField(model_name="message", name="facts", field=models.TextField(null=True)),
    ]
