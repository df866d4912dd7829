"""Markdown out of code: tables and docstrings. For the pages that are written from the code."""

import inspect
import re
from collections.abc import Iterable
from typing import Any


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def listing(rows: Iterable[tuple[str, str]]) -> str:
    """Return a Markdown list of names and what each is: it fits a phone, as a table with long cells does not."""
    return "\n".join(f"- {name}: {said}" for name, said in rows)


def code(*names: object) -> str:
    """Return ``names`` set as code, with commas between them."""
    return ", ".join(f"`{name}`" for name in names)


def documentation(of: Any) -> str:
    """Return a docstring as Markdown, each paragraph on one line."""
    paragraphs = (inspect.getdoc(of) or "").replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def first_paragraph(of: Any) -> str:
    """Return the first paragraph of a docstring as Markdown."""
    return documentation(of).partition("\n\n")[0]


def first_sentence(text: str) -> str:
    """Return what comes before the first full stop, or the first colon, that a space follows."""
    return re.split(r"[.:]\s", text)[0].rstrip(".") + "."


def remarks(of: Any) -> dict[str, str]:
    """Return what the comments that begin with ``#:`` say of each name of a class or module that stands below one."""
    found = re.findall(r"((?:^ *#: .*\n)+) *(\w+)\b", inspect.getsource(of), re.MULTILINE)
    return {name: " ".join(comment.replace("#:", "").split()).replace("``", "`") for comment, name in found}
