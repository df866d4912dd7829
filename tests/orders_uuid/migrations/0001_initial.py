"""The order of the second shop."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the order."""

    initial = True
    operations = [
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=35)),
                ("to_post_office", models.BooleanField(default=True)),
                ("paid", models.BooleanField(default=False)),
            ],
        ),
    ]
