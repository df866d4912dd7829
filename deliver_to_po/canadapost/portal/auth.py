"""The portal's token: OAuth 2.0 client credentials, one refresh at a time."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.secret import Secret
from deliver_to_po.canadapost.errors import (
    AlreadyExists,
    CredentialsRefused,
    NotFound,
    NotReady,
    Refused,
    Unavailable,
    Unreadable,
)
from deliver_to_po.canadapost.portal.answers import read_json

OPERATION = "token"
PATH = "/cpc-api-native-oauth-provider/oauth2/token"
REFRESH_EARLY_SECONDS = 60.0
LONGEST_LIFETIME_SECONDS = 86400.0


@dataclass(frozen=True)
class Credentials:
    """Client id and secret of an application in Canada Post's developer portal; neither is ever shown."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


class TokenSource:
    """Provides the current token to all threads of a process."""

    def __init__(self, credentials: Credentials, *, clock: Callable[[], float] = time.monotonic):
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def token(self, caller: Caller) -> str:
        """Return a token that stays valid for a while, asking for a new one when needed."""
        if self._token and self._clock() < self._good_until:
            return self._token
        with caller.budget() as deadline:
            # Another thread may be refreshing the token with a longer deadline than ours.
            if not self._lock.acquire(timeout=deadline.left):
                raise Unavailable(OPERATION, why="no answer within the deadline")
            try:
                if not self._token or self._clock() >= self._good_until:
                    self._refresh(caller)
                return self._token
            finally:
                self._lock.release()

    def forget(self, token: str) -> None:
        """Make the next call ask for a new token, unless another thread has done so already."""
        # Without the lock, since a slow refresh may hold it: at worst we ask for one token too many.
        if token == self._token:
            self._token = ""

    def _refresh(self, caller: Caller) -> None:
        asked_at = self._clock()
        body = self._ask(caller)
        token, lifetime = (body.get("access_token"), body.get("expires_in")) if isinstance(body, dict) else ("", 0)
        # It is sent as a header, so it must be fit for one.
        if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]{1,8192}", token):
            raise Unreadable(OPERATION, why="no access_token")
        try:
            seconds = min(float(str(lifetime or 0)), LONGEST_LIFETIME_SECONDS)
        except ValueError:
            raise Unreadable(OPERATION, why="expires_in is no number") from None
        self._token = Secret(token)
        # With a lifetime shorter than the margin we would otherwise ask for a token at every call.
        self._good_until = asked_at + max(seconds - REFRESH_EARLY_SECONDS, seconds / 2)

    def _ask(self, caller: Caller) -> Any:
        form = {
            "grant_type": "client_credentials",
            "scope": "merchant",
            "client_id": self._credentials.client_id,
            "client_secret": Secret(self._credentials.client_secret),
        }
        url, headers = caller.base_url + PATH, {"Accept": "application/json"}
        try:
            answer = caller.call(OPERATION, "POST", url, headers=headers, repeatable=True, form=form)
        except Refused as error:
            # RFC 6749 answers wrong client credentials with 400 or 401.
            raise CredentialsRefused(OPERATION, status=error.status, messages=error.messages) from None
        except (NotFound, NotReady, AlreadyExists) as error:
            # The caller would take these for an answer to its own operation.
            raise Unavailable(OPERATION, status=error.status, why="no token was given") from None
        return read_json(OPERATION, answer)
