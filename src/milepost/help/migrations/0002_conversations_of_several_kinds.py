from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("help", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("conversation", "kind", models.CharField(default="question", max_length=10)),
        migrations.AddField("conversation", "mood", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("conversation", "contact", models.BooleanField(default=True)),
        migrations.AddField("conversation", "milestone", models.CharField(default="", max_length=100)),
    ]
