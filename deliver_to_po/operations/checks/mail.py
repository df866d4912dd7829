"""What e-mails need: where the shop is, who gets the morning mail, and a mail server that somebody gives up on."""

from django.conf import settings
from django.core.checks import CheckMessage

from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.hosts import is_loopback
from deliver_to_po.operations.checks.messages import setting_name, warning
from deliver_to_po.operations.checks.shape import is_right

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def check_site_url(**_kwargs: object) -> list[CheckMessage]:
    """Warn when e-mails to buyers would have no link, because nobody said where the shop is."""
    if not is_right("NOTICES") or not is_right("SITE_URL") or not app_settings.notices or app_settings.site_url:
        return []
    message = f"{setting_name('SITE_URL')} is empty: no buyer is written to when their post office has closed."
    fix = (
        'Say where the shop is: "SITE_URL": "https://shop.example.com"; or set "NOTICES": False and write yourself '
        "when the signal “notice” comes."
    )
    return [warning(68, message, fix)]


def check_morning_mail(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a morning mail is asked for and nobody gets it. CLERKS alone are right: they get other mail too."""
    if not is_right("MORNING_MAIL_AT") or not is_right("CLERKS"):
        return []
    if app_settings.morning_mail_at is None or app_settings.clerks:
        return []
    message = f"{setting_name('MORNING_MAIL_AT')} is set and {setting_name('CLERKS')} is empty: nobody is written to."
    fix = 'Say who gets the morning mail: "CLERKS": ["desk@shop.example.com"]; or leave MORNING_MAIL_AT out.'
    return [warning(89, message, fix)]


def check_mail_timeout(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a mail server elsewhere that does not answer would hold up a worker for ever."""
    if not is_right("NOTICES") or not is_right("CLERKS") or not (app_settings.notices or app_settings.clerks):
        return []
    mailers = getattr(settings, "MAILERS", {})
    if not mailers:
        path, host, timeout = settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT
        setting = "EMAIL_TIMEOUT"
    else:
        mailer = mailers.get("default", {})
        options = mailer.get("OPTIONS", {})
        path, host, timeout = mailer.get("BACKEND", ""), options.get("host", "localhost"), options.get("timeout")
        setting = 'MAILERS["default"]["OPTIONS"]["timeout"]'
    if path != SMTP or timeout is not None or is_loopback(host):
        return []
    message = f"{setting} is not set: a mail server that does not answer holds up the hand-off."
    return [warning(69, message, f"Set {setting} to some seconds, such as 20.")]
