"""A Canada Post that answers as a test says."""

from collections.abc import Iterator

import pytest
import responses

from tests.canadapost.portal_requests import TOKEN, TOKEN_URL


@pytest.fixture
def post() -> Iterator[responses.RequestsMock]:
    """Return a Canada Post that knows the token and nothing else yet."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(TOKEN_URL, json=TOKEN)
        yield mock
