"""The portal's token: OAuth 2.0 client credentials, one refresh at a time."""

import threading
import time
from dataclasses import dataclass, field

from deliver_to_po.canadapost.errors import CredentialsRefused, Refused, Unreadable
from deliver_to_po.canadapost.portal.answers import accept, read_json
from deliver_to_po.canadapost.transport import Transport

OPERATION = "token"
PATH = "/cpc-api-native-oauth-provider/oauth2/token"
REFRESH_EARLY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """Client id and secret of an application in Canada Post's developer portal; neither is ever shown."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


class TokenSource:
    """Gives the current token, for all threads of a process."""

    def __init__(self, credentials: Credentials):
        self._credentials = credentials
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def token(self, transport: Transport) -> str:
        """Return a token that is good for a while yet, asking for one when needed."""
        if time.monotonic() < self._good_until:
            return self._token
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._refresh(transport)
            return self._token

    def forget(self, token: str) -> None:
        """Let the next call ask anew, unless another thread has done so already."""
        with self._lock:
            if token == self._token:
                self._good_until = 0.0

    def _refresh(self, transport: Transport) -> None:
        form = {
            "grant_type": "client_credentials",
            "scope": "merchant",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        asked_at = time.monotonic()
        answer = transport.call(
            OPERATION,
            "POST",
            transport.base_url + PATH,
            headers={"Accept": "application/json"},
            repeatable=True,
            form=form,
        )
        try:
            body = read_json(OPERATION, accept(OPERATION, answer, repeatable=True))
        except Refused as error:
            # RFC 6749 answers wrong client credentials with 400 or 401.
            raise CredentialsRefused(OPERATION, status=error.status, messages=error.messages) from None
        token, lifetime = (body.get("access_token"), body.get("expires_in")) if isinstance(body, dict) else ("", 0)
        if not isinstance(token, str) or not token:
            raise Unreadable(OPERATION, status=answer.status, why="no access_token")
        try:
            seconds = float(lifetime or 0)
        except (TypeError, ValueError):
            raise Unreadable(OPERATION, status=answer.status, why="expires_in is no number") from None
        self._token = token
        # A lifetime shorter than the margin would otherwise ask for a token at every call.
        self._good_until = asked_at + max(seconds - REFRESH_EARLY_SECONDS, seconds / 2)
