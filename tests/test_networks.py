"""The networks: each against the documents, its golden files, the independent reader and sympy.

After a change that is meant: `python -m pytest tests/test_networks.py --rewrite-golden`, then read the diff.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

from bptrace import Trace, load
from tests import second_opinion
from tests.conftest import GOLDEN, NETWORKS, ROOT, SYMBOLIC, Command, Golden, traced
from tests.readers.register import names_of, value_of

every_network = pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)


def trace_of(name: str) -> Trace:
    return load(ROOT / "networks" / f"{name}.yaml").trace()


def lines_of(name: str) -> list[list[str]]:
    with (GOLDEN / name).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


# what the documents say


@pytest.mark.parametrize("name", ["relu_2_2_1", "linear_2_2_2_1"])
def test_reverse_rows_are_the_documents(name: str) -> None:
    reverse = [step for step in trace_of(name).steps if step.phase == "reverse"]
    rows = [[row.quantity, row.rule, row.value_text] for step in reverse for row in step]
    assert rows == lines_of(f"{name}.reverse.csv")


def test_every_value_of_the_lifecycle_is_the_documents() -> None:
    rows = {row.quantity: row for row in trace_of("relu_lifecycle").rows()}
    expected = lines_of("relu_lifecycle.values.csv")
    assert [[name, rows[name].value_text] for name, _ in expected] == expected
    assert all(rows[name] == Fraction(text) for name, text in expected)


@pytest.mark.parametrize(
    ("name", "quantity", "formula"),
    [
        ("two_outputs", "dL/dh1", "dL/du1*v11 + dL/du2*v21"),
        ("two_outputs", "dL/dh2", "dL/du1*v12 + dL/du2*v22"),
        ("two_outputs", "dL/du2", "dL/dyhat2*LeakyReLU'(u2)"),
        ("two_outputs", "dL/dw21", "dL/dz2*x1"),
        ("skip_connection", "dL/dz2", "dL/dyhat"),
        ("skip_connection", "dL/dh1", "dL/dz2*w2"),
        ("skip_connection", "dL/dz1", "dL/dh1*ReLU'(z1)"),
        ("skip_connection", "dL/dh0", "dL/dz1*w1 + dL/dz2*w3"),
        ("skip_connection", "dL/dz0", "dL/dh0*ReLU'(z0)"),
        ("skip_connection", "dL/dw0", "dL/dz0*x"),
        ("skip_connection", "dL/dw1", "dL/dz1*h0"),
        ("skip_connection", "dL/dw3", "dL/dz2*h0"),
        ("recurrence", "dL/da", "dL/ds1*s0 + dL/ds2*s1 + dL/ds3*s2"),
        ("xor", "dL/dc", "dL/dyhat1 + dL/dyhat2 + dL/dyhat3 + dL/dyhat4"),
    ],
)
def test_chain_rule_is_written_as_on_paper(name: str, quantity: str, formula: str) -> None:
    rows = {row.quantity: row.formula for row in trace_of(name).rows()}
    assert rows[quantity] == formula


@every_network
def test_opens_with_what_it_teaches(path: Path) -> None:
    assert re.match(r"# Teaches: .{40}", path.read_text(encoding="utf-8"))


# what it prints


@every_network
@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        ("csv", ["export", "--format", "csv"]),
        ("md", ["export", "--format", "markdown"]),
        ("txt", ["run"]),
    ],
)
def test_prints_its_golden_file(path: Path, suffix: str, words: list[str], command: Command, golden: Golden) -> None:
    status, out, err = command(*words, path)
    assert (status, err) == (0, "")
    golden(f"{path.stem}.{suffix}", out)


LATEX = ["adam", "generic_2_2_2", "lstm", "relu_lifecycle", "xor_batch"]
"""Documents whose layout shows: what an optimizer keeps, no values, long rules, decimals in matrices, samples."""


@pytest.mark.parametrize("name", LATEX)
def test_a_latex_document_is_its_golden_file(name: str, command: Command, golden: Golden) -> None:
    status, out, err = command("export", "--format", "latex", ROOT / "networks" / f"{name}.yaml")
    assert (status, err) == (0, "")
    golden(f"{name}.tex", out)


TRAININGS = [("adam", "3"), ("sigmoid_2_2_2", "5")]


@pytest.mark.parametrize(("name", "steps"), TRAININGS)
@pytest.mark.parametrize(("suffix", "words"), [("txt", []), ("all.csv", ["--show", "all", "--format", "csv"])])
def test_trains_as_its_golden_file_says(
    name: str, steps: str, suffix: str, words: list[str], command: Command, golden: Golden
) -> None:
    path = ROOT / "networks" / f"{name}.yaml"
    assert command("train", path, "--steps", steps, *words)[::2] == (0, "")
    golden(f"{name}.train.{suffix}", command("train", path, "--steps", steps, *words)[1])


def test_no_golden_file_is_left_over() -> None:
    trainings = [f"{name}.train.{suffix}" for name, _ in TRAININGS for suffix in ("txt", "all.csv")]
    documents = [*trainings, "linear_2_2_2_1.reverse.csv", "relu_2_2_1.reverse.csv", "relu_lifecycle.values.csv"]
    documents += ["relu_2_2_1.json", "relu_2_2_1.step.txt", "relu_2_2_1.predict.txt"]
    documents += [f"{name}.txt" for name in ("lstm.graph", "two_outputs.graph.why", "xor_batch.graph.why")]
    documents += [f"relu_2_2_1.graph.{nodes}.txt" for nodes in ("unit", "quantity")]
    documents += [f"relu_lifecycle.matrix.{suffix}" for suffix in ("txt", "md", "tex")]
    documents += [f"{path.stem}.derive.{suffix}" for path in SYMBOLIC for suffix in ("txt", "all.txt", "md")]
    documents += [f"{name}.tex" for name in LATEX]
    written = [f"{path.stem}.{suffix}" for path in NETWORKS for suffix in ("csv", "md", "txt")]
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(documents + written)


# what others make of it


@every_network
def test_every_printed_line_reads_back_to_its_value(path: Path) -> None:
    trace = traced(path, inputs=True)
    registers = {part: names_of(part) for part in (trace, *trace.samples)}
    for step in trace.steps:
        names = registers[trace.of(step)]
        for quantity, formula, rule, value in (row.texts() for row in step):
            read = (value_of(formula, names), value_of(rule, names), value_of(value))
            assert read == (names[quantity],) * 3, f"{quantity} | {formula} | {rule} | {value}"


@every_network
def test_every_gradient_is_sympys(path: Path) -> None:
    trace = traced(path, inputs=True)
    for name, gradient in second_opinion.gradients(path.read_text(encoding="utf-8")).items():
        assert trace[f"d{trace.program.loss}/d{name}"] == gradient, name
