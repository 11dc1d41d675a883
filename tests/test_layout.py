"""Every module has its test at the same path, and a public name stands for one thing."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conftest import ROOT

PACKAGE, TESTS = ROOT / "bptrace", ROOT / "tests"
MODULES = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}
TESTED = {path.relative_to(TESTS).with_name(path.name.removeprefix("test_")) for path in TESTS.rglob("test_*.py")}


def test_every_module_has_its_test() -> None:
    assert sorted(MODULES - TESTED) == []


NO_ROOM = ("browser",)
"""Folders of tests that are of a file which is written, and not of one module."""


def test_a_rooms_tests_are_those_of_its_modules() -> None:
    assert sorted(path for path in TESTED - MODULES if path.parts[0] not in NO_ROOM and path.parent != Path()) == []


def test_a_public_name_stands_for_one_thing() -> None:
    homes: dict[str, list[Path]] = {}
    for module in sorted(MODULES):
        for node in ast.parse((PACKAGE / module).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}
