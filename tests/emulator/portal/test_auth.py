"""The token endpoint, and what happens without its tokens."""

from dataclasses import replace

import pytest
import requests

from deliver_to_po.emulator.config import PREFIX
from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

TOKEN_PATH = "/cpc-api-native-oauth-provider/oauth2/token"
OFFICES = "/postoffice/v1/post-offices?postalCode=K1A0B1"


def test_the_right_secret_gives_a_bearer_token(caller: Caller) -> None:
    answer = caller.token()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert {key: answer.json()[key] for key in ("token_type", "scope", "expires_in")} == {
        "token_type": "Bearer",
        "scope": "merchant",
        "expires_in": 3600,
    }


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "é"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_anything_else_is_refused_as_rfc_6749_says(
    caller: Caller, form: dict[str, str], status: int, error: str
) -> None:
    answer = caller.token(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_credentials_may_come_as_basic_or_in_headers(caller: Caller) -> None:
    form = {"grant_type": "client_credentials", "scope": "merchant"}
    pair = (caller.config.client_id, caller.config.client_secret)
    by_basic = requests.post(caller.base + TOKEN_PATH, data=form, auth=pair, timeout=5)
    named = {"X-IBM-Client-Id": pair[0], "X-IBM-Client-Secret": pair[1]}
    by_header = requests.post(caller.base + TOKEN_PATH, data=form, headers=named, timeout=5)
    assert (by_basic.status_code, by_header.status_code) == (200, 200)


@pytest.mark.parametrize("authorization", ["", "Bearer made-up", "Basic ZW11bGF0b3I6eA=="])
def test_a_call_without_a_known_token_answers_401(caller: Caller, authorization: str) -> None:
    answer = caller.call("GET", OFFICES, headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["httpCode"]) == (401, "401")


def test_an_expired_token_answers_401(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.state.expire_tokens()
    assert caller.call("GET", OFFICES).status_code == 401
    emulator.world.config = replace(emulator.config, token_lifetime_seconds=0)
    assert caller.sign_in().call("GET", OFFICES).status_code == 401


def test_the_same_calls_answer_below_canada_posts_own_prefix(emulator: EmulatorServer) -> None:
    caller = Caller(emulator.url + PREFIX, emulator.config).sign_in()
    found = caller.offices(postalCode="K1A0B1")
    assert found[0]["link"]["href"].startswith(emulator.url + PREFIX)
    assert caller.call("GET", found[0]["link"]["href"]).status_code == 200
