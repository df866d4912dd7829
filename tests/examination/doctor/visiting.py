"""One visit of the doctor to a shop."""

from io import StringIO

from django.core.management import CommandError, call_command


class Visit:
    """One run of the command: whether it was content, and what it wrote."""

    def __init__(self, *arguments: str) -> None:
        out = StringIO()
        self.complaint = ""
        try:
            call_command("d2po_doctor", *arguments, stdout=out, no_color=True)
        except CommandError as error:
            self.complaint = str(error)
        # What Windows can write where this is redirected.
        self.text = out.getvalue().encode("cp1252").decode("cp1252")

    def line(self, subject: str) -> str:
        """Return what was said of ``subject``, with what to do about it."""
        lines = self.text.splitlines()
        [place] = [number for number, line in enumerate(lines) if f"  {subject}: " in line]
        advice = lines[place + 1] if lines[place + 1 : place + 2] and "-> " in lines[place + 1] else ""
        return f"{lines[place]} {advice}".strip()

    def found(self, *subjects: str) -> list[str]:
        """Return what each subject was found to be: ok, note, problem, not asked."""
        return [self.line(subject).partition("  ")[0] for subject in subjects]
