"""`bptrace run`: which steps it prints, and how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import LIFECYCLE, RELU, ROOT, Command

HEADING = re.compile(r"^(\d+)\. (forward|reverse|update)  ", re.MULTILINE)


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, the header rows left out."""
    found = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]
    return [row for row in found if row[0] != "quantity"]


def headings(text: str) -> list[tuple[int, str]]:
    return [(int(number), phase) for number, phase in HEADING.findall(text)]


def test_prints_every_step_then_a_summary(command: Command) -> None:
    status, out, err = command("run", LIFECYCLE)
    assert (status, err) == (0, "")
    assert out.startswith("One lifecycle of a 2-2-1 ReLU network\n\nGivens\n  input    x = [1, 2]\n")
    assert "  update   lr = 0.1\n\n1. forward  pre-activation: z1 = W1@x + b1\n" in out
    forward, reverse = [(n, "forward") for n in (1, 2, 3, 4)], [(n, "reverse") for n in (5, 6, 7)]
    assert headings(out) == [*forward, *reverse, (8, "update")]
    assert out.split("\nSummary\n")[1].startswith("  L = 0.78125\n  dL/dW1 = [[-0.625, -1.25], [0.375, 0.75]]\n")
    assert ["W2[1,1]_new", "0.5 - 0.1*(-0.125)", "0.5125"] in rows(out)


def test_activations_are_written_by_their_cases_where_one_asks(command: Command) -> None:
    status, out, err = command("run", RELU, "--cases", "--formula")
    assert (status, err) == (0, "")
    assert ["h1", "0 if z1<0, z1 if z1>=0", "z1=2>=0: 2", "2"] in rows(out)
    assert ["h2", "0 if z2<0, z2 if z2>=0", "z2=-1<0: 0", "0"] in rows(out)
    assert ["ReLU'(z2)", "1 if z2>0, 0 if z2<=0", "z2=-1<=0", "0"] in rows(out)
    assert "= ┌  2, as 2 ≥ 0 ┐" in command("run", RELU, "--cases", "--form", "matrix").out
    assert "h₁ = 0 if z₁ < 0, z₁ if z₁ ≥ 0" in command("derive", RELU, "--cases").out


def test_says_which_units_are_blocked(command: Command) -> None:
    assert "\n  h2 is blocked: ReLU'(z2) = 0, so dL/dz2, dL/dw21, dL/dw22, dL/db2 are 0\n" in command("run", RELU).out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--phase", "forward"], [1, 2, 3, 4]),
        (["--phase", "reverse"], [5, 6, 7]),
        (["--phase", "update"], [8]),
        (["--phase", "backward"], [5, 6, 7]),
        (["--phase", "Reverse", "--phase", "UPDATE"], [5, 6, 7, 8]),
        (["--phase", "update", "--phase", "forward"], [1, 2, 3, 4, 8]),
        (["--step", "6"], [6]),
        (["--step", "8", "--phase", "update"], [8]),
        (["--step", "1", "--phase", "reverse", "--phase", "forward"], [1]),
    ],
)
def test_prints_the_steps_asked_for_alone(command: Command, options: list[str], expected: list[int]) -> None:
    status, out, err = command("run", LIFECYCLE, *options)
    assert (status, err) == (0, "")
    assert [number for number, _ in headings(out)] == expected
    assert "Summary" not in out
    assert "Givens" not in out


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--numbers", "hex"], "'hex' is not one of 'auto', 'fraction', 'decimal'"),
        (["--set"], "Option '--set' requires an argument"),
        (["--colour"], "No such option"),
    ],
)
def test_refuses_what_it_does_not_have(command: Command, options: list[str], problem: str) -> None:
    status, out, err = command("run", RELU, *options)
    assert (status, out) == (2, "")
    assert problem in err
    assert "Traceback" not in err


def test_formula_adds_a_column(command: Command) -> None:
    without = command("run", RELU, "--phase", "reverse").out
    having = command("run", RELU, "--phase", "reverse", "--formula").out
    assert ["dL/dw12", "dL/dz1*x2", "-2*2", "-4"] in rows(having)
    assert [[quantity, rule, value] for quantity, _, rule, value in rows(having)] == rows(without)


@pytest.mark.parametrize(
    ("network", "numbers", "row"),
    [
        (LIFECYCLE, "auto", ["yhat", "0.5*0.1 + (-0.3)*1 + 0", "-0.25"]),
        (LIFECYCLE, "decimal", ["yhat", "0.5*0.1 + (-0.3)*1 + 0", "-0.25"]),
        (LIFECYCLE, "fraction", ["yhat", "(1/2)*(1/10) + (-3/10)*1 + 0", "-1/4"]),
        (ROOT / "networks" / "xor.yaml", "auto", ["yhat2", "1*1 + 0*(-2) + 1/4", "5/4"]),
        (ROOT / "networks" / "xor.yaml", "decimal", ["yhat2", "1*1 + 0*(-2) + 0.25", "1.25"]),
    ],
)
def test_numbers_chooses_how_numbers_print(command: Command, network: object, numbers: str, row: list[str]) -> None:
    assert row in rows(command("run", network, "--numbers", numbers).out)


def test_inputs_adds_a_last_step(command: Command) -> None:
    assert rows(command("run", RELU, "--inputs", "--step", "8").out) == [
        ["dL/dx1", "-2*0 + 0*1", "0"],
        ["dL/dx2", "-2*1 + 0*(-1)", "-2"],
    ]


def test_a_bad_row_is_never_printed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from bptrace.engine import forms

    monkeypatch.setattr(forms, "compiled", lambda tree, rank: lambda leaves: None)
    status, out, err = command("run", RELU)
    assert (status, out) == (70, "")
    assert err.startswith("internal error: the rule of z1 does not give its value\n   a fault in bptrace ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "input: {x: 2}\nweights: {w: 3}\nfunctions: {f: generic}\nforward: {h: f(w*x)}\nloss: h^2\n",
            ":4:14: error: h calls a function that is left open\n",
        ),
        ("input: {x: 2}\nweights: {w: w}\nloss: (w*x)^2\n", ":2:11: error: w has no value\n"),
    ],
)
def test_a_network_of_which_some_is_valued_is_refused_in_either_form(
    text: str, complaint: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "half.yaml"
    path.write_text(text, encoding="utf-8")
    for options in ([], ["--set", "x=7"]):
        refused = command("run", path, *options)
        assert (refused.status, refused.out) == (2, "")
        assert complaint in refused.err
        assert command("run", path, "--form", "matrix", *options) == refused
        assert command("export", path, *options) == refused
        assert command("export", path, "--format", "json", *options) == refused


def test_the_matrix_form_of_a_network_without_values_has_formulas(command: Command) -> None:
    path = ROOT / "networks" / "generic_2_2_2.yaml"
    assert command("run", path, "--form", "matrix") == command("derive", path, "--form", "matrix")


WITHOUT = """\
4. reverse  gradient at h; gradients of w
╭──────────┬──────────────┬────────────────────────╮
│ quantity │ rule         │                  value │
├──────────┼──────────────┼────────────────────────┤
│ dL/dh1   │ 2*(2+0+1)    │                      6 │
│ dL/dh2   │ 2*(2+0+1)    │                      6 │
│ dL/dw1   │ 6/(2*2)      │                    3/2 │
│ dL/dw2   │ 6/(2*0)      │ none: division by zero │
╰──────────┴──────────────┴────────────────────────╯

5. update  one gradient step on b, w
╭──────────┬──────────────┬────────────────────────╮
│ quantity │ rule         │                  value │
├──────────┼──────────────┼────────────────────────┤
│ b_new    │ 1 - 1*6      │                     -5 │
│ w1_new   │ 4 - 1*(3/2)  │                    5/2 │
│ w2_new   │ 0 - 1*dL/dw2 │    none without dL/dw2 │
╰──────────┴──────────────┴────────────────────────╯

Summary
  L = 9
  dL/dw = [3/2, none]
  dL/db = 6
  every value that exists is exact
"""
COMPLAINT = """\
:2:14: error: division by zero in dL/dw2
   2 | forward: {h: sqrt(w)}
     |              ^
   dL/dw2 = 6/(2*0)
"""


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    """A network of which one derivative does not exist."""
    path = tmp_path / "roots.yaml"
    path.write_text(
        "weights: {w: [4, 0], b: 1}\nforward: {h: sqrt(w)}\nloss: (h[1] + h[2] + b)^2\nupdate: {lr: 1}",
        encoding="utf-8",
    )
    return path


def test_where_a_value_does_not_exist_all_that_there_is_without_it_is_printed(command: Command, roots: Path) -> None:
    status, out, err = command("run", roots)
    assert (status, err) == (2, f"{roots}{COMPLAINT}")
    assert out[out.index("4. reverse") :] == WITHOUT


def test_in_whole_arrays_as_well(command: Command, roots: Path) -> None:
    status, out, err = command("run", roots, "--form", "matrix", "--phase", "update")
    assert (status, err) == (2, f"{roots}{COMPLAINT}")
    assert (
        out
        == """\
Parameter update

     θ_new = θ_old - α·∇L
 5.  b_new = b - α·∂L/∂b = 1 - 1·6 = -5

     w_new = w - α·∂L/∂w = ┌ 4 ┐ - 1 ┌  3/2 ┐ = ┌  5/2 ┐
                           └ 0 ┘     └ none ┘   └ none ┘
"""
    )


@pytest.mark.parametrize("options", [["--step", 1], ["--explain", "--formula"], ["--exact"], ["--numbers", "decimal"]])
def test_however_it_is_printed_the_complaint_stands_below(command: Command, roots: Path, options: list[str]) -> None:
    status, out, err = command("run", roots, *options)
    assert (status, err) == (2, f"{roots}{COMPLAINT}")
    assert out


def test_the_matrix_form_has_no_units(command: Command) -> None:
    status, out, err = command("run", RELU, "--form", "matrix", "--group", "unit")
    assert (status, out) == (2, "")
    assert "--group goes with --form register" in err


@pytest.mark.parametrize(
    ("options", "sentences"),
    [(["--explain"], 6), (["--brief"], 2), (["--explain", "--brief"], 2), ([], 0)],
)
def test_a_step_is_told_whole_or_in_brief(command: Command, options: list[str], sentences: int) -> None:
    _, out, _ = command("run", RELU, "--step", 7, *options)
    assert len(re.findall(r"^  \S.*\.$", out, re.MULTILINE)) == sentences


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["run", RELU, "--brief", "--form", "matrix"], "--brief goes with --form register"),
        (["export", RELU, "--brief", "--format", "csv"], "--brief is for formats with sentences; this is csv"),
        (["export", RELU, "--brief", "--form", "matrix"], "--brief goes with --form register"),
    ],
)
def test_what_has_no_sentences_is_not_told_in_brief(command: Command, arguments: list[str], problem: str) -> None:
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert problem in err
