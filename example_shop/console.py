"""E-mail on the terminal as people read it, accents and all."""

from django.core.mail import EmailMessage
from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Django's own shows the message as it travels, with ``=C3=A9`` for ``é``."""

    def write_message(self, message: EmailMessage) -> None:
        """Write heads and text of ``message``."""
        heads = (("From", message.from_email), ("To", ", ".join(message.to)), ("Subject", message.subject))
        line = "─" * 72
        lines = [line, *(f"{name}: {value}" for name, value in heads), "", str(message.body).strip(), line, ""]
        self.stream.write("\n".join(lines))
