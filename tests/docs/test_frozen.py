"""Names that rows, links, queues and printed labels of running shops hold: docs/reference/releases.md."""

import json
import uuid
from hashlib import sha256
from importlib import import_module, resources
from typing import Any

import pytest

from deliver_to_po.models.shipment import request_id
from deliver_to_po.shipping.canadapost import own_prefix

NAMES = {
    "models.links.SALT": "deliver_to_po.choose_again",
    "models.links.ORDER_PAGE_SALT": "deliver_to_po.order_page",
    "checkout.last_office.SALT": "deliver_to_po.last_office",
    "contrib.celery.RUN": "deliver_to_po.run",
    "contrib.celery.SWEEP": "deliver_to_po.sweep",
    "outbox.tasks.do_due.module_path": "deliver_to_po.outbox.tasks.do_due",
    "offer.tasks.fetch_wanted.module_path": "deliver_to_po.offer.tasks.fetch_wanted",
}


# Until 0.1.0 is out, whoever changes the migration changes this with it, and writes the rows again that tests/upgrade
# keeps. From then on both stay, and a change is a migration of its own.
FIRST_MIGRATION = "dbcfec80ecca948134da9dd0acab9bf7e77a6ae861f20fc0f24f4716176da2ed"


def test_the_first_migration_stays_as_it_is() -> None:
    text = (resources.files("deliver_to_po.migrations") / "0001_initial.py").read_bytes()
    assert sha256(text).hexdigest() == FIRST_MIGRATION


@pytest.mark.parametrize(("path", "frozen"), NAMES.items())
def test_a_name_that_running_shops_hold_stays_as_it_is(path: str, frozen: str) -> None:
    room, module, *names = path.split(".")
    value: Any = import_module(f"deliver_to_po.{room}.{module}")
    for name in names:
        value = getattr(value, name)
    assert value == frozen


def test_a_lost_answer_is_looked_up_by_the_same_request_id_and_group_as_ever() -> None:
    assert request_id(uuid.UUID(int=1), 2, 3) == "1007db68e61d538aa76e45bd0f92e7e0"
    assert own_prefix("a key of a shop") == "shop-e568add7"


@pytest.mark.parametrize(("schema", "version"), [("shipment", 1), ("report", 1), ("seen", 1)])
def test_a_receiver_reads_the_messages_of_the_version_that_it_knows(schema: str, version: int) -> None:
    text = (resources.files("deliver_to_po.shipping") / f"{schema}.schema.json").read_text(encoding="utf-8")
    assert json.loads(text)["properties"]["version"]["const"] == version
