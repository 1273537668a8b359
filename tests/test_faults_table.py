"""`make faults` names tests that exist, and each of its rows is guarded by `make test` too."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from benchmarks.faults import ROWS, Row

TESTS = Path(__file__).parent
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((TESTS / file).read_text(encoding="utf-8"))


def _is_slow(file: str, test: Function) -> bool:
    """Whether a mark of the test or of its module keeps it out of `make test`."""
    marks = [*test.decorator_list]
    marks += [
        node.value for node in _tree(file).body if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node)
    ]
    return any("pytest.mark.slow" in ast.unparse(mark) for mark in marks)


@pytest.mark.parametrize("row", ROWS, ids=[row.fault for row in ROWS])
def test_a_row_names_tests_that_exist(row: Row) -> None:
    """Long ones may be missing from `make test`, but not all of a row."""
    always = []
    for file, _, name in (test.partition("::") for test in row.tests):
        [found] = [each for each in _tree(file).body if isinstance(each, Function) and each.name == name]
        always.append(not _is_slow(file, found))
    assert any(always)
