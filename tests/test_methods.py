"""A public class has methods from rooms above it by way of one module, which imports inside them alone."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

TREE = ast.parse((ROOT / "bptrace" / "methods.py").read_text(encoding="utf-8"))


def test_a_class_has_methods_from_rooms_above_by_way_of_one_module() -> None:
    """Such methods stand in a class that theirs builds on; all their imports are listed."""
    attached = [node for node in TREE.body if isinstance(node, ast.ClassDef)]
    upward = {method.name: {part.module for part in ast.walk(method) if isinstance(part, ast.ImportFrom)}
              for node in attached for method in node.body if isinstance(method, ast.FunctionDef)}  # fmt: skip
    assert {name: modules for name, modules in upward.items() if modules} == {
        "_repr_mimebundle_": {"bptrace.notebook.bundles"}, "page": {"bptrace.notebook.pictures"},
        "given": {"bptrace.spec.overrides"}, "train": {"bptrace.engine.training"},
        "from_json": {"bptrace.spec.trace_restore"}, "_as_text": {"io", "bptrace.views"},
        "graph": {"bptrace.graph.drawing", "bptrace.graph.graph"},
        "to_xlsx": {"io", "bptrace.views.xlsx"},
    }  # fmt: skip


@pytest.mark.parametrize("how", ["from bptrace import Trace", "from bptrace.engine.trace import Trace"])
def test_a_trace_has_them_however_it_is_imported(how: str) -> None:
    program = f"{how}\nprint(Trace.from_json('[]', 'a.json'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "SpecError: a.json:1:1" in done.stderr


def test_methods_of_rooms_above_import_nothing_before_they_are_called() -> None:
    statements = [node for node in TREE.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in statements] == ["from __future__ import annotations"]
