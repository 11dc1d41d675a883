"""`bptrace derive`: what it prints for the symbolic networks, its options, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import EVERY_NETWORK, RELU, ROOT, SYMBOLIC, Command, Golden

GENERIC = ROOT / "networks" / "generic_2_2_2.yaml"
FORMS = ("--outputs", "--chain", "--local", "--expanded", "--general", "--paths")


@pytest.mark.parametrize("path", SYMBOLIC, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        ("derive.txt", []),
        ("derive.all.txt", [*FORMS]),
        ("derive.md", ["--general", "--paths", "--local", "--format", "markdown"]),
    ],
)
def test_prints_its_golden_file(path: Path, suffix: str, words: list[str], command: Command, golden: Golden) -> None:
    status, out, err = command("derive", path, *words)
    assert (status, err) == (0, "")
    golden(f"{path.stem}.{suffix}", out)


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
@pytest.mark.parametrize("words", [[], [*FORMS, "--inputs"]], ids=["no form", "every form"])
def test_derives_every_network(path: Path, words: list[str], command: Command) -> None:
    status, out, err = command("derive", path, *words)
    assert (status, err) == (0, "")
    assert "∂" in out
    assert max(map(len, out.splitlines())) <= 100 + 60, "a line is as wide as the window, or as its longest word"


@pytest.mark.parametrize(
    ("quantities", "lines"),
    [
        (["w12"], ["  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂", "          = ∂L/∂z₁·x₂"]),
        (["dL/dw12"], ["  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂", "          = ∂L/∂z₁·x₂"]),
        (["dL/dw[1,2]"], ["  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂", "          = ∂L/∂z₁·x₂"]),
        (["b"], ["  ∂L/∂b₁ = ∂L/∂z₁ · ∂z₁/∂b₁", "         = ∂L/∂z₁ · 1", "         = ∂L/∂z₁"]),
        (
            ["h1", "c"],
            ["  ∂L/∂c = ∂L/∂ŷ · ∂ŷ/∂c", "  ∂L/∂h₁ = ∂L/∂ŷ · ∂ŷ/∂h₁", "         = ∂L/∂ŷ·v₁"],
        ),
        (["yhat"], ["  ∂L/∂ŷ = 2·(ŷ - y)"]),
    ],
)
def test_some_gradients_alone(quantities: list[str], lines: list[str], command: Command) -> None:
    status, out, _ = command("derive", RELU, *quantities)
    assert status == 0
    assert [line for line in lines if line not in out.splitlines()] == []
    assert "forward" not in out


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["h1", "--local"], ["  h₁ = max(0, z₁)", "  ∂L/∂h₁ = ∂L/∂ŷ·v₁"]),
        (["h1", "--chain"], ["  ∂L/∂h₁ = ∂L/∂ŷ · ∂ŷ/∂h₁"]),
        (
            ["h1", "--expanded", "--levels", "1"],
            ["  h₁ = max(0, z₁)", "     = max(0, w₁₁·x₁ + w₁₂·x₂ + b₁)   with z₁ put in"],
        ),
        (["L"], ["  L = (ŷ - y)²"]),
    ],
)
def test_what_is_worked_out_is_shown_itself(words: list[str], lines: list[str], command: Command) -> None:
    status, out, _ = command("derive", RELU, *words)
    assert status == 0
    shown = [line.replace("2·(ŷ - y)", "∂L/∂ŷ") for line in out.splitlines()]
    assert [line for line in lines if line not in shown] == []
    assert ("forward" in out) == (words != ["h1", "--chain"])


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("--chain", "  ∂L/∂w₁₂ = ∂L/∂ŷ · ∂ŷ/∂h₁ · ∂h₁/∂z₁ · ∂z₁/∂w₁₂"),
        ("--local", "  ∂L/∂w₁₂ = ∂L/∂z₁·x₂"),
        ("--general", "          = ∂L/∂ŷ·vⱼ·ReLU'(zⱼ)·xₖ"),
        ("--paths", "    ∂L/∂ŷ·v₁·ReLU'(z₁)·x₂"),
    ],
)
def test_forms(form: str, line: str, command: Command) -> None:
    status, out, _ = command("derive", RELU, "w12", form)
    assert status == 0
    assert [each.replace("2·(ŷ - y)", "∂L/∂ŷ") for each in out.splitlines()].count(line) == 1


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["dyhat1/dW1[2,1]"], ["  ∂ŷ₁/∂W⁽¹⁾₁₂ = ∂ŷ₁/∂y₁' · ∂y₁'/∂h₂ · ∂h₂/∂h₂' · ∂h₂'/∂W⁽¹⁾₁₂"]),
        (["dz1/dx2", "W2", "--local"], ["  ∂h₁'/∂x₂ = W⁽¹⁾₂₁", "  ∂L/∂W⁽²⁾₁₁ = ∂L/∂y₁'·h₁"]),
        (["dyhat1/dx1", "--paths"], ["∂ŷ₁/∂x₁: 2 paths", "    g'(y₁')·W⁽²⁾₁₁·f'(h₁')·W⁽¹⁾₁₁"]),
    ],
)
def test_derivatives_of_any_quantity(words: list[str], lines: list[str], command: Command) -> None:
    status, out, _ = command("derive", GENERIC, *words)
    assert status == 0
    assert [line for line in lines if line not in out.splitlines()] == []
    assert ("reverse" in out) == ("W2" in words)


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        (["dyhat/dW2"], "g is left open"),
        (["dL/dW2"], "g and L are left open"),
        (["dyhat/dW2", "dh/dW1"], "f and g are left open"),
        (["dyhat/dW2", "W1"], "f, g and L are left open"),
        (["dh1/dx1", "dL/dW2", "--paths"], "f, g and L are left open"),
    ],
)
def test_what_is_said_to_be_left_open_occurs(words: list[str], ending: str, command: Command) -> None:
    assert command("derive", GENERIC, *words).out.splitlines()[-1] == ending
    typeset = command("derive", GENERIC, *words, "--format", "markdown").out.splitlines()[-1]
    assert typeset.replace("$", "") == f"{ending}."


@pytest.mark.parametrize("suffix", ["md", "tex"])
def test_derivatives_are_typeset(suffix: str, command: Command, tmp_path: Path) -> None:
    forms = [form for form in FORMS if form != "--general"]
    assert command("derive", GENERIC, "dyhat1/dW2", *forms, "-o", tmp_path / f"x.{suffix}") == (0, "", "")
    text = (tmp_path / f"x.{suffix}").read_text(encoding="utf-8")
    assert r"\dfrac{\partial \hat{y}_{1}}{\partial W^{(2)}_{12}} &= 0" in text
    assert "everse" not in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["q"], "error: there is no gradient of 'q'\n   known here: W1, W2, h, u, yhat, z\n"),
        (["W3"], "   did you mean 'W2'?\n"),
        (["dL/dq"], "error: there is no gradient of 'q'\n"),
        (["yhat1/dx1"], "u, yhat, z\n   did you mean 'dyhat1/dx1'?\n"),
        (["dyhat1/x1"], "   did you mean 'dyhat1/dx1'?\n"),
        (["L/W1"], "   did you mean 'dL/dW1'?\n"),
        (["x1/dW1"], "   did you mean 'W1'?\n"),
        (["x2"], "error: there is no gradient of 'x2'\n   give --inputs, too\n"),
        (["dyhat1/dq"], "error: there is no quantity 'q'\n   known here: W1, W2, h, u, x, y, yhat, z\n"),
        (["dx1/dz"], "error: 'x1' is given: it changes with nothing\n   as in dz/dx\n"),
        (["dyhat/dx", "--general", "--chain"], "Error: --general is for gradients of L: not for dyhat/dx\n"),
        (["--levels", "2"], "Error: --levels says how far --expanded goes: give that, too\n"),
        (["--expanded", "--levels", "0"], "Invalid value for '--levels': 0 is not in the range 1<=x<=1000.\n"),
        (["--form", "matrix", "--levels", "2"], "--levels goes with --form register\n"),
        (["-o", "x.csv"], "no format has the suffix of x.csv; known: .txt, .md, .markdown, .tex; or give --format"),
        (["--format", "csv"], "'csv' is not one of 'text', 'markdown', 'latex'"),
    ],
)
def test_what_is_refused(words: list[str], message: str, command: Command) -> None:
    status, out, err = command("derive", GENERIC, *words)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(("suffix", "start"), [("md", "# Two"), ("txt", "Two"), ("tex", "\\documentclass")])
def test_the_suffix_says_the_format(suffix: str, start: str, tmp_path: Path, command: Command) -> None:
    assert command("derive", GENERIC, "-o", tmp_path / f"x.{suffix}") == (0, "", "")
    assert (tmp_path / f"x.{suffix}").read_text(encoding="utf-8").startswith(start)


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_narrow_window_breaks_lines_before_signs(
    width: int, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = command("derive", GENERIC, "--expanded", "dL/dW1[2,1]")[1]
    monkeypatch.setenv("COLUMNS", "1000")
    whole = command("derive", GENERIC, "--expanded", "dL/dW1[2,1]")[1]
    assert "".join(out.split()) == "".join(whole.split())


@pytest.mark.parametrize("givens", ["input: {x: -1}\nweights: {w: 1}", "input: {x: [1, -1]}\nweights: {w: [1, 1]}"])
def test_as_many_factors_as_an_equation_may_have_are_derived(command: Command, tmp_path: Path, givens: str) -> None:
    net = tmp_path / "net.yaml"
    net.write_text(f"{givens}\nloss: sum({'*'.join(['w', 'x'] * 100)})\n")
    assert command("derive", net)[::2] == (0, "")
    assert command("derive", net, "--form", "matrix")[::2] == (0, "")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂ = -2·x₂ = -2·2 = -4"),
        (["--set", "x=[0,1/2]"], "  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂ = -5·x₂ = -5·(1/2) = -5/2"),
        (["--set", "x=[0,1/2]", "--numbers", "decimal"], "  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂ = -5·x₂ = -5·0.5 = -2.5"),
        (["--set", "x=[0,1/3]", "--decimals", "1"], "  ∂L/∂w₁₂ = ∂L/∂z₁ · ∂z₁/∂w₁₂ ≈ -5.3·x₂ ≈ -5.3·0.3 ≈ -1.8"),
        (["--format", "markdown"], r"\dfrac{\partial L}{\partial w_{12}} &= \dfrac{\partial L}{\partial z_{1}} \cdot"
         r" \dfrac{\partial z_{1}}{\partial w_{12}} = -2 \cdot x_{2} = -2 \cdot 2 = -4"),
    ],
)  # fmt: skip
def test_a_line_has_names_numbers_and_value(options: list[str], line: str, command: Command) -> None:
    status, out, err = command("derive", RELU, "--values", *options, "w12")
    assert (status, err) == (0, "")
    assert line in out.splitlines()


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
@pytest.mark.parametrize("format_name", ["text", "markdown", "latex"])
def test_every_network_with_values_has_such_lines(path: Path, format_name: str, command: Command) -> None:
    status, out, err = command("derive", path, "--values", "--work", "--inputs", "--format", format_name)
    if path in SYMBOLIC:
        assert (status, out) == (2, "")
        assert err.endswith("or see 'bptrace derive' without --values\n")
    else:
        assert (status, err) == (0, "")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--values", "--chain"], "--values does not go with --chain: leave one of the two out"),
        (
            ["--values", "--form", "matrix"],
            "--values does not go with --form matrix: bptrace run --form matrix has the",
        ),
        (["--values", "--numbers", "fraction", "--decimals", "2"], "--decimals rounds decimals: without --numbers"),
        (["--digits", "3"], "--digits goes with --values"),
        (["--numbers", "decimal"], "--numbers goes with --values"),
        (["--decimals", "3"], "--decimals goes with --values"),
        (["--set", "w11=3"], "--set goes with --values"),
        (["--work"], "--work goes with --values"),
    ],
)
def test_what_says_something_of_values_goes_with_them(options: list[str], problem: str, command: Command) -> None:
    status, out, err = command("derive", RELU, *options)
    assert (status, out) == (2, "")
    assert problem in err


def test_formulas_that_are_too_long_together_are_refused_at_once(command: Command, tmp_path: Path) -> None:
    net, target = tmp_path / "net.yaml", tmp_path / "net.md"
    net.write_text(f"weights: {{w: [{', '.join(['2'] * 1_500)}]}}\nforward: {{s: sum(w*w)}}\nloss: sum(s*w)\n")
    status, out, err = command("derive", net, "--expanded", "-o", target)
    assert (status, out, target.exists()) == (2, "", False)
    assert "net.yaml:3:7: error: with everything put in, " in err
    assert command("derive", net, "--expanded", "-o", target, "dL/ds")[0] == 0
