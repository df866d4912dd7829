"""What each check of ``manage.py check`` says, read from the code: the texts that stand beside each number."""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import deliver_to_po
from deliver_to_po.operations.checks.messages import setting_name

CHECKS = Path(deliver_to_po.__file__).parent / "operations" / "checks"
LETTERS = {"error": "E", "warning": "W"}
Locals = Mapping[str, list[ast.expr]]


def check_texts() -> dict[str, list[str]]:
    """Return id → each text that goes with it, by number; what is known only later stands in italics."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(CHECKS.glob("*.py")):
        names = vars(importlib.import_module(f"deliver_to_po.operations.checks.{file.stem}"))
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for identity, text in _texts_in(function, names):
                    if text not in found[identity]:
                        found[identity].append(text)
    return dict(sorted(found.items(), key=lambda item: item[0][1:]))


def _texts_in(function: ast.FunctionDef, names: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield id and text of each message that a function makes."""
    assigned = _assigned(function)
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in LETTERS:
            number, message, *_ = call.args
            if isinstance(number, ast.Constant) and isinstance(number.value, int):
                for text in _texts(message, assigned, names):
                    yield f"{LETTERS[call.func.id]}{number.value:03}", text


def _assigned(function: ast.FunctionDef) -> Locals:
    """Return what each local name is made to be."""
    found: defaultdict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            [target], values = node.targets, node.value
            pairs = (
                zip(target.elts, values.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(values, ast.Tuple)
                else [(target, values)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found[name.id].append(value)
    return found


def _texts(message: ast.expr, assigned: Locals, names: Mapping[str, Any]) -> list[str]:
    """Return each text that a message may be."""
    if isinstance(message, ast.Name):
        return [text for value in assigned[message.id] for text in _texts(value, assigned, names)]
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    return ["".join(_known(part, names, assigned) or _in_italics(part) for part in parts)]


def _known(part: ast.expr, names: Mapping[str, Any], assigned: Locals) -> str | None:
    """Return a text that is known without running anything: a constant, or the name of a setting made of such."""
    match part:
        case ast.Constant(value=str() as text):
            return text
        case ast.FormattedValue(value=inner):
            return _known(inner, names, assigned)
        case ast.JoinedStr(values=inner):
            return _together([_known(one, names, assigned) for one in inner])
        case ast.Name(id=name) if len(assigned.get(name, ())) == 1:
            return _known(assigned[name][0], names, assigned)
        case ast.Name(id=name) if isinstance(known := names.get(name), str):
            return known
        case ast.Call(func=ast.Name(id="setting_name"), args=arguments):
            keys = [_known(one, names, assigned) for one in arguments]
            return setting_name(*map(str, keys)) if all(keys) else None
    return None


def _together(parts: list[str | None]) -> str | None:
    return None if None in parts else "".join(map(str, parts))


def _in_italics(part: ast.expr) -> str:
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return f"*{value.id.replace('_', ' ')}*" if isinstance(value, ast.Name) else "*…*"
