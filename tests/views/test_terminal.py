"""The terminal: tables within the window, long sums cut, notes and summary, no colour where none is wanted."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len

from bptrace import Trace, loads
from bptrace.explain.summary import summarize
from bptrace.ops.notation import TERMS
from bptrace.views import terminal
from tests.conftest import NETWORKS, traced

LONG = """
title: {title}
input: {{a_long_name_for_the_input: {numbers}}}
weights: {{a_long_name_for_the_weights: {numbers}}}
loss: (a_long_name_for_the_weights@a_long_name_for_the_input)^2
"""
WIDE = "title: 漢字の題名\nweights: {重み: [1, 2]}\nloss: 重み@重み"
TIES = "weights: {w: [0, 1, 0]}\nloss: sum(relu(w))"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(trace: Trace, out: io.StringIO | None = None, formulas: bool = True, summary: bool = True) -> str:
    out = out or io.StringIO()
    terminal.write_steps(trace, trace.steps, terminal.Look(formulas), summarize(trace) if summary else None, out)
    return out.getvalue()


def long_network(count: int) -> str:
    return LONG.format(title="a title " * 30, numbers=list(range(1, count + 1)))


@pytest.fixture(autouse=True)
def window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


RAMP = "weights: {w: 0}\nforward: {h: relu(w)}"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in NETWORKS}
TEXTS |= {"long": long_network(30), "wide": WIDE, "ties": TIES}


@pytest.mark.parametrize("width", [100, 60, 40, 20])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_is_wider_than_the_window(text: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    trace = loads(text).trace().shortened(TERMS)
    assert max(map(cell_len, printed(trace).splitlines())) <= width


@pytest.mark.parametrize("width", [40, 20])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_narrow_window_has_a_line_a_row(path: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    trace = traced(path)
    squeezed = "".join(printed(trace).split())
    for row in trace.rows():
        quantity, *texts = ("".join(text.split()).removeprefix("≈") for text in row.texts())
        told = "[=≈:;]".join(map(re.escape, dict.fromkeys([quantity, *texts])))
        assert re.search(told, squeezed), row


@pytest.mark.parametrize(
    ("text", "formulas", "lines"),
    [
        (f"{RAMP}\nloss: h", True, ["ReLU'(w): 1 if w>0, 0 if w<=0; w=0<=0: 0", "dL/dw = dL/dh*ReLU'(w) = 1*0 = 0"]),
        (f"{RAMP}\nloss: h", False, ["h = max(0,0) = 0", "dL/dh = 1", "ReLU'(w): w=0<=0: 0", "L = h = 0"]),
        (f"{RAMP}\nloss: exp(h + 1) + 1", False, ["L = exp(0+1) + 1\n= exp(1) + 1\n≈ 2.718 + 1 ≈ 3.718"]),
        (f"{RAMP}\nloss: exp(h + 1)", False, ["dL/dw = 2.718*0 = 0"]),
        ("weights: {w: -1}\nloss: leaky_relu(w, 1/2)", False, ["L: w=-1<=0: (1/2)*(-1) = -1/2"]),
    ],
)
def test_a_line_in_a_narrow_window_is_true(
    text: str, formulas: bool, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "43")
    shown = f"\n{printed(loads(text).trace(digits=4).with_work(), formulas=formulas)}"
    assert all(f"\n{line}\n" in shown for line in lines), shown


@pytest.mark.parametrize("width", [100, 46])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_folding_loses_nothing(path: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    trace = traced(path)
    cells: dict[int, list[str]] = {column: [] for column in range(4)}
    for line in printed(trace).splitlines():
        for column, cell in enumerate(line.split("│")[1:-1]):
            cells[column].append(cell)
    seen = ["".join("".join(parts).split()) for parts in cells.values()]
    for step in trace.steps:
        for row in step:
            assert all("".join(text.split()) in column for text, column in zip(row.texts(), seen, strict=True))


def test_a_long_heading_goes_on_below_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = "weights: {w: 2, b: 1}\nforward: {z: w*3 + b, a_longer_name: z^2 + z*w}\nloss: a_longer_name"
    assert "2. forward  a_longer_name = z^2 + z*w\n" in printed(loads(text).trace())
    monkeypatch.setenv("COLUMNS", "32")
    assert "2. forward  a_longer_name = z^2\n            + z*w\n" in printed(loads(text).trace())


def test_without_a_window_lines_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    trace = loads(long_network(30)).trace()
    assert f"│ {trace.steps[0][0].rule} │" in printed(trace)


@pytest.mark.parametrize(("count", "left_out"), [(8, 0), (9, 0), (10, 0), (11, 2), (30, 21), (1000, 991)])
def test_long_sums_are_cut_in_the_middle_and_counted(count: int, left_out: int) -> None:
    trace = loads(long_network(count)).trace().shortened(TERMS)
    rule = trace.steps[0][0].rule
    found = re.findall(r"… (\d+) more terms? …", rule)
    assert found == [str(left_out)] * bool(left_out)
    assert len(rule.split(" + ")) - len(found) + left_out == count
    assert rule.startswith("1*1 + 2*2 + ")
    assert rule.endswith(f" + {count - 1}*{count - 1} + {count}*{count}")


def test_very_long_numbers_are_cut_on_the_screen() -> None:
    text = printed(loads("weights: {w: 2}\nforward: {a: w^1000}\nloss: a^1000").trace(), formulas=False)
    assert " more characters … " in text
    assert len(text) < 50_000


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (TIES, ["w1 is exactly 0: ReLU'(0) is taken as 0", "w3 is exactly 0: ReLU'(0) is taken as 0"]),
        ("weights: {w: 1/2}\nloss: hardtanh(2*w)", ["z_L is exactly 1: hardtanh' is taken as 0 at -1 and 1"]),
        ("weights: {w: 3}\nloss: absolute_error(w, 3)", ["w-3 is exactly 0: abs has no slope at 0; 0 is taken"]),
        ("weights: {w: 3}\nloss: squared_error(w, 3)", []),
    ],
)
def test_a_tie_is_noted_below_its_table(text: str, notes: list[str]) -> None:
    lines = printed(loads(text).trace(), summary=False).splitlines()
    assert [line for line in lines if " is exactly " in line] == [f"  {note}" for note in notes]


@pytest.mark.parametrize(
    ("loss", "ties"),
    [
        ("max(w)", 0),
        ("min(w)", 1),
        ("max(w[1], w[2])", 0),
        ("max(w[1], w[3])", 1),
        ("sum(max(w, 2))", 1),
        ("min(w[2], w[3])", 0),
    ],
)
def test_equal_ones_and_only_equal_ones_are_said_to_share(loss: str, ties: int) -> None:
    text = printed(loads(f"weights: {{w: [1, 2, 1]}}\nloss: {loss}").trace())
    assert len(re.findall(r"is exactly .*share the gradient", text)) == ties


def test_many_blocked_units_are_counted() -> None:
    text = f"weights: {{w: {[-1] * 30}}}\nforward: {{h: relu(w)}}\nloss: sum(h)"
    lines = printed(loads(text).trace()).split("Summary\n")[1].splitlines()
    blocked = [line for line in lines if "blocked" in line]
    assert blocked[0] == "  h[1] is blocked: ReLU'(w[1]) = 0, so dL/dw[1] is 0"
    assert blocked[-1] == "  and 21 more units are blocked"
    assert len(blocked) == 10


def test_a_gradient_behind_several_blocked_units_is_said_to_be() -> None:
    text = "weights: {a: 2}\nforward: {p: -a, q: -2*a, h: relu(p), g: relu(q)}\nloss: h + g"
    assert "\n  every path to dL/da is blocked\n" in printed(loads(text).trace())


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_that_want_it(
    environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", **environment}.items():
        monkeypatch.setenv(name, value)
    trace = loads("weights: {w: 2}\nloss: w^2").trace()
    assert ("\x1b[36m" in printed(trace, Terminal())) is coloured
    assert "\x1b" not in printed(trace)


@pytest.mark.parametrize("title", [r"\e[31mred\e[0m", r"\e]0;owned\a", r"\x9b31m", r"a\u202Eb"])
def test_a_title_cannot_steer_the_terminal(title: str) -> None:
    text = printed(loads(f'title: "{title}"\nweights: {{w: 2}}\nloss: w').trace())
    assert all(line.isprintable() for line in text.splitlines())


def test_a_title_is_not_read_as_markup() -> None:
    assert printed(loads("title: '[bold]x[/bold] :smile:'\nloss: 1").trace()).startswith("[bold]x[/bold] :smile:\n")


def test_steps_longer_than_a_batch_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(terminal, "ROWS_AT_ONCE", 4)
    trace = loads("weights: {w: [0, 2, 3, 4, 5, 0]}\nforward: {h: relu(w)}\nloss: sum(h)").trace()
    text = printed(trace)
    rows = re.findall(r"^│ (\S+) ", text, re.MULTILINE)
    assert [name for name in rows if name != "quantity"] == [row.quantity for row in trace.rows()]
    assert re.findall(r"^  (w\d) is exactly 0", text, re.MULTILINE) == ["w1", "w6"]
