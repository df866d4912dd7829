"""Stiff English: names each docstring, comment and line of the documentation that has one of a few forbidden patterns.

``python scripts/check_english.py deliver_to_po docs README.md …`` prints them and exits with 1 if there are any.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

# Pattern → what to write instead. Subject, verb, object; say who does what.
FORBIDDEN = {
    r"\banew\b": "again, or re-…",
    r"\b(?:take[ns]?|taking)(?: \w+){0,3} back\b": "void, refund or cancel",
    r"\b(?:any|no) more\b(?! than)": "no longer",
    r"(?:^|[.;:] )One (?:that|which|whose)\b": "a noun: A delivery that …",
    r"\b(?:for|of|sends|to) who\b": "a noun: the user who …",
    r"(?:^|[.] )Who [a-z]+s\b[^?]*$": "a noun: To print, you need …",
    r"(?:^|[.;] |- )Of (?!course)[a-z]": "subject first",
    r"\bOnly so\b": "otherwise …",
    r"\ball the same\b": "anyway, still",
    r"\balso (?:no|not|when|where|while|what)\b": "even if, nor",
}
PATTERNS = [(re.compile(pattern), instead) for pattern, instead in FORBIDDEN.items()]


def texts_of_code(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each docstring and each block of comments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and ast.get_docstring(node):
                yield first.lineno, str(first.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("#: ")


def texts_of_page(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each line of Markdown that is not code and not written from the code."""
    in_code = made = False
    for number, line in enumerate(source.splitlines(), start=1):
        in_code ^= line.lstrip().startswith(("```", ":::"))
        made = (made or line.startswith("<!-- from the code")) and not line.startswith("<!-- end")
        if not in_code and not made:
            yield number, line


def findings(path: Path) -> Iterator[str]:
    """Yield one line for each forbidden pattern in a file."""
    source = path.read_text(encoding="utf-8")
    texts = texts_of_code(source) if path.suffix == ".py" else texts_of_page(source)
    for line, text in texts:
        for pattern, instead in PATTERNS:
            for found in pattern.finditer(" ".join(text.split())):
                yield f"{path}:{line}: “{found[0].strip()}”: write {instead}"


def main(names: list[str]) -> int:
    """Print every finding in the files and folders named; return 1 if there are any."""
    files: list[Path] = []
    for name in names:
        path = Path(name)
        files += [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix in (".py", ".md"))
    found = [line for file in files for line in findings(file)]
    print("\n".join(found) if found else f"no stiff English in {len(files)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
