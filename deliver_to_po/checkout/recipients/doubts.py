"""What is unusual about a recipient without being wrong: the buyer is asked about it instead of being refused."""

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.core.provinces import PROVINCE_NAMES, PROVINCES_BY_FIRST_LETTER

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

# The federal government's own area has offices on both sides of the Ottawa River.
BOTH_SIDES_OF_THE_RIVER = ("K1A", "QC")

# Where most Canadians have their mail, and hosts that only look like a slip of one of these.
MAIL_HOSTS = (
    *("gmail.com", "hotmail.com", "hotmail.ca", "outlook.com", "live.com", "live.ca", "yahoo.com", "yahoo.ca"),
    *("icloud.com", "sympatico.ca", "bell.net", "videotron.ca", "rogers.com", "shaw.ca", "telus.net", "cogeco.ca"),
    *("eastlink.ca", "sasktel.net", "protonmail.com", "protonmail.ch", "ymail.com", "email.com", "mail.com"),
)
# Hosts at which nobody has a mailbox, though many people type them.
NO_MAIL_HOSTS = {"gmail.ca": "gmail.com", "gmail.fr": "gmail.com"}
# How much of their letters two hosts share at least if one is a slip of the other: all but one of eight or more.
ONE_SLIP = 0.88

NORTH_AMERICA = 1
# An area code and an exchange as the North American Numbering Plan makes them: neither 911 nor 555, and no 9 in the
# middle of an area code. Which area codes there are is not among it: new ones come every year.
NORTH_AMERICAN = re.compile(r"(?!555)[2-9](?!11)[0-8][0-9](?![2-9]11)[2-9][0-9]{6}")


def doubt_about_postal_code(postal_code: str, province: str) -> str:
    """Return the question to ask when ``postal_code`` (``A9A9A9``) is of another province, ``""`` when it is not."""
    provinces = PROVINCES_BY_FIRST_LETTER[postal_code[0]]
    if province in provinces or (postal_code[:3], province) == BOTH_SIDES_OF_THE_RIVER:
        return ""
    names = [PROVINCE_NAMES[code] for code in provinces]
    question = _("The postal code {postal_code} is in {province}, but the province chosen is {chosen}. Are both right?")
    return question.format(
        postal_code=ids.display_postal_code(postal_code),
        province=names[0] if len(names) == 1 else _("{this} or {that}").format(this=names[0], that=names[1]),
        chosen=PROVINCE_NAMES[province],
    )


def doubt_about_email(email: str) -> str:
    """Return the question to ask when the host of ``email`` looks like a slip of a well-known one, ``""`` if not."""
    host = email.rpartition("@")[2].lower()
    known = NO_MAIL_HOSTS.get(host) or next(iter(get_close_matches(host, MAIL_HOSTS, n=1, cutoff=ONE_SLIP)), "")
    if not known or host in MAIL_HOSTS:
        return ""
    return _("This e-mail address ends in {host}, not {known}. Is that right?").format(host=host, known=known)


def is_phone(phone: str) -> bool:
    """Say whether Canada Post takes ``phone``, and a phone can have that number, here or abroad."""
    from phonenumbers import is_possible_number

    number = _parsed(phone) if ids.is_phone(phone) else None
    if number is None:
        return False
    if number.country_code != NORTH_AMERICA:
        return is_possible_number(number)
    return bool(NORTH_AMERICAN.fullmatch(_national(number)))


def doubt_about_phone(phone: str) -> str:
    """Return the question to ask about a ``phone`` abroad or in an unknown area, ``""`` when there is none to ask."""
    from phonenumbers import is_valid_number

    number = _parsed(phone)
    if number is None or (number.country_code == NORTH_AMERICA and is_valid_number(number)):
        return ""
    if number.country_code == NORTH_AMERICA:
        question = _("We do not know the area code {area_code}. Is this phone number right?")
        return question.format(area_code=_national(number)[:3])
    return _(
        "This phone number is outside Canada and the United States, so Canada Post may not be able to call it. Is "
        "it correct?"
    )


def _parsed(phone: str) -> "PhoneNumber | None":
    """Return ``phone`` without its extension, as dialled in Canada; None when it is none."""
    from phonenumbers import NumberParseException, parse

    try:
        return parse(re.split("[xp]", phone, maxsplit=1, flags=re.IGNORECASE)[0], "CA")
    except NumberParseException:
        return None


def _national(number: "PhoneNumber") -> str:
    from phonenumbers import national_significant_number

    return national_significant_number(number)
