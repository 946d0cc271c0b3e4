"""The secret has moved to the identity keys."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workspace", "0004_the_look_of_pieces")]

    operations = [migrations.RemoveField("Workspace", "identity_secret")]
