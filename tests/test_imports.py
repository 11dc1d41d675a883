"""The flow has one direction: every module imports only from rooms below its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bptrace.engine.trace import ABOVE
from tests.conftest import RELU, ROOT

ROOMS = [
    *("exits", "errors", "abridging", "enclosures", "matrices", "decimals", "exact", "lengths", "bounds", "expr"),
    *("arrays", "lettering", "windows", "op", "gradients", "pieces", "activations", "losses", "ops", "model"),
    *("symbols", "widths", "escaping", "glyphs", "unicode_glyphs", "latex_glyphs", "optimizers", "evaluate"),
    *("notation", "elements", "closed", "chain", "lifting", "program", "certain", "reduction", "row", "trace"),
    *("naming", "layouts", "mathematics", "matrixform", "general", "network", "batch", "paths", "cursor", "rules"),
    *("explain", "showing", "summary", "document", "plain", "equation", "derivation", "unspecified", "functions"),
    *("repeat", "table", "samples", "update", "layers", "unvalued", "spec", "settings", "lexicon", "printed"),
    *("answers", "quiz", "stepper", "training", "record", "restore", "files", "views", "commands", "cli"),
    "__main__",
]
PACKAGE = ROOT / "bptrace"
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """`bptrace/views/csv.py` is `views.csv`; a package is known by its folder."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


NAMES = {name_of(path): path for path in MODULES}


def imported(path: Path) -> Iterator[str]:
    """Every module of bptrace that the file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: a relative import"
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (module if module in full_names() else str(node.module) for module in modules)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def full_names() -> set[str]:
    return {f"bptrace.{name}" for name in NAMES if name}


def room_of(name: str) -> str:
    return name.split(".")[0]


def test_every_module_has_a_room() -> None:
    assert sorted(ROOMS) == sorted({room_of(name) for name in NAMES if name})


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_imports_point_down(name: str) -> None:
    room, own = room_of(name), ROOMS[: ROOMS.index(room_of(name))]
    used = {module.removeprefix("bptrace.") for module in imported(NAMES[name]) if module.startswith("bptrace.")}
    up = sorted(module for module in used if room_of(module) != room and room_of(module) not in own)
    assert not up, f"{name} imports upward from {up}"


BY_NAME = {"": "_HOMES", "trace": "ABOVE", "views": "View", "commands": "COMMANDS"}
"""The modules that import others by a name that is data, and what lists the names."""


def test_modules_that_are_imported_by_name_are_listed_in_few_places() -> None:
    found = {name for name, path in NAMES.items() if "import_module(" in path.read_text(encoding="utf-8")}
    assert found == set(BY_NAME)
    assert all(listed in NAMES[name].read_text(encoding="utf-8") for name, listed in BY_NAME.items())


def test_a_trace_leaves_nothing_but_its_json_to_rooms_above() -> None:
    assert ABOVE == {"to_json": "bptrace.views.json", "from_json": "bptrace.spec.trace_restore"}
    assert set(ABOVE.values()) <= full_names()


def test_the_package_itself_imports_nothing_when_it_is_imported() -> None:
    tree = ast.parse(NAMES[""].read_text(encoding="utf-8"))
    statements = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in statements] == [
        "from __future__ import annotations",
        "from typing import TYPE_CHECKING",
    ]


def loaded_by(*command: str) -> set[str]:
    program = "import sys; from bptrace.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("command", [["run", RELU], ["export", RELU], ["--help"]], ids=" ".join)
def test_no_command_loads_sympy(command: list[str]) -> None:
    loaded = loaded_by(*command)
    assert "bptrace.commands" in loaded
    assert "sympy" not in loaded


def test_a_file_loads_what_reads_its_own_sections_alone() -> None:
    loaded = loaded_by("run", str(ROOT / "networks" / "linear_2_2_2_1.yaml"))
    assert "bptrace.spec.reader" in loaded
    assert loaded.isdisjoint(f"bptrace.{name}" for name in ("functions", "optimizers", "samples", "update"))
    assert loaded.isdisjoint(f"bptrace.{name}" for name in ("plain", "record", "restore", "views.json"))
