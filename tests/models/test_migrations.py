"""What the migration makes is what the models say."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
@pytest.mark.order_model
def test_the_migration_makes_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
