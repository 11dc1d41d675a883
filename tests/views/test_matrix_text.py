"""The matrix form on the terminal: its golden file, and windows and encodings of every kind."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bptrace import loads
from bptrace.typeset.cells import width
from bptrace.views import matrix_text
from tests.conftest import LIFECYCLE, NETWORKS, RELU, Command, Golden, traced

FOLDER = Path(LIFECYCLE).parent
WIDE = "input: {x: [" + ", ".join(["1"] * 40) + "]}\nweights:\n  w: [" + ", ".join(["[0.5" + ", -0.25" * 39 + "]"] * 20)
WIDE += "]\nforward: {z: w@x}\nloss: sum(z)\n"


def written(
    path: str | Path, columns: int, monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8", shapes: bool = True
) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    matrix_text.write_matrix_text(traced(path), out, shapes, explain=True)
    out.flush()
    return raw.getvalue().decode(encoding).splitlines()


def test_prints_its_golden_file(command: Command, golden: Golden) -> None:
    status, out, err = command("run", LIFECYCLE, "--form", "matrix")
    assert (status, err) == (0, "")
    golden("relu_lifecycle.matrix.txt", out)


def test_where_nothing_is_coloured_no_line_is_richs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptrace.views.sheet.Sheet.console", None)
    assert any(map(str.strip, written(LIFECYCLE, 80, monkeypatch)))


@pytest.mark.parametrize("columns", [10, 31, 60, 120])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_window(path: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(path, columns, monkeypatch)
    assert max(map(width, lines)) <= columns
    assert all(line == line.rstrip() for line in lines)
    assert not any(char >= "\U000f0000" for line in lines for char in line)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_an_encoding_without_the_characters_has_others(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(LIFECYCLE, 80, monkeypatch, encoding, shapes=False)
    place = lines.index(" 5.  Output error")
    assert lines[place - 1 : place + 4] == [
        "",
        lines[place],
        "     dL/dyhat = yhat - y = -0.25 - 1 = -1.25",
        "",
        "     Gradients of the output layer",
    ]
    assert any(line.endswith("= [ 0.1 ]") for line in lines)
    assert "?" not in "".join(lines)


def test_a_dot_after_a_prime_is_no_subscript(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(FOLDER / "generic_2_2_2.yaml", 100, monkeypatch, "ascii")
    assert any("= [ dL/dh_1'*x_1  dL/dh_1'*x_2 ]" in line for line in lines)
    assert any("     dL/dh = W^(2)^T dL/dy' = [ W^(2)_11" in line for line in lines)


def test_a_long_line_goes_on_below_its_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(FOLDER / "relu_2_2_1.yaml", 44, monkeypatch)
    start = next(place for place, line in enumerate(lines) if line.startswith(" 1."))
    assert [line.index("=") for line in lines[start : start + 4] if "=" in line] == [9, 9]


def test_a_large_matrix_is_cut_and_counted(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    path.write_text(WIDE, encoding="utf-8")
    status, out, _ = command("run", path, "--form", "matrix", "--phase", "forward")
    assert status == 0
    assert "… 11 more …" in out
    assert max(map(width, out.splitlines())) <= 100
    exported = command("export", path, "--form", "matrix").out
    assert "more" not in exported
    assert exported.count("-0.25") >= 20 * 39 * 2


def test_a_step_alone_has_its_number_and_no_givens(command: Command) -> None:
    out = command("run", LIFECYCLE, "--form", "matrix", "--step", "3").out
    assert "Initialization" not in out
    assert out.count(" 3.  Output\n     ŷ = W⁽²⁾ h + b⁽²⁾ = [ 0.5  -0.3 ] ┌ 0.1 ┐ + 0 = -0.25\n") == 1


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--phase", "reverse"], "Backpropagation"),
        (["--numbers", "fraction"], "-5/4"),
        (["--set", "y=2"], "-2.25"),
        (["--inputs"], "∂L/∂x = W⁽¹⁾ᵀ ∂L/∂z⁽¹⁾"),
        (["--shapes"], "2×1"),
        (["--explain"], "\n        Both entries of z⁽¹⁾ are positive, so both slopes are 1.\n"),
    ],
)
def test_options_of_run_hold(options: list[str], shown: str, command: Command) -> None:
    status, out, err = command("run", LIFECYCLE, "--form", "matrix", *options)
    assert (status, err) == (0, "")
    assert shown in out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--form", "matrix", "--formula"], "--formula goes with --form register"),
        (["--form", "matrix", "--exact"], "--exact goes with --form register"),
        (["--shapes"], "--shapes goes with --form matrix"),
    ],
)
def test_options_of_the_other_form_are_refused(options: list[str], complaint: str, command: Command) -> None:
    status, out, err = command("run", LIFECYCLE, *options)
    assert (status, out) == (2, "")
    assert complaint in err


def test_a_derivation_has_arrays_of_formulas(command: Command) -> None:
    status, out, err = command("derive", FOLDER / "relu_2_2_1.yaml", "--form", "matrix")
    assert (status, err) == (0, "")
    assert "∂L/∂w = ∂L/∂z xᵀ = ┌ ∂L/∂z₁ ┐ [ x₁  x₂ ] = ┌ ∂L/∂z₁·x₁  ∂L/∂z₁·x₂ ┐\n" in out
    assert command("derive", RELU, "--form", "matrix", "--paths")[:2] == (2, "")
    typeset = command("derive", RELU, "--form", "matrix", "--format", "latex").out
    assert typeset.startswith("\\documentclass")
    assert "\\begin{pmatrix} x_{1} & x_{2} \\end{pmatrix}" in typeset
    assert "name none" in command("derive", RELU, "w", "--form", "matrix").err


def test_digits_are_as_many_as_asked_for(command: Command) -> None:
    out = command("run", FOLDER / "sigmoid_neuron.yaml", "--form", "matrix", "--digits", "4").out
    assert "e = exp(n) = exp(-1) ≈ 0.3679\n" in out


def test_a_network_without_a_title_begins_with_its_givens(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setenv("COLUMNS", "80")
    matrix_text.write_matrix_text(loads("weights: {w: 3}\nloss: w^2").trace(), out)
    assert out.getvalue().startswith("Initialization\n\n     w = 3\n\nForward pass\n\n 1.  L = w² = 3² = 9\n")


def test_a_convention_names_quantities_as_the_lines_above_it_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("weights: {w: [0, 1]}\nforward: {h: relu(w)}\nloss: sum(h)\nnames: {w: omega}", encoding="utf-8")
    assert "     ω₁ is exactly 0: ReLU'(0) is taken as 0" in written(path, 80, monkeypatch)
