"""The webhook passes what is asked of every shipping system: behind it is the receiver of the documentation."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from deliver_to_po.shipping import ShippingSystem
from deliver_to_po.shipping.webhook import Webhook
from deliver_to_po.testing.shipping_systems import ShippingSystemTests
from tests.docs.receiver import RECEIVER
from tests.shipping.parcel_receiver import SECRET


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the receiver of the documentation takes parcels."""
    server: Any = RECEIVER["make_server"](0, SECRET, str(tmp_path_factory.mktemp("receiver") / "parcels.sqlite3"))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class TestWebhook(ShippingSystemTests):
    backend = "deliver_to_po.shipping.webhook.Webhook"

    @pytest.fixture(autouse=True)
    def _url(self, url: str) -> None:
        self.url = url

    def make_system(self) -> ShippingSystem:
        return Webhook("conformance", {"URL": self.url, "SECRET": SECRET})

    # The tests ask for the options of an alias that does not exist.
    @property
    def options(self) -> dict[str, Any]:  # type: ignore[override]
        return {"URL": self.url, "SECRET": SECRET}
