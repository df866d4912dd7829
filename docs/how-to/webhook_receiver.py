"""A receiver of parcels from django-deliver-to-po, in the standard library alone. Put your own software behind it.

    WEBHOOK_SECRET=whsec_… REPORT_TO=https://shop.example.com/post-office/webhook/default/ python webhook_receiver.py

It keeps each parcel in SQLite before it answers, and each report before it is sent: stopped in the middle and started
again, it loses nothing and makes nothing twice. Put a web server with TLS in front of it.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import sqlite3
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOST_BYTES = 1_000_000
FIVE_MINUTES = 300
TABLE = """CREATE TABLE IF NOT EXISTS parcels (
    request_id TEXT PRIMARY KEY, message BLOB NOT NULL, report BLOB, answered TEXT)"""


class NotMade(Exception):
    """Your software has refused the parcel, and surely made nothing; staff in the shop read why, and decide."""


def make_shipment(parcel):
    """Make the shipment in your own software, and return its tracking number and label. Raise NotMade if it refuses.

    It is asked once more for the same ``request_id`` after any other error, and when this program was stopped in the
    middle: let your software know the parcel by it, so that there is one shipment. ``live`` is False for a test, which
    must cost nothing.
    """
    digits = f"{int(parcel['request_id'], 16) % 10**15:015}"
    # The shop takes no number with a wrong check digit.
    number = f"{digits}{-sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits)) % 10}"
    # In ZPL these begin commands: the shop refuses them in names and addresses, but offices are Canada Post's.
    office = parcel["office"]["name"].replace("^", " ").replace("~", " ")
    which = f"{parcel['parcel']['number']}/{parcel['parcel']['of']}"
    label = f"^XA^FO50,50^A0N,40,40^FD{office} {number} {which}^FS^XZ"
    return number, label.encode()


# Signatures, as https://www.standardwebhooks.com says


def signature(secret, message_id, seconds, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def is_number(text):
    # Python refuses to read one of thousands of digits, as anybody may send it.
    return text.isdecimal() and len(text) < 20


def is_signed(secret, headers, body):
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not is_number(seconds) or abs(time.time() - int(seconds)) > FIVE_MINUTES:
        return False
    expected = signature(secret, message_id, seconds, body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, one.encode("latin-1")) for one in given)


# Parcels that come in


def keep(database, message):
    """Write the parcel down, once; return the status to answer."""
    request_id = json.loads(message)["data"]["request_id"]
    with connect(database) as rows:
        rows.execute("INSERT OR IGNORE INTO parcels (request_id, message) VALUES (?, ?)", (request_id, message))
        [kept] = rows.execute("SELECT message FROM parcels WHERE request_id = ?", (request_id,)).fetchone()
    return 202 if kept == message else 409


@contextlib.contextmanager
def connect(database):
    """Commit what is done inside, and close the database."""
    rows = sqlite3.connect(database, timeout=30)
    try:
        with rows:
            yield rows
    finally:
        rows.close()


def make_server(port, secret, database):
    """Return the server; ``serve_forever`` runs it."""
    with connect(database) as rows:
        rows.execute(TABLE)

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self):
            length = self.headers.get("Content-Length", "")
            if not is_number(length) or int(length) > MOST_BYTES:
                self.answer(413)
                return
            message = self.rfile.read(int(length))
            # Only once it is on the disk is it answered.
            self.answer(keep(database, message) if is_signed(secret, self.headers, message) else 401)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Log nothing: recipients are nobody else's business."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


# What is made and reported


def work(database, secret, report_to):
    """Make what was not made, and report what was not reported."""
    with connect(database) as rows:
        to_make = rows.execute("SELECT request_id, message FROM parcels WHERE report IS NULL").fetchall()
    for request_id, message in to_make:
        try:
            report = report_of(json.loads(message)["data"])
        except Exception:  # noqa: BLE001 - the others do not wait for this one, which is tried again
            traceback.print_exc()
            continue
        with connect(database) as rows:
            rows.execute("UPDATE parcels SET report = ? WHERE request_id = ?", (report, request_id))
    with connect(database) as rows:
        untold = rows.execute("SELECT request_id, report FROM parcels WHERE report IS NOT NULL AND answered IS NULL")
        to_tell = untold.fetchall()
    for request_id, report in to_tell:
        if answered := tell(report_to, secret, f"report-{request_id}", report):
            with connect(database) as rows:
                rows.execute("UPDATE parcels SET answered = ? WHERE request_id = ?", (answered, request_id))


def report_of(parcel):
    try:
        number, label = make_shipment(parcel)
    except NotMade as error:
        data = {"outcome": "not_made", "said": str(error)}
    else:
        content = base64.b64encode(label).decode()
        data = {"outcome": "made", "tracking_number": number}
        data["label"] = {"media_type": "application/zpl", "content": content}
    data["request_id"] = parcel["request_id"]
    return json.dumps({"version": 1, "type": "shipment.reported", "data": data}).encode()


def tell(report_to, secret, message_id, body):
    """Send a report; return the shop's answer, or None when it must be sent once more."""
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, message_id, now, body),
    }
    request = urllib.request.Request(report_to, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return said_by_the_shop(answer, report_to)
    except urllib.error.HTTPError as answer:
        return said_by_the_shop(answer, report_to)
    except (OSError, http.client.HTTPException) as error:
        complain(f"No answer from {report_to}: {error}")


def said_by_the_shop(answer, report_to):
    """Return what the shop says of a report; None where it may pass, or where somebody else answers there."""
    said = f"{answer.status} {answer.read(1000).decode(errors='replace')}"
    is_the_shop = answer.headers.get_content_type() == "application/json"
    if answer.status != 200 or not is_the_shop:
        complain(f"A report was not taken at {report_to}: {said}")
    # With these it says what is wrong with this report: a person has to read it, and the same again would not help.
    return said if is_the_shop and answer.status in (200, 404, 409, 422) else None


def complain(words):
    print(words, file=sys.stderr, flush=True)


def main():
    secret, report_to = os.environ["WEBHOOK_SECRET"], os.environ["REPORT_TO"]
    database = os.environ.get("DATABASE", "parcels.sqlite3")
    server = make_server(int(os.environ.get("PORT", "8150")), secret, database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"Parcels are taken at http://127.0.0.1:{server.server_port}/", flush=True)
    while True:
        work(database, secret, report_to)
        time.sleep(float(os.environ.get("EVERY_SECONDS", "5")))


if __name__ == "__main__":
    main()
