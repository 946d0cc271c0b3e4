from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def carry_over(apps: Any, schema_editor: Any) -> None:
    """The one secret that a workspace had is the first of its keys."""
    key = apps.get_model("workspace", "IdentityKey")
    for workspace in apps.get_model("workspace", "Workspace").objects.exclude(identity_secret=b""):
        key.objects.create(
            workspace=workspace,
            name="First secret",
            kind="secret",
            algorithm="HS256",
            kid="s1",
            sealed=workspace.identity_secret,
            created_at=workspace.created_at,
        )


class Migration(migrations.Migration):
    dependencies = [("workspace", "0001_initial")]

    operations = [
        migrations.AddField("Workspace", "signed_only", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="IdentityKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(choices=[("secret", "secret"), ("public", "public key")], max_length=10)),
                ("algorithm", models.CharField(max_length=10)),
                ("kid", models.CharField(max_length=100)),
                ("sealed", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identity_keys",
                        to="workspace.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "kid"), name="a_kid_names_one_key_of_a_workspace")
                ],
            },
        ),
        migrations.AlterField("Workspace", "identity_secret", models.BinaryField(default=b"")),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
