"""Every module has its test at the same path: `bptrace/ops/losses.py` has `tests/ops/test_losses.py`."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT

PACKAGE, TESTS = ROOT / "bptrace", ROOT / "tests"
MODULES = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}
TESTED = {path.relative_to(TESTS).with_name(path.name.removeprefix("test_")) for path in TESTS.rglob("test_*.py")}


def test_every_module_has_its_test() -> None:
    assert sorted(MODULES - TESTED) == []


def test_a_rooms_tests_are_those_of_its_modules() -> None:
    assert sorted(path for path in TESTED - MODULES if path.parent != Path()) == []
