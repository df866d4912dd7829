"""The portal's token endpoint (RFC 6749 client credentials) and the check of its tokens."""

import secrets
import time

from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator.calls import Call, Operation, World
from deliver_to_po.emulator.json_answers import JsonRefusals, as_json

SCOPE = "merchant"


def token(call: Call) -> Response:
    """Issue a token for the right client id and secret, in the form, in X-IBM headers or as HTTP Basic."""
    form = call.request.form
    if form.get("grant_type") != "client_credentials":
        return _refused(400, "unsupported_grant_type", "grant_type must be client_credentials.")
    if form.get("scope") != SCOPE:
        return _refused(400, "invalid_scope", f"scope must be {SCOPE}.")
    config = call.world.config
    given = _credentials(call.request)
    if not all(map(secrets.compare_digest, given, (config.client_id.encode(), config.client_secret.encode()))):
        return _refused(401, "invalid_client", "The client id or its secret is wrong.")
    value = secrets.token_urlsafe(32)
    call.world.state.add_token(value, config.token_lifetime_seconds)
    answer = as_json(
        {
            "token_type": "Bearer",
            "access_token": value,
            "scope": SCOPE,
            "expires_in": int(config.token_lifetime_seconds),
            "consented_on": int(time.time()),
        }
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def check_bearer(world: World, request: Request) -> Response | None:
    """Return 401 unless the request carries a token that was issued and has not expired."""
    given = request.authorization
    if given is not None and given.type == "bearer" and given.token and world.state.knows_token(given.token):
        return None
    return JsonRefusals().gateway(401, "Unauthorized", "A valid access token is needed.")


def _credentials(request: Request) -> tuple[bytes, bytes]:
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        pair = (basic.username, basic.password)
    elif "X-IBM-Client-Id" in request.headers:
        pair = (request.headers.get("X-IBM-Client-Id"), request.headers.get("X-IBM-Client-Secret"))
    else:
        pair = (request.form.get("client_id"), request.form.get("client_secret"))
    return (pair[0] or "").encode(), (pair[1] or "").encode()


def _refused(status: int, error: str, description: str) -> Response:
    answer = as_json({"error": error, "error_description": description}, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


OPERATIONS = (Operation("token", "POST", "/cpc-api-native-oauth-provider/oauth2/token", token, needs_token=False),)
