"""Postal codes, post office ids, tracking numbers and phones: how they are written and compared."""

import re
import unicodedata

PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")

# No D, F, I, O, Q, U anywhere; no W or Z in first place: Canada Post never issues them.
POSTAL_CODE = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\d[ABCEGHJ-NPRSTV-Z]\d")

# Canada Post's notification schema: ASCII only, at most lengths.RECIPIENT_EMAIL characters.
EMAIL = re.compile(r"['_A-Za-z0-9\-+]+(\.['_A-Za-z0-9\-+]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
PHONE = re.compile(r"\+?[0-9 ().\-]+([xp ]+[0-9]+)?", re.IGNORECASE)

PHONE_DIGITS = 10
# With the code of a country whose own numbers are short: Niue. Canada Post's schemas name no least length.
FEWEST_DIGITS_ABROAD = 7


def normalize_postal_code(text: str) -> str:
    """Return ``text`` as Canada Post wants it sent (``A9A9A9``), or ``""`` when it is not a Canadian postal code.

    Ignores case, white space of any kind, hyphens, dots, and marks of direction that come with what is pasted.
    """
    if len(text) > 40:
        return ""
    if POSTAL_CODE.fullmatch(text) and text.isascii():
        return text
    bare = re.sub(r"[\s\-.‐-―\u200b-\u200f\u202a-\u202e\u2060-\u2069]", "", unicodedata.normalize("NFKC", text)).upper()
    return bare if bare.isascii() and POSTAL_CODE.fullmatch(bare) else ""


def display_postal_code(postal_code: str) -> str:
    """Return ``K1A0B1`` as people write it: ``K1A 0B1``."""
    return f"{postal_code[:3]} {postal_code[3:]}" if len(postal_code) == 6 else postal_code


def is_office_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def comparable_office_id(office_id: str) -> str:
    """Return the id without leading zeros, so that two spellings of one post office compare equal.

    The web services answer with ten digits and leading zeros; the portal's examples have six digits.
    """
    return office_id.strip().lstrip("0")


def phone_digits(phone: str) -> str:
    return "".join(re.findall(r"[0-9]", re.split(r"[xp]", phone, maxsplit=1, flags=re.IGNORECASE)[0]))


def is_phone(phone: str) -> bool:
    """Say whether ``phone`` is digits as Canada Post takes them, with their area code or that of another country."""
    here = PHONE_DIGITS + phone.startswith("+1")
    fewest = FEWEST_DIGITS_ABROAD if phone.startswith("+") and not phone.startswith("+1") else here
    return PHONE.fullmatch(phone) is not None and len(phone_digits(phone)) >= fewest


def gs1_check_digit(digits: str) -> int:
    """Return the GS1 mod-10 check digit for ``digits`` (weights 3, 1, 3, … from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def tracking_number(customer_number: str, sequence: int) -> str:
    """Return the 16-digit PIN: seven digits of the customer number, eight of the sequence, one check digit."""
    digits = f"{customer_number[-7:]:0>7}{sequence:08d}"
    return f"{digits}{gs1_check_digit(digits)}"


def is_tracking_number(pin: str) -> bool:
    """Say whether ``pin`` is 16 digits with a right check digit, or S10 (``EE001438583CA``) with a right one."""
    if re.fullmatch(r"[0-9]{16}", pin):
        return gs1_check_digit(pin[:-1]) == int(pin[-1])
    if match := re.fullmatch(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}", pin):
        remainder = 11 - sum(int(d) * w for d, w in zip(match[1], (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
        return {10: 0, 11: 5}.get(remainder, remainder) == int(match[2])
    return False
