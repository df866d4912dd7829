"""HTTP Basic with the customer's key, as the web services want it."""

import secrets

from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator.calls import World
from deliver_to_po.emulator.refusals import Problem
from deliver_to_po.emulator.webservices.xml_answers import XmlRefusals


def check_basic(world: World, request: Request) -> Response | None:
    """Return 401 (E002) unless the request carries the right user and password."""
    given, config = request.authorization, world.config
    known = (config.client_id.encode(), config.client_secret.encode())
    if given is not None and given.type == "basic":
        pair = ((given.username or "").encode(), (given.password or "").encode())
        if all(map(secrets.compare_digest, pair, known)):
            return None
    answer = XmlRefusals().refused([Problem("E002", "Authentication failed.")], 401)
    answer.headers["WWW-Authenticate"] = 'Basic realm="emulator"'
    return answer
