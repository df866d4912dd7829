"""pytest fixtures: a Canada Post on this machine, and a shipping system that ships nothing.

Name this module in ``pytest_plugins`` of your root conftest.py.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from deliver_to_po.testing.emulated import EmulatedCanadaPost

if TYPE_CHECKING:
    from deliver_to_po.emulator.server import EmulatorServer
    from deliver_to_po.shipping.dummy import DummyShipping

# So that a failing assert in there shows its values, as in a test of one's own.
pytest.register_assert_rewrite("deliver_to_po.testing.shipping_systems")


NEEDS_DJANGO = """\
This fixture of deliver_to_po needs Django with your settings: {problem}. Install pytest-django and name them:

    pip install pytest-django

    # pytest.ini
    [pytest]
    DJANGO_SETTINGS_MODULE = mysite.settings
"""


@pytest.fixture(scope="session")
def _django_is_set_up(pytestconfig: pytest.Config) -> None:
    """Fail with what to install or set where Django has not been set up by anybody."""
    from django.apps import apps

    if apps.ready:
        return
    installed = pytestconfig.pluginmanager.hasplugin("django")
    problem = "DJANGO_SETTINGS_MODULE is not set" if installed else "pytest-django is not there to set it up"
    pytest.fail(NEEDS_DJANGO.format(problem=problem), pytrace=False)


@pytest.fixture(scope="session")
def canada_post_emulator_server(_django_is_set_up: None) -> "Iterator[EmulatorServer]":
    """Return the one emulator of this run, in a thread of this process, on a free port.

    Where the extra ``emulator`` is not installed, the tests that use this fixture fail with what to install.
    """
    from deliver_to_po.emulator.extra import MissingExtra

    try:
        from deliver_to_po.emulator.server import EmulatorServer
    except MissingExtra as missing:
        pytest.fail(str(missing), pytrace=False)
    with EmulatorServer() as server:
        yield server


@pytest.fixture
def canada_post_emulator(canada_post_emulator_server: "EmulatorServer") -> Iterator[EmulatedCanadaPost]:
    """Return the emulator with nothing in its memory, and let the app call it for one test."""
    emulated = EmulatedCanadaPost(canada_post_emulator_server)
    emulated.reset()
    with emulated.use():
        yield emulated
    emulated.recover()


@pytest.fixture
def dummy_shipping(_django_is_set_up: None) -> "Iterator[type[DummyShipping]]":
    """Let every shipping system of the shop be the dummy for one test, and return its class with an empty memory."""
    from django.conf import settings
    from django.test import override_settings

    from deliver_to_po.core.conf import SETTING
    from deliver_to_po.shipping.dummy import DummyShipping

    ours = getattr(settings, SETTING, {})
    dummy = {"BACKEND": f"{DummyShipping.__module__}.{DummyShipping.__qualname__}"}
    systems = dict.fromkeys(("default", *ours.get("SHIPPING_SYSTEMS", {})), dummy)
    DummyShipping.reset()
    with override_settings(**{SETTING: {**ours, "SHIPPING_SYSTEMS": systems}}):
        yield DummyShipping
    DummyShipping.reset()
