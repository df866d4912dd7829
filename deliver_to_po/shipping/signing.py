"""Messages signed as https://www.standardwebhooks.com says: an id, a time and an HMAC-SHA256 over both and the body."""

import base64
from collections.abc import Mapping, Sequence

from django.utils import timezone
from standardwebhooks import Webhook as Key
from standardwebhooks import WebhookVerificationError

PREFIX = "whsec_"
# What the specification asks of a key.
SHORTEST_KEY, LONGEST_KEY = 24, 64
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
# More than any id and any five signatures have.
LONGEST_HEADER = 1000


def fault_of(secret: object) -> str:
    """Return what is wrong with a secret, in English, without a word of it; ``""`` for a good one."""
    if not isinstance(secret, str) or not secret.startswith(PREFIX):
        return f"does not start with “{PREFIX}”"
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return f"is not base64 after “{PREFIX}”"
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        return f"has {len(key)} bytes, not {SHORTEST_KEY} to {LONGEST_KEY}"
    return ""


class Signer:
    """Signs with every secret and believes a signature of any of them, so that a secret can be changed at leisure."""

    def __init__(self, secrets: Sequence[str]):
        self._keys = [Key(secret) for secret in secrets]

    def headers(self, message_id: str, body: bytes) -> dict[str, str]:
        """Return the headers of a message that is sent now."""
        now, text = timezone.now(), body.decode()
        return {
            ID: message_id,
            TIMESTAMP: str(int(now.timestamp())),
            SIGNATURE: " ".join(key.sign(message_id, now, text) for key in self._keys),
        }

    def has_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Say whether a message carries a signature of ours that is at most five minutes old, or ahead."""
        told = {name: headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE)}
        if any(len(value) > LONGEST_HEADER for value in told.values()):
            return False
        return any(_believes(key, told, body) for key in self._keys)


def _believes(key: Key, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        key.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError: headers that are no such headers, or a body that is no text.
        return False
    return True
