"""Which of Canada Post's two APIs is spoken, where it is, and that a shipment stays with the one that made it."""

from typing import Any

import pytest

from deliver_to_po import conf
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from deliver_to_po.carrier import canada_post, is_production
from deliver_to_po.choices import Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.registry import shipping_system


def system() -> CanadaPostShipping:
    """Return the shipping system as the shop configured it."""
    made = shipping_system("default")
    assert isinstance(made, CanadaPostShipping)
    return made


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({}, PortalCanadaPost),
        ({"API": "portal"}, PortalCanadaPost),
        ({"API": "webservices"}, WebServicesCanadaPost),
        ({"API": "webservices", "WITHOUT_CONTRACT": True}, NonContractCanadaPost),
    ],
)
def test_the_setting_chooses_the_api(change_settings: Any, written: dict[str, Any], kind: type) -> None:
    change_settings(CANADA_POST=written)
    assert type(canada_post()) is kind


@pytest.mark.parametrize(
    ("api", "live", "url", "production"),
    [
        ("portal", False, conf.PORTAL_URL, True),
        ("portal", True, conf.PORTAL_URL, True),
        ("webservices", False, conf.WEB_SERVICES_SANDBOX_URL, False),
        ("webservices", True, conf.WEB_SERVICES_URL, True),
    ],
)
def test_without_a_base_url_each_api_is_at_its_own_address(
    change_settings: Any, api: str, live: bool, url: str, production: bool
) -> None:
    change_settings(CANADA_POST={"API": api, "LIVE": live, "BASE_URL": ""})
    assert app_settings.canada_post.base_url == url
    assert is_production(app_settings.canada_post) is production


@pytest.mark.parametrize(
    ("written", "obstacle"),
    [
        ({"API": "portal", "BASE_URL": ""}, NotYet(reason=Reason.WRONG_HOST)),
        ({"API": "webservices", "BASE_URL": ""}, None),
        ({"API": "webservices", "BASE_URL": conf.WEB_SERVICES_URL}, NotYet(reason=Reason.WRONG_HOST)),
    ],
)
def test_with_live_off_only_the_sandbox_may_be_used_for_tests(
    change_settings: Any, written: dict[str, Any], obstacle: NotYet | None
) -> None:
    change_settings(CANADA_POST=written)
    assert system().obstacle(live=False) == obstacle


def test_a_shipment_stays_with_the_api_that_it_was_released_for(change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "webservices", "BASE_URL": conf.WEB_SERVICES_SANDBOX_URL})
    assert system().api == "webservices"
    portal = system().speaking("portal")
    assert (portal.api, portal._settings.base_url) == ("portal", conf.PORTAL_URL)
    assert type(portal._canada_post) is PortalCanadaPost
    assert system().speaking("").api == "webservices"


def test_on_this_machine_both_apis_have_one_address(change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "portal", "BASE_URL": "http://127.0.0.1:9/prefix"})
    assert app_settings.canada_post.speaking("webservices").base_url == "http://127.0.0.1:9/prefix"


@pytest.mark.parametrize(
    ("written", "can"),
    [({}, True), ({"API": "webservices"}, True), ({"API": "webservices", "WITHOUT_CONTRACT": True}, False)],
)
def test_a_lost_answer_is_looked_up_where_a_shipment_can_be_found(
    change_settings: Any, written: dict[str, Any], can: bool
) -> None:
    change_settings(CANADA_POST=written)
    assert system().can_look_up is can


def test_settings_show_no_secret(change_settings: Any) -> None:
    change_settings(CANADA_POST={"USERNAME": "canary-name", "PASSWORD": "canary-word"})
    assert "canary" not in repr(app_settings.canada_post)
