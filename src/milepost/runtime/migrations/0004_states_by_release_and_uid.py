from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runtime", "0003_what_a_round_has_concluded")]

    operations = [
        migrations.RemoveIndex(model_name="subjectstate", name="states_by_release"),
        migrations.AddIndex(
            model_name="subjectstate",
            index=models.Index(fields=["workspace", "release", "uid"], name="states_by_release"),
        ),
    ]
