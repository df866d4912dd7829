"""A search goes on in the other spelling when the first one finds nothing; what has found something is remembered."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.shipment_search import Spellings
from deliver_to_po.canadapost.types import ShipmentInfo, ShipmentStatus
from tests.canadapost.portal_requests import ACCOUNT, SHIPPING, make_caller, make_client, make_tokens

NAMES = ("requestId", "request-id")
OURS, OTHER, UNTOLD = (
    ShipmentInfo(number, ShipmentStatus.CREATED, request_id=request_id)
    for number, request_id in (("1", "ours"), ("2", "another"), ("3", ""))
)
REFUSED = errors.Refused("op", status=400, messages=[Message("9183", "Search parameters are mutually exclusive.")])
MISSING = errors.Refused("op", status=400, messages=[Message("9105", "A required query parameter was not provided.")])


class CanadaPost:
    """Understands what a test says of each spelling, and keeps which ones were tried."""

    def __init__(self, **answers: Sequence[ShipmentInfo] | errors.CanadaPostError):
        self.answers = dict(zip(NAMES, answers.values(), strict=True))
        self.tried: list[str] = []
        self.followed = 0

    def __call__(self, name: str) -> Iterator[ShipmentInfo]:
        self.tried.append(name)
        answer = self.answers[name]
        if isinstance(answer, errors.CanadaPostError):
            raise answer
        return self._follow(answer)

    def _follow(self, infos: Sequence[ShipmentInfo]) -> Iterator[ShipmentInfo]:
        for info in infos:
            self.followed += 1
            yield info


def search(canada_post: CanadaPost, spellings: Spellings | None = None) -> list[ShipmentInfo]:
    made = spellings or Spellings()
    return made.search("op", NAMES, canada_post, lambda info: info.request_id == "ours" if info.request_id else None)


@pytest.mark.parametrize("found", [[OURS], [OURS, OURS]])
def test_a_spelling_that_finds_something_needs_no_other(found: list[ShipmentInfo]) -> None:
    canada_post = CanadaPost(first=found, second=MISSING)
    assert search(canada_post) == found
    assert canada_post.tried == ["requestId"]


@pytest.mark.parametrize("second", [[], MISSING, [OTHER]])
def test_one_shipment_that_names_no_request_may_be_ours_and_its_spelling_is_not_remembered(second: Any) -> None:
    spellings, canada_post = Spellings(), CanadaPost(first=[UNTOLD], second=second)
    for _ in range(2):
        assert search(canada_post, spellings) == [UNTOLD]
    assert canada_post.tried == ["requestId", "request-id"] * 2


def test_shipments_of_programs_that_name_no_request_are_not_followed_to_their_end_nor_taken_for_ours() -> None:
    canada_post = CanadaPost(first=[UNTOLD] * 500, second=[OURS])
    assert search(canada_post) == [OURS]
    assert canada_post.followed == 3
    assert search(CanadaPost(first=[OURS, UNTOLD], second=[])) == [OURS]
    for others in ([UNTOLD, OTHER], [UNTOLD, UNTOLD]):
        with pytest.raises(errors.Unreadable, match="other shipments"):
            search(CanadaPost(first=others, second=[]))


@pytest.mark.parametrize(("unknown", "followed"), [([], 2), (MISSING, 2), (REFUSED, 2), ([OTHER] * 500, 3)])
def test_an_empty_answer_any_refusal_and_other_shipments_prove_nothing_so_the_other_spelling_is_tried(
    unknown: Any, followed: int
) -> None:
    spellings, canada_post = Spellings(), CanadaPost(first=unknown, second=[OURS])
    for _ in range(2):
        assert search(canada_post, spellings) == [OURS]
    assert canada_post.tried == ["requestId", "request-id", "request-id"]
    # An answer with other shipments is not followed to its end.
    assert canada_post.followed == followed


@pytest.mark.parametrize(("first", "second"), [([], []), ([], MISSING), (MISSING, [])])
def test_a_spelling_that_has_found_nothing_is_not_remembered(first: Any, second: Any) -> None:
    spellings, canada_post = Spellings(), CanadaPost(first=first, second=second)
    for _ in range(2):
        assert search(canada_post, spellings) == []
    assert canada_post.tried == ["requestId", "request-id"] * 2


def test_what_is_remembered_is_unlearnt_when_it_finds_nothing_any_longer() -> None:
    spellings = Spellings()
    search(CanadaPost(first=MISSING, second=[OURS]), spellings)
    changed = CanadaPost(first=[OURS], second=[])
    for _ in range(2):
        assert search(changed, spellings) == [OURS]
    assert changed.tried == ["request-id", "requestId", "requestId"]


def test_one_parameter_says_nothing_of_another() -> None:
    spellings = Spellings()
    search(CanadaPost(first=MISSING, second=[OURS]), spellings)
    asked: list[str] = []

    def ask(name: str) -> list[ShipmentInfo]:
        asked.append(name)
        return [OURS]

    spellings.search("op", ("groupId", "group-id"), ask)
    assert asked == ["groupId"]


def test_when_every_spelling_is_refused_that_is_said() -> None:
    spellings, canada_post = Spellings(), CanadaPost(first=MISSING, second=REFUSED)
    for _ in range(2):
        with pytest.raises(errors.Refused) as caught:
            search(canada_post, spellings)
        assert caught.value.codes == ("9105",)
    assert canada_post.tried == ["requestId", "request-id"] * 2


@pytest.mark.parametrize("error", [errors.Unavailable("op"), errors.Unreadable("op"), errors.NotEntitled("op")])
def test_any_other_error_says_nothing_of_the_spelling(error: errors.CanadaPostError) -> None:
    canada_post = CanadaPost(first=error, second=[OURS])
    with pytest.raises(type(error)):
        search(canada_post)
    assert canada_post.tried == ["requestId"]


@pytest.mark.parametrize("second", [MISSING, [OTHER], [OTHER, OURS]])
def test_other_shipments_under_every_spelling_are_no_proof_that_ours_is_absent(second: Any) -> None:
    with pytest.raises(errors.Unreadable, match="other shipments"):
        search(CanadaPost(first=[OTHER, OURS], second=second))


def test_ours_among_others_is_found_all_the_same() -> None:
    assert search(CanadaPost(first=[OURS, OTHER], second=MISSING)) == [OURS]
    assert search(CanadaPost(first=[OURS, OTHER], second=[OTHER])) == [OURS]
    assert search(CanadaPost(first=[OTHER], second=[OURS, OTHER])) == [OURS]


# The same through the portal's client, over the wire.
SEARCHES: dict[str, tuple[Callable[[PortalCanadaPost], list[ShipmentInfo]], tuple[str, str], str]] = {
    "request id": (lambda client: list(client.find_shipments("ours")), ("requestId", "request-id"), "ours"),
    "group": (
        lambda client: [client.shipment(each) for each in client.find_by_group("g 1")],
        ("groupId", "group-id"),
        "g 1",
    ),
}
SAID_MISSING = {"errors": [{"errorCode": "9105", "message": "A required query parameter was not provided."}]}


def shipment_at(post: Any, number: int, **told: str) -> dict[str, str]:
    href = f"{SHIPPING}/shipments/{number}"
    post.get(href, json={"shipmentId": number, "shipmentStatus": "created", **told})
    return {"rel": "shipment", "href": href}


def asked_with(post: Any) -> list[dict[str, str]]:
    urls = [call.request for call in post.calls if str(call.request.url).partition("?")[0] == SHIPPING + "/shipments"]
    return [dict(request.params) for request in urls]


@pytest.mark.parametrize("search_by", SEARCHES)
def test_each_search_of_the_portal_sends_one_parameter_and_then_the_other_spelling(post: Any, search_by: str) -> None:
    find, (first, second), value = SEARCHES[search_by]
    link = shipment_at(post, 1, customerRequestId="ours")
    post.get(SHIPPING + "/shipments", status=400, json=SAID_MISSING)
    post.get(SHIPPING + "/shipments", json=[link])
    client = make_client()
    assert [info.shipment_id for info in find(client)] == ["1"]
    assert [info.shipment_id for info in find(client)] == ["1"]
    assert asked_with(post) == [{first: value}, {second: value}, {second: value}]


def test_a_shipment_that_tells_another_id_shows_that_the_spelling_was_not_understood(post: Any) -> None:
    find, (first, second), value = SEARCHES["request id"]
    other = shipment_at(post, 1, customerRequestId="another")
    ours = shipment_at(post, 2, customerRequestId="ours")
    post.get(SHIPPING + "/shipments", json=[other, ours])
    post.get(SHIPPING + "/shipments", json=[ours])
    assert [info.shipment_id for info in find(make_client())] == ["2"]
    assert asked_with(post) == [{first: value}, {second: value}]


def test_what_one_client_has_found_out_all_clients_of_its_caller_know(post: Any) -> None:
    ours = shipment_at(post, 1, customerRequestId="ours")
    post.get(SHIPPING + "/shipments", status=400, json=SAID_MISSING)
    post.get(SHIPPING + "/shipments", json=[ours])
    caller, tokens = make_caller(), make_tokens()
    first, second = (
        PortalCanadaPost(caller.within(seconds, background=True), tokens, ACCOUNT) for seconds in (None, 2.0)
    )
    first.find_shipments("ours")
    second.find_shipments("ours")
    assert asked_with(post) == [{"requestId": "ours"}, {"request-id": "ours"}, {"request-id": "ours"}]


def test_a_shipment_that_is_gone_or_cannot_be_read_hides_no_other_and_is_not_taken_for_none(post: Any) -> None:
    gone, odd, fine, other = (shipment_at(post, number) for number in (1, 2, 3, 4))
    post.replace("GET", gone["href"], status=404, json={})
    post.replace("GET", odd["href"], json={"shipmentId": "2"})
    post.get(SHIPPING + "/shipments", json=[{"rel": "shipment"}, None, gone, odd, fine, other | {"rel": "self"}])
    assert [info.shipment_id for info in make_client().find_shipments("ours")] == ["3"]
    post.upsert("GET", SHIPPING + "/shipments", json=[gone, odd])
    with pytest.raises(errors.Unreadable):
        make_client().find_shipments("ours")


def test_trouble_on_the_way_to_one_shipment_is_not_passed_over(post: Any) -> None:
    fine, troubled = (shipment_at(post, number) for number in (1, 2))
    post.replace("GET", troubled["href"], status=503)
    post.get(SHIPPING + "/shipments", json=[fine, troubled])
    with pytest.raises(errors.Unavailable):
        make_client().find_shipments("ours")
