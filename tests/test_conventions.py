"""Conventions of the code that the linter cannot check."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULE_LINES = 300
FUNCTION_LINES = 45


@cache
def _modules() -> dict[str, tuple[str, ast.Module]]:
    """Return the text and the syntax tree of every module by its path."""
    paths = sorted(path for package in ("engine", "bot", "tests") for path in (ROOT / package).rglob("*.py"))
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    return {path: (text, ast.parse(text)) for path, text in texts.items()}


def _imports(tree: ast.Module) -> Iterator[str]:
    """Return the full names of the modules, and of what is taken from them, that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def test_modules_are_short() -> None:
    """At most 300 lines."""
    lines = {path: len(text.splitlines()) for path, (text, _) in _modules().items()}
    assert {path: count for path, count in lines.items() if count > MODULE_LINES} == {}


def test_functions_are_short() -> None:
    """At most 45 lines."""
    long = {
        f"{path}:{node.lineno} {node.name}": lines
        for path, (_, tree) in _modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_every_package_says_what_it_holds() -> None:
    """A folder of modules is a package with a docstring."""
    folders = {path.rpartition("/")[0] for path in _modules() if not path.startswith("tests/")}
    described = {
        path.rpartition("/")[0]
        for path, (_, tree) in _modules().items()
        if path.endswith("/__init__.py") and ast.get_docstring(tree)
    }
    assert folders - described == set()


def test_no_test_module_is_imported() -> None:
    """What tests share is in tests/support: a test module or a conftest can change without a look at others."""
    imported = [
        f"{path} imports {name}"
        for path, (_, tree) in _modules().items()
        for name in _imports(tree)
        if any(part == "conftest" or part.startswith("test_") for part in name.split("."))
    ]
    assert imported == []


def test_pictures_are_opened_by_one_door() -> None:
    """What intake accepts, all others read alike; the sandbox stands for another program, our own films are ours."""
    opened = [
        f"{path}:{node.lineno}"
        for path, (_, tree) in _modules().items()
        if not path.startswith(("tests/", "bot/sandbox/", "engine/reading/", "bot/chat/images/timelapse.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "open" and ast.unparse(node.value) == "Image"
    ]
    assert opened == []
