from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runtime", "0002_who_is_stuck_and_in_segments")]

    operations = [
        migrations.CreateModel(
            name="Conclusions",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.BinaryField()),
            ],
        ),
    ]
