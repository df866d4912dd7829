"""The page about Canada Post has a row for every method of the client, and says which API lacks it."""

import inspect
import re

from deliver_to_po.canadapost.calling.throttle import PUBLISHED
from deliver_to_po.canadapost.client import CanadaPost, ChargedAtOnce
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.core.defaults import DEFAULTS
from tests.docs.copied import ROOT

PAGE = (ROOT / "docs" / "reference" / "canada-post.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
NO = "**no**"


def methods_of(client: type) -> list[str]:
    return [name for name, member in vars(client).items() if inspect.isfunction(member) and not name.startswith("_")]


def test_every_operation_of_the_client_has_a_row_and_nothing_else_has() -> None:
    assert sorted(name for name, *_ in ROWS) == sorted(methods_of(CanadaPost))


def test_what_an_api_can_do_is_described_and_what_it_cannot_is_not_as_in_the_code() -> None:
    for name, *cells in ROWS:
        for client, cell in zip((PortalCanadaPost, WebServicesCanadaPost), cells, strict=True):
            refuses = "NotSupported(" in inspect.getsource(getattr(client, name))
            assert (cell == NO, cell.startswith("`")) == (refuses, not refuses), (name, cell)


def test_what_there_is_not_without_a_contract_is_listed() -> None:
    [listed] = re.findall(r"^Without a contract there is no (.+?)\. ", PAGE, re.MULTILINE)
    assert re.findall(r"`(\w+)`", listed) == methods_of(ChargedAtOnce)


def test_every_limit_is_on_the_page() -> None:
    assert f"`CALLS_PER_MINUTE` ({DEFAULTS['CANADA_POST']['CALLS_PER_MINUTE']} by default)" in PAGE
    [published] = re.findall(r"for any 60 seconds \((.+?)\)", PAGE)
    assert list(map(int, re.findall(r"\d+", published))) == list(PUBLISHED.values())
