"""Both sides of every benchmark give the same answer. No time is asserted, or even taken."""

from __future__ import annotations

import csv
import gc
import io
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from flint import fmpq, fmpq_mat

import bptrace
from bptrace import Trace
from bptrace.engine.training import trained
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.working import Working
from tests.bench import (
    against_sympy,
    checking,
    clock,
    derivation,
    figure,
    memory,
    rows,
    start_up,
    stepping,
    training,
    values,
)
from tests.bench.__main__ import BENCHMARKS, table
from tests.bench.dense import Dense, Sizes, dense
from tests.conftest import Command
from tests.readers.derivation import read

SIZES: list[Sizes] = [(2, 2, 1), (3, 4, 2), (12, 5, 3)]
PARAMETERS = ("w", "b", "v", "c")


@pytest.fixture(params=SIZES, ids=str)
def net(request: pytest.FixtureRequest) -> Dense[Fraction]:
    return dense(request.param)


def traced(net: Dense[Fraction]) -> Trace:
    return bptrace.loads(net.text).trace()


def gradients(trace: Trace) -> dict[str, list[Fraction]]:
    """Each parameter's gradients in row order."""
    return {key: flat(trace[f"dL/d{key}"]) for key in PARAMETERS}


def flat(value: Any) -> list[Fraction]:
    if isinstance(value, Fraction):
        return [value]
    return [number for part in value for number in flat(part)]


def test_the_file_is_the_network(net: Dense[Fraction]) -> None:
    trace = traced(net)
    assert {key: flat(trace[key]) for key in (*PARAMETERS, "x", "y")} == {
        key: flat(getattr(net, key)) for key in (*PARAMETERS, "x", "y")
    }


def test_micrograd_agrees(net: Dense[Fraction]) -> None:
    pytest.importorskip("micrograd")
    trace, other = traced(net), values.Micrograd(net)
    assert [other.work_out().data] == pytest.approx(flat(trace["L"]))
    found = gradients(trace)
    for layer, (weights, biases) in zip(other.mlp.layers, (("w", "b"), ("v", "c")), strict=True):
        assert [weight.grad for neuron in layer.neurons for weight in neuron.w] == pytest.approx(found[weights])
        assert [neuron.b.grad for neuron in layer.neurons] == pytest.approx(found[biases])


def test_without_micrograd_its_line_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "micrograd", None)
    skipped = next(values.figures())
    assert "pip install '.[bench]'" in skipped.beside
    assert skipped.met is None


def test_flint_agrees(net: Dense[Fraction]) -> None:
    trace, other = traced(net), values.by_flint(net)()
    assert exact(other.loss) == trace["L"]
    matrices: list[fmpq_mat] = [other.dw, other.db, other.dv, other.dc]
    assert [[exact(item) for item in matrix.entries()] for matrix in matrices] == list(gradients(trace).values())


@pytest.mark.parametrize("updates", [1, 3])
def test_flint_trains_alike(net: Dense[Fraction], updates: int) -> None:
    *_, last = trained(bptrace.loads(f"{net.text}update: {{lr: 1/10}}\n"), updates)
    other = training.by_flint(net, updates)()
    assert exact(other.loss) == last.trace["L"]
    parameters = {key: flat(last.trace[key]) for key in PARAMETERS}
    assert [[exact(item) for item in matrix.entries()] for matrix in other.gradients] == list(
        gradients(last.trace).values()
    )
    assert [[exact(item) for item in matrix.entries()] for matrix in other.parameters] == list(parameters.values())


def exact(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def test_sympy_agrees() -> None:
    trace, other = traced(dense(against_sympy.SIZES)), against_sympy.Symbolic(dense(against_sympy.SIZES))
    derivatives = dict(zip(other.parameters, other.differentiate(), strict=True))
    assert len(derivatives) == 30
    for parameter, derivative in derivatives.items():
        assert Fraction(str(derivative.subs(other.parameters))) == trace[f"dL/d{parameter}"]


def test_sympy_derives_the_same_formulas() -> None:
    ours, theirs = derivation.Derived(), derivation.Composed()
    first, second = theirs.parameters[:12], theirs.parameters[12:]
    names = dict(zip(ours.parameters(), [*second, *first], strict=True))
    names |= {f"x{low}": sympy.Symbol(f"x{place}") for place, low in enumerate("₁₂₃")}
    functions = {name: sympy.Function(name) for name in ("f", "g", "f'", "g'")}
    _, _, *outputs = theirs.loss.args
    at_loss = {f"∂L/∂ŷ{low}": sympy.Symbol(f"u{place}") for place, low in enumerate("₁₂", 1)}
    for text, parameter in zip(ours.texts(), [*second, *first], strict=True):
        wanted = sum(
            factor * _with_primes(sympy.diff(output, parameter))
            for factor, output in zip(at_loss.values(), outputs, strict=True)
        )
        assert sympy.expand(read(text, names | at_loss, functions) - wanted) == 0, parameter


def _with_primes(expr: Any) -> Any:
    """sympy's derivative of a function at a place as a function of its own: `f'(z)`."""
    return expr.replace(
        lambda part: isinstance(part, sympy.Subs),
        lambda part: sympy.Function(f"{part.expr.expr.func}'")(*part.point),
    )


def test_the_ready_lines_are_the_register(net: Dense[Fraction]) -> None:
    text = rows.exported(bptrace.loads(net.text))
    again = io.StringIO()
    rows.write_ready(list(csv.reader(io.StringIO(text))), again)
    assert again.getvalue() == text


def test_the_printed_register_is_that_of_run(net: Dense[Fraction], command: Command, tmp_path: Path) -> None:
    path, text = tmp_path / "net.yaml", io.StringIO()
    path.write_text(net.text, encoding="utf-8")
    rows.print_register(bptrace.load(path), text)
    assert text.getvalue() == command("run", path).out


def test_memory_counts_the_whole_text() -> None:
    text = memory.square(3)
    found = memory.measured(text)
    assert found.text == len(rows.exported(bptrace.loads(text)))
    assert found.values == 9 * 9 + 1  # x, w, y, z, h, the slopes and three gradients, 3x3 each; and the loss
    assert found.peak > 0


def test_every_press_is_drawn() -> None:
    stepper = stepping.stepping(dense((2, 2, 1)).text)
    presses = stepping.Presses(stepper, ["n", "\x1b[B", "f", "r", "\x1b[F"])
    assert len(presses.times) == 5
    assert (stepper.cursor.position, stepper.columns) == ("reverse 3/3, row 10/10", ("formula", "rule"))
    assert "dL/db2" in presses.sink.getvalue()


def test_presses_leave_nothing_behind() -> None:
    stepper = stepping.stepping(dense((2, 2, 1)).text)
    assert stepping.grown(stepper, ["\t", "n", "\x1b[B", "w", "q", "\x1b[H", "d", "d"], 12) <= 20 * stepping.GROWTH


def test_every_other_register_that_is_checked_has_a_slip(tmp_path: Path) -> None:
    marker = Marker(Working(bptrace.load(checking.NETWORK).trace()), "")
    paths = checking.written(tmp_path, 8)
    reports = [marker.report(Source(str(path), path.read_text(encoding="utf-8"))) for path in paths]
    assert {len(report.rows) for report in reports} == {checking.ROWS}
    assert all(report.marked.is_good for report in reports[::2])
    assert not all(report.marked.is_good for report in reports[1::2])


def test_start_up_prints_the_register(tmp_path: Path) -> None:
    assert "dL/dw11" in start_up.run(start_up.command(), str(tmp_path))
    assert start_up.run([sys.executable, "-c", start_up.IMPORTS], str(tmp_path)) == ""


def test_a_pair_is_timed_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "collect", lambda: 0)
    done: list[str] = []
    ticks = iter(range(1_000_000))
    pair = clock.paired(lambda: done.append("A"), lambda: done.append("B"), 3, lambda: float(next(ticks)))
    assert "".join(done) == "AB" + "ABBAAB"
    assert pair == (1, 1, 1)


def test_the_table_says_what_is_met() -> None:
    figures = [("one", figure.at_most("a", "1 s", "2 s", 0.5, 1)), ("two", figure.at_least("b", "1 s", "2 s", 2, 20))]
    last = [list(column.cells)[-1] for column in table(figures).columns]
    assert last == ["two", "b", "1 s", "2 s", "2.00 x faster", ">= 20", "[bold red]no[/]"]
    assert [each.met for _, each in figures] == [True, False]


def test_benchmarks_are_chosen_by_name() -> None:
    process = [sys.executable, "-m", "tests.bench"]
    done = subprocess.run([*process, "--help"], cwd=start_up.ROOT, check=True, capture_output=True, encoding="utf-8")
    shown = "".join(done.stdout.split())  # a long line is broken at the hyphen
    assert all(name in shown for name in BENCHMARKS)
