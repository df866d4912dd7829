"""Other people's rows stand by in every test of the models."""

import pytest

from tests.bystanders import Bystanders


@pytest.fixture(autouse=True)
def _nobody_else(bystanders: Bystanders) -> None:
    """Fail a test that changes a row which it is not about."""
