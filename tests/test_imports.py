"""The flow has one direction: every module imports only from rooms below its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LIFECYCLE, RELU, ROOT

ROOMS = {
    "errors": "",
    "version": "",
    "methods": "",
    "numbers": "enclosures exact intervals arrays digits decimals float_format public bounds",
    "ops": "expr shared alike shorten settings format layout elementwise formal op arithmetic array_ops products"
    " convolution pooling reductions elementary activations classes losses table reach pieces chain_rule operations"
    " evaluate limits stages walker notation",
    "engine": "quantity model sentence_parts kinks notes symbols intermediates effort register forms elements"
    " optimizers closed_forms zero_proofs row plans reverse program units budget batch_program precision"
    " masks work partial named_values step trace programs network training batch",
    "spec": "examples spellings tokens instead scan vocabulary equation yaml_mistakes yaml_tree yaml_text nodes"
    " namespace generic symbolic draft templates repeat layers json_text python_data update table"
    " specialization functions trace_json samples unknown_sections sections reader literals overrides"
    " trace_restore",
    "explain": "paths why rule_facts phrases wiring whole_rule reasons hints groups forward_sentences reverse_sentences"
    " update_sentences kinds principles sentences layers headings summary",
    "typeset": "tags format latex_text cells glyphs lines unicode lettering ascii tex latex_symbols latex names"
    " markup mathml index_notation"
    " boxes equality mathematics substitution by_level absence chains general_forms outputs written_paths selection"
    " derivation valued derivatives tree_facts matrix_form",
    "marking": "decimal_comma names answers verdicts working numerals deltas spelling sheet_rows sheet_tables"
    " sheet_markdown sheet_yaml sheets written_rules answer_files rule_paths connections parts slip"
    " slips_of_losses slips_of_slopes slips_of_derivatives slips_of_paths slips_of_weights"
    " slips_of_layers slips_of_updates slips_of_numbers slip_examples slips worked_slips"
    " discrimination proposals draws findings lint readings written_register conventions hypotheses rule_checks judge"
    " marks report record scheme marker worksheets",
    "graph": "advance_widths crossings channels wire_labels layered graph contents labels element_trees drawn_paths"
    " flows quantity_graph columns unit_graph drawing",
    "page": "compact assets rules quiz data links spots",
    "views": "console sheet givens terminal markdown sentences"
    " register_cells html_cells plot csv progress json derivation_text matrix_text"
    " latex_page latex_table latex_register latex matrix_latex beamer matrix_markdown derivation_math training why"
    " marking marking_json marking_csv marking_markdown slips xlsx_formula xlsx_sheet xlsx"
    " worksheet_csv worksheet_markdown worksheet_latex lint lint_json"
    " graph_dot graph_mermaid graph_canvas graph_boxes graph_terminal"
    " graph_text graph_drawing graph_svg graph_tikz"
    " html_register html_givens html marking_html",
    "notebook": "medium html_medium tex_media workings numerals statement pictures bundles magic",
    "stepping": "reads listing quiz signals typed cursor rows prompts commands suppositions stepper"
    " panels dialogue frame window",
    "cli": "exits unfinished endings files processes completion notes options steps starters schema examples slips"
    " guide group help new export derive run main step train why check variants worksheet vary lint graph",
    "__main__": "",
}
"""The packages from the bottom up, and the files of each; a file imports only what stands before it."""
ORDER = [name for room, files in ROOMS.items() for name in [room, *(f"{room}.{file}" for file in files.split())]]
METHODS = "methods"
"""The module whose classes have methods that rooms above carry out; it imports inside those alone."""
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


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == sorted(name for name in NAMES if name)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("", METHODS)])
def test_imports_point_down(name: str) -> None:
    below = {f"bptrace.{other}" for other in ORDER[: ORDER.index(name)]}
    up = sorted(module for module in imported(NAMES[name]) if module.startswith("bptrace") and module not in below)
    assert not up, f"{name} imports upward from {up}"


BY_NAME = {"": "_HOMES", "views": "View", "cli.group": "COMMANDS"}
"""The modules that import others by a name that is data, and what lists the names."""


def test_modules_that_are_imported_by_name_are_listed_in_few_places() -> None:
    found = {name for name, path in NAMES.items() if "import_module(" in path.read_text(encoding="utf-8")}
    assert found == set(BY_NAME)
    assert all(listed in NAMES[name].read_text(encoding="utf-8") for name, listed in BY_NAME.items())


def test_the_package_itself_imports_nothing_when_it_is_imported() -> None:
    """It comes before the command can catch Ctrl-C: nothing is imported, no class made."""
    tree = ast.parse(NAMES[""].read_text(encoding="utf-8"))
    slow = ast.Import | ast.ImportFrom | ast.ClassDef
    assert not [ast.unparse(node) for node in tree.body if isinstance(node, slow)]


def loaded_by(*command: str) -> set[str]:
    program = (
        "import sys; from bptrace.cli.main import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "command", [["run", RELU, "--formula"], ["export", LIFECYCLE], ["--help"]], ids=lambda words: words[0]
)
def test_no_command_loads_sympy(command: list[str]) -> None:
    loaded = loaded_by(*command)
    assert "bptrace.cli.group" in loaded
    assert loaded.isdisjoint({"sympy", "mpmath", "numpy"})


def test_a_register_in_a_pipe_is_written_without_rich() -> None:
    loaded = loaded_by("run", RELU)
    assert "bptrace.views.sheet" in loaded
    assert loaded.isdisjoint(["rich.console", "rich.table", "rich.text"])


def test_a_run_loads_no_picture_page_or_notebook() -> None:
    rooms = ("bptrace.graph", "bptrace.page", "bptrace.notebook", "bptrace.views.graph", "bptrace.views.html")
    assert [name for name in loaded_by("run", RELU) if name.startswith(rooms)] == []


def test_a_file_loads_what_reads_its_own_sections_alone() -> None:
    loaded = loaded_by("run", str(ROOT / "networks" / "linear_2_2_2_1.yaml"))
    assert "bptrace.spec.reader" in loaded
    own = (
        "engine.optimizers spec.functions spec.generic spec.layers spec.repeat spec.samples spec.templates spec.update"
    )
    json = "spec.json_text spec.python_data spec.trace_json spec.trace_restore views.json numbers.float_format"
    assert loaded.isdisjoint(f"bptrace.{name}" for name in f"{own} {json}".split())
