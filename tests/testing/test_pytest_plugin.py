"""What a shop's own tests can do with the fixtures: start, seed, inject, inspect."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.shipping import Refused
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.shipping.registry import shipping_system
from deliver_to_po.testing.emulated import EmulatedCanadaPost
from tests.shipping.requests import asked

ROOT = Path(__file__).resolve().parents[2]
OTTAWA = NearPostalCode("K1A0B1")


@pytest.fixture
def emulated(canada_post_emulator: EmulatedCanadaPost) -> Iterator[EmulatedCanadaPost]:
    """Return the emulator, and forget how it was configured: other tests share it."""
    yield canada_post_emulator
    canada_post_emulator.reset()


@pytest.mark.parametrize("api", ["portal", "webservices"])
def test_the_app_finds_the_offices_that_the_emulator_names(
    emulated: EmulatedCanadaPost, change_settings: Any, api: str
) -> None:
    change_settings(CANADA_POST={"API": api})
    found = canada_post().find_offices(OTTAWA)
    assert [office.office_id for office in found[:3]] == [o.office_id for o in emulated.offices_near("k1a 0b1", 3)]
    assert emulated.calls["find_offices"] == 1


def test_a_closed_office_is_not_found_until_it_reopens(emulated: EmulatedCanadaPost) -> None:
    first = emulated.offices_near("K1A 0B1")[0]
    emulated.close_office(first.office_id.lstrip("0"))
    assert first.office_id not in [office.office_id for office in canada_post().find_offices(OTTAWA)]
    emulated.reopen_office(first.office_id)
    assert canada_post().find_offices(OTTAWA)[0].office_id == first.office_id


def test_what_was_told_to_fail_fails_until_it_recovers(emulated: EmulatedCanadaPost) -> None:
    emulated.fail("find_offices", "500", count=None)
    with pytest.raises(errors.CanadaPostError):
        canada_post(total_seconds=1).find_offices(OTTAWA)
    emulated.recover()
    assert canada_post().find_offices(OTTAWA)


def test_an_operation_that_there_is_not_cannot_fail_and_is_named_with_those_that_there_are(
    emulated: EmulatedCanadaPost,
) -> None:
    with pytest.raises(ValueError, match=r"create_shipment.* not 'create'"):
        emulated.fail("create", "reset")


def test_what_an_emulator_was_told_is_forgotten_for_the_next_test(emulated: EmulatedCanadaPost) -> None:
    emulated.configure(label_waits=3)
    emulated.reset()
    assert emulated.server.config.label_waits == 0


def test_a_shop_that_mails_on_behalf_of_others_is_let_in(change_settings: Any, request: pytest.FixtureRequest) -> None:
    change_settings(CANADA_POST={"MOBO": "0007654321"})
    request.getfixturevalue("emulated")
    assert list(canada_post().groups()) == []


def test_every_shipping_system_of_the_shop_is_the_dummy(change_settings: Any, request: pytest.FixtureRequest) -> None:
    change_settings(SHIPPING_SYSTEMS={"other": {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping"}})
    dummy = request.getfixturevalue("dummy_shipping")
    assert {type(shipping_system(alias)) for alias in ("default", "other")} == {dummy}


def test_the_dummy_remembers_nothing_of_the_test_before(request: pytest.FixtureRequest) -> None:
    shipping_system_of_another_test = DummyShipping("default", {})
    shipping_system_of_another_test.create(asked())
    assert request.getfixturevalue("dummy_shipping").sent == []


def test_the_dummy_goes_with_the_emulator(emulated: EmulatedCanadaPost, dummy_shipping: type[DummyShipping]) -> None:
    dummy_shipping.will_answer(Refused(said="No."))
    assert shipping_system("default").create(asked()) == Refused(said="No.")
    assert canada_post().find_offices(OTTAWA)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a shop's own suite, to which nothing but our plugin belongs so far."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["deliver_to_po.testing.pytest_plugin"]')
    return pytester


@pytest.mark.slow
def test_the_fixtures_work_in_a_shops_own_suite(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from deliver_to_po.canadapost.types import NearPostalCode
        from deliver_to_po.core.carrier import canada_post

        def test_a_buyer_finds_post_offices(canada_post_emulator):
            found = canada_post().find_offices(NearPostalCode("H2X1Y4"))
            assert found[0].office_id == canada_post_emulator.offices_near("H2X 1Y4")[0].office_id
        """
    )
    suite.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = tests.settings")
    result = suite.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_without_the_emulators_extra_the_fixture_says_what_to_install(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        import sys

        sys.modules["werkzeug"] = None
        pytest_plugins = ["deliver_to_po.testing.pytest_plugin"]
        """
    )
    suite.makepyfile("def test_a_buyer_finds_post_offices(canada_post_emulator): pass")
    suite.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = tests.settings")
    result = suite.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    printed = result.stdout.str()
    assert 'pip install "django-deliver-to-po[emulator]"' in printed
    assert "Traceback" not in printed
    assert "pytest_plugin.py:" not in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["-p", "no:django"], "pytest-django is not there to set it up"),
        ([], "DJANGO_SETTINGS_MODULE is not set"),
    ],
)
def test_without_django_the_fixtures_say_what_to_install_and_what_to_set(
    options: list[str], problem: str, suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    suite.makepyfile(
        """
        def test_a_buyer_finds_post_offices(canada_post_emulator): pass
        def test_an_order_is_shipped(dummy_shipping): pass
        """
    )
    result = suite.runpytest_subprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(errors=2)
    printed = result.stdout.str()
    for said in (problem, "pip install pytest-django", "DJANGO_SETTINGS_MODULE = mysite.settings"):
        assert printed.count(said) >= 2
    assert "Traceback" not in printed
    assert "pytest_plugin.py:" not in printed


@pytest.mark.slow
def test_settings_that_a_shop_sets_up_itself_are_enough(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    suite.makeconftest(
        """
        import django

        django.setup()
        pytest_plugins = ["deliver_to_po.testing.pytest_plugin"]
        """
    )
    suite.makepyfile("def test_nothing_is_sent(dummy_shipping): assert dummy_shipping.sent == []")
    result = suite.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:django")
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_the_tests_of_shipping_systems_work_in_a_shops_own_suite(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from deliver_to_po.shipping import Handed, ShippingSystem
        from deliver_to_po.testing.shipping_systems import ShippingSystemTests

        class Fax(ShippingSystem):
            has_labels = False

            def create(self, request):
                return Handed()

        class TestFax(ShippingSystemTests):
            backend = Fax
        """
    )
    suite.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = tests.settings")
    result = suite.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.parseoutcomes()["failed"] == 2
    result.stdout.fnmatch_lines(["*test_staff_have_a_name_for_it*", "*where '' = *"])
