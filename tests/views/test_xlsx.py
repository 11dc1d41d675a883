"""A spreadsheet: its sheets, read back from the file; and its numbers, as LibreOffice works them out."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook

import bptrace
from bptrace import BptraceError, Network, Trace
from bptrace.marking.working import Working, general_rules
from bptrace.ops.expr import Call, nodes
from bptrace.ops.op import OPS
from bptrace.views import SPREADSHEET, xlsx
from bptrace.views.xlsx import GIVENS, write_xlsx
from bptrace.views.xlsx_formula import double
from tests.conftest import LIFECYCLE, LIMITS, NETWORKS, RELU, ROOT, Command

HOSTILE = """
title: '=HYPERLINK("https://example.org", "x")'
weights: {w: 3}
input: {e1: 2}
loss: (w - e1)^2
"""


def written(trace: Trace) -> bytes:
    out = BytesIO()
    write_xlsx(trace, out)
    return out.getvalue()


def opened(trace: Trace) -> Any:
    return load_workbook(BytesIO(written(trace)))


def test_a_sheet_a_phase_and_a_row_a_row() -> None:
    trace = bptrace.load(LIFECYCLE).trace()
    book = opened(trace)
    assert book.sheetnames == [GIVENS, "Forward", "Reverse", "Update"]
    for name in book.sheetnames[1:]:
        rows = [row.quantity for step in trace.steps if step.phase == name.lower() for row in step]
        assert [cell.value for cell in book[name]["B"][1:]] == rows


def test_a_row_has_its_rule_as_a_formula_and_its_value_as_a_text() -> None:
    sheet = opened(bptrace.load(RELU).trace())["Reverse"]
    cells = [cell.value for cell in sheet[2]]
    assert cells[:5] == [5, "dL/dyhat", "2*(yhat-y)", "=2*(Forward!D6-Givens!C23)", "-2"]
    assert cells[5].startswith('=IFERROR(IF(ABS(D2-(-2))<=1E-9*ABS(-2),"yes",IF(')
    assert cells[6] == "gradient at yhat; gradients of v, c"


def test_a_samples_rule_has_the_names_of_its_cells() -> None:
    sheet = opened(bptrace.load(ROOT / "networks" / "xor_batch.yaml").trace())["Forward"]
    [row] = [row for row in sheet.values if row[1] == "z1(2)"]
    assert row[2] == "w11*x1(2) + w12*x2(2) + b1"


def test_the_values_that_it_is_opened_with_are_the_registers() -> None:
    trace = bptrace.load(RELU).trace()
    book = load_workbook(BytesIO(written(trace)), data_only=True)
    for row in trace.rows():
        [found] = [line for sheet in book.worksheets[1:] for line in sheet.values if line[1] == row.quantity]
        assert (found[3], found[5]) == (float(row.value), "yes")


def test_givens_stand_in_one_place_to_be_changed() -> None:
    book = opened(bptrace.load(LIFECYCLE).trace())
    rows = list(book[GIVENS].iter_rows(min_row=12))
    assert [[cell.value for cell in row] for row in rows[:2]] == [
        ["input", "x1", 1, 1, "1", '=IF(C12=D12,"","changed")'],
        ["input", "x2", 2, 2, "2", '=IF(C13=D13,"","changed")'],
    ]
    assert [row[0].value for row in rows if row[1].value == "lr"] == ["learning rate"]
    assert all(row[2].border.left.style == "medium" for row in rows)
    assert book.defined_names["givens_changed"].attr_text == "Givens!$C$8"
    assert book[GIVENS]["C8"].value == f'=COUNTIF(F12:F{11 + len(rows)},"changed")'


def test_what_a_file_says_is_text() -> None:
    book = opened(bptrace.loads(HOSTILE).trace())
    cell = book[GIVENS]["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == ('=HYPERLINK("https://example.org", "x")', "s", None)


def test_what_is_probably_not_meant_stands_below_the_givens() -> None:
    sheet = opened(bptrace.loads("weights: {w: 3, b: 1}\nloss: (w - 1)^2").trace())[GIVENS]
    assert sheet["A15"].value == "line 1, column 17: nothing reads b (unread)"


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    trace = bptrace.load(RELU).trace()
    assert written(trace) == written(bptrace.load(RELU).trace())
    assert trace.to_xlsx() == written(trace)


def test_minus_infinity_is_a_number_of_which_exp_is_0() -> None:
    book = opened(bptrace.load(ROOT / "networks" / "causal_attention.yaml").trace())
    assert -1e300 in [cell.value for cell in book[GIVENS]["C"]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("weights: {w: 1e200}\nloss: w^2", "L is beyond the numbers that a cell can hold\n   csv has its value"),
        ("weights: {w: w}\nloss: w^2", "a spreadsheet works with numbers, and not all givens have one"),
        ("weights: {w: [1, 2, 3, 4]}\nloss: w@w", "a register of 5 rows; a spreadsheet gets at most 4"),
    ],
)
def test_what_no_spreadsheet_can_hold_is_refused(text: str, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "SPREADSHEET", SPREADSHEET._replace(most=4))
    network = bptrace.loads(text)
    trace = network.derived() if network.unvalued else network.trace()
    with pytest.raises(BptraceError, match=problem):
        written(trace)


TABLE = re.compile(r"^\| `(?P<rule>[^`]+)` \| `(?P<formula>[^`]+)` \|$", re.M)


@pytest.mark.parametrize(
    ("rule", "formula"), TABLE.findall((ROOT / "bptrace" / "guide" / "spreadsheet.md").read_text(encoding="utf-8"))
)
def test_the_guide_has_the_formulas(rule: str, formula: str) -> None:
    book = opened(bptrace.loads(f"weights: {{w: 3, v: 2}}\nloss: {rule}").trace())
    assert book["Forward"]["D2"].value == f"={formula}"


# The command


def test_it_is_written_by_its_suffix_and_to_standard_output(command: Command, tmp_path: Path) -> None:
    assert command("export", RELU, "-o", tmp_path / "net.xlsx") == (0, "", "")
    assert (tmp_path / "net.xlsx").read_bytes() == written(bptrace.load(RELU).trace())
    done = subprocess.run(
        [sys.executable, "-m", "bptrace", "export", RELU, "--format", "xlsx"], capture_output=True, check=True
    )
    assert done.stdout == (tmp_path / "net.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--phase", "forward"], "--phase is not for xlsx: a spreadsheet is whole"),
        (["--work"], "--work is not for xlsx: a spreadsheet is whole"),
        (["--brief"], "--brief is for formats with sentences; this is xlsx"),
        (["--fragment"], "--fragment is for LaTeX; this is xlsx"),
        (["--form", "matrix"], "the matrix form has no format xlsx"),
    ],
)
def test_an_option_that_it_has_no_place_for_is_refused(command: Command, options: list[str], problem: str) -> None:
    status, out, err = command("export", RELU, "--format", "xlsx", *options)
    assert (status, out) == (2, "")
    assert problem in err


def test_cases_become_conditions(command: Command, tmp_path: Path) -> None:
    assert command("export", RELU, "--cases", "-o", tmp_path / "net.xlsx").status == 0
    assert load_workbook(tmp_path / "net.xlsx")["Forward"]["D4"].value == "=IF(D2<0,0,D2)"


def test_without_xlsxwriter_one_line_says_how_to_install_it(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    status, out, err = command("export", RELU, "-o", tmp_path / "net.xlsx")
    assert (status, out, err) == (2, "", "error: xlsx is written by XlsxWriter: pip install 'bptrace[xlsx]'\n")
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_no_bytes(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda stream: True)
    status, out, err = command("export", RELU, "--format", "xlsx")
    assert (status, out, err) == (2, "", "error: xlsx is not for a terminal\n   -o FILE.xlsx writes a file\n")


# As LibreOffice works it out

MENU = """
title: Every operation that a rule can have
weights: {a: 0.7, b: [0.5, -1.25, 2], c: [1.5, -2], p: [0.25, 0.75], q: 0.5}
input: {x: [[1, 2, 0], [3, 1, 4], [0, 2, 2]]}
target: {y: 2, t: 1, d: [0.5, 0.5], u: [1, 0]}
forward:
  e: exp(a) + log(a) + sqrt(a) + sin(a) + cos(a) + sinh(a) + cosh(a)*pi + abs(c[2]) + 2^b[1]
  g: gelu(b) + mish(b) + hardtanh(b) + elu(b) + selu(b) + gelu_tanh(b)
  n: norm(c) + max(b) - min(b) + max(a, q) - min(a, c[1])
  m: max_pool(x*a, 2, 1)
  s: softmax(b)
loss: e + sum(g) + n + sum(m^2) + cross_entropy(b, y) + nll(g, y) + binary_cross_entropy(sigmoid(a), t)
  + binary_cross_entropy(q, t) + kl_divergence(p, d) + kl_divergence(p, u) + cross_entropy(p, d) + sum(log(s))
  + sum(sqrt(p)*log(p)) + huber(b[3], q)
update: {rule: adam, round: 1/1000}
"""
SEVENTHS = ", ".join(f"{part}/7" for part in range(-500, 500))
LONG = f"weights: {{w: [{SEVENTHS}]}}\nloss: (w@w)^2/1000\nupdate: {{lr: 0.01}}"
BATCH = """
weights: {w: [[1, 2], [0.5, -1], [0, 1]], b: [0, 0.25, -1]}
samples: [{input: {x: [1, 2]}, target: {y: 2}}, {input: {x: [-1, 0.5]}, target: {y: 3}}]
forward: {z: w@x + b}
loss: cross_entropy(z, y)
"""
TEXTS = {"menu": MENU, "limits": LIMITS, "long": LONG, "hostile": HOSTILE, "batch": BATCH}
OTHER_CLASS = {"softmax_classifier": {"y": 3}, "softmax_long_way": {}, "menu": {"y": 3}}
"""Which givens are changed, beside a weight."""
NOT_CHANGED = {"limits"}
"""Where a change leaves what there is a value for."""
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
"""LibreOffice is to work out every formula of a file that it opens."""


def networks() -> dict[str, Network]:
    return {path.stem: bptrace.load(path) for path in NETWORKS} | {
        name: bptrace.loads(text) for name, text in TEXTS.items()
    }


class Book(NamedTuple):
    """What a spreadsheet has come to: the value and the verdict of each row."""

    values: Mapping[str, Any]
    verdicts: Mapping[str, str]


class Office:
    """The spreadsheets of every network, as they are written and with givens changed, worked out by LibreOffice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.networks = networks()
        self.changes: dict[str, dict[str, Any]] = {}
        for name, network in self.networks.items():
            (folder / f"{name}.xlsx").write_bytes(written(network.trace()))
            if name not in NOT_CHANGED:
                self.changes[name] = self._changed(name, network.trace())

    def _changed(self, name: str, trace: Trace) -> dict[str, Any]:
        """Change givens in a copy of the file, and say which."""
        book = load_workbook(self.folder / f"{name}.xlsx")
        sheet = book[GIVENS]
        rows = {row[1].value: row[2] for row in sheet.iter_rows(min_row=12) if row[1].value}
        working = Working(trace)
        free = [given for given in working.givens if working.kind(given) in ("weights", "input") and "(" not in given]
        first, last = free[0], free[-1]
        moved = {first: rows[first].value + 0.375, last: rows[last].value - 0.25}
        changes = {**moved, **OTHER_CLASS.get(name, {})}
        for given, value in changes.items():
            rows[given].value = value
        book.save(self.folder / f"{name}_changed.xlsx")
        return changes

    def work_out(self) -> None:
        """Have LibreOffice open all the files, and write what it has worked out."""
        profile = self.folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS)
        options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir", "out"]
        files = sorted(path.name for path in self.folder.glob("*.xlsx"))
        subprocess.run(["soffice", *options, *files], cwd=self.folder, check=True, capture_output=True, timeout=110)

    def book(self, name: str) -> Book:
        """What LibreOffice has worked out."""
        book = load_workbook(self.folder / "out" / f"{name}.xlsx", data_only=True)
        rows = [row for sheet in book.worksheets if sheet.title != GIVENS for row in sheet.iter_rows(min_row=2)]
        return Book({row[1].value: row[3].value for row in rows}, {row[1].value: row[5].value for row in rows})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    made = Office(tmp_path_factory.mktemp("office"))
    made.work_out()
    return made


def is_near(found: Any, expected: float) -> bool:
    return isinstance(found, int | float) and abs(found - expected) <= 1e-9 * abs(expected) + 1e-12


NAMES = [*(path.stem for path in NETWORKS), *TEXTS]


@pytest.mark.office
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_every_cell_comes_to_the_registers_value(office: Office, name: str) -> None:
    working = Working(office.networks[name].trace())
    values, verdicts = office.book(name)
    assert set(values) == set(working.lines)
    assert [row for row, line in working.lines.items() if not is_near(values[row], double(line.value, row))] == []
    assert set(verdicts.values()) <= {"yes", "nearly"}


@pytest.mark.office
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_CHANGED])
def test_after_a_change_every_cell_comes_to_what_that_network_has(office: Office, name: str) -> None:
    before = Working(office.networks[name].trace())
    after = Working(office.networks[name].given(office.changes[name]).trace())
    values, verdicts = office.book(f"{name}_changed")
    assert [row for row, line in after.lines.items() if not is_near(values[row], double(line.value, row))] == []
    assert "changed" in verdicts.values()
    for row, line in after.lines.items():
        same = is_near(double(line.value, row), double(before.lines[row].value, row))
        assert verdicts[row] in (("yes", "nearly") if same else ("changed",)), row


def test_every_operation_is_put_to_work_there() -> None:
    seen = set()
    for text in (MENU, LIMITS):
        working = Working(bptrace.loads(text).trace())
        seen |= {node.op for _, tree in general_rules(working) for node in nodes(tree) if isinstance(node, Call)}
    assert {row.name for row in OPS.values() if row.cell} - seen == set()
