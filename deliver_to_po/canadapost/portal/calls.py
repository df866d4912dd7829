"""Authorised calls to the portal, and JSON back."""

from collections.abc import Callable
from typing import Any

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.secret import Secret
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.calls import Calls
from deliver_to_po.canadapost.portal.answers import read_json
from deliver_to_po.canadapost.portal.auth import TokenSource
from deliver_to_po.canadapost.portal.fields import as_json
from deliver_to_po.canadapost.resources import Resource
from deliver_to_po.canadapost.types import Language


class PortalCalls(Calls):
    """Sends what an operation asks, with the token."""

    def __init__(self, caller: Caller, tokens: TokenSource, language: Language):
        super().__init__(caller, language)
        self._tokens = tokens

    def read(self, operation: str, answer: Answer, resource: Resource) -> Any:
        return read_json(operation, answer)

    def written(self, operation: str, resource: Resource, body: Body) -> dict[str, Any]:
        return {"json": as_json(body)}

    def authorised(self, send: Callable[[str], Answer], *, repeatable: bool) -> Answer:
        """Send with a token; a 401 gets a new token and one more try, which is safe: nothing was done."""
        with self.caller.budget():
            token = self._token(repeatable)
            try:
                return send(Secret(f"Bearer {token}"))
            except errors.CredentialsRefused:
                self._tokens.forget(token)
            return send(Secret(f"Bearer {self._token(repeatable)}"))

    def _token(self, repeatable: bool) -> str:
        """Return a token. If it cannot be read nothing was sent, so a call that is not repeatable is Unavailable."""
        try:
            return self._tokens.token(self.caller)
        except errors.Unreadable as error:
            if repeatable:
                raise
            raise errors.Unavailable(error.operation, status=error.status, why=error.why) from None
