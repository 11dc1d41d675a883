"""What `run` and `export` share: NET, `--set`, `--numbers`, `--inputs`, `--work`."""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path

import pytest

from tests.conftest import LIFECYCLE, RELU, ROOT, Command

SOFTMAX, XOR_BATCH, GENERIC = (
    str(ROOT / "networks" / f"{name}.yaml") for name in ("softmax_classifier", "xor_batch", "generic_2_2_2")
)


def values(text: str) -> dict[str, str]:
    """The values of an exported CSV, by quantity."""
    return {line["quantity"]: line["value"] for line in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize("name", ["run", "export"])
def test_a_dash_is_standard_input(command: Command, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = command(name, RELU)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(RELU).read_bytes())))
    assert command(name, "-") == expected


def test_complaints_about_standard_input_name_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"loss: q")))
    status, out, err = command("run", "-")
    assert (status, out) == (2, "")
    assert err.startswith("<stdin>:1:7: error: unknown name 'q'\n")


@pytest.mark.parametrize("arguments", [["run"], ["export"], ["run", RELU, RELU]])
def test_one_network_is_needed(command: Command, arguments: list[str]) -> None:
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert "NET" in err or "unexpected extra argument" in err


@pytest.mark.parametrize(
    ("settings", "quantity", "value"),
    [
        (["w11=3"], "z1", "5"),
        (["w11 = 3"], "z1", "5"),
        (["w11=-3"], "z1", "-1"),
        (["w11=1/3"], "z1", "7/3"),
        (["w11=0.5"], "z1", "2.5"),
        (["w11=1e-1"], "z1", "2.1"),
        (["x=[2,1]"], "z2", "1"),
        (["x=[2, 1/2]"], "z2", "3/2"),
        (["x2=5"], "z1", "5"),
        (["w=[[1,1],[2,2]]"], "z2", "6"),
        (["c=1", "y=2"], "L", "1"),
        (["w11=3", "w11=4"], "z1", "6"),
        (["w=[[1,1],[2,2]]", "w12=0"], "z1", "1"),
        (["w12=0", "w=[[1,1],[2,2]]"], "z1", "3"),
    ],
)
def test_set_gives_other_values(command: Command, settings: list[str], quantity: str, value: str) -> None:
    options = [word for setting in settings for word in ("--set", setting)]
    status, out, err = command("export", RELU, *options)
    assert (status, err) == (0, "")
    assert values(out)[quantity] == value


@pytest.mark.parametrize(
    ("setting", "quantity", "value"),
    [("W1[1,2]=7", "z1[1]", "14.3"), ("b1[2]=-1", "z1[2]", "0"), ("lr=1", "b2_new", "1.25")],
)
def test_set_knows_the_registers_names(command: Command, setting: str, quantity: str, value: str) -> None:
    assert values(command("export", LIFECYCLE, "--set", setting).out)[quantity] == value


@pytest.mark.parametrize(
    ("setting", "column", "problem"),
    [
        ("w11", 1, "a setting is NAME=VALUE"),
        ("=3", 1, "a name is missing"),
        ("q=3", 1, "unknown name 'q'"),
        ("w13=3", 1, "unknown name 'w13'"),
        ("z=3", 1, "z is worked out, not given"),
        ("z1=3", 1, "z1 is worked out, not given"),
        ("w=3", 3, "w is a 2x2 matrix, not a scalar"),
        ("x=[2,1,3]", 3, "x is a vector of 2, not a vector of 3"),
        ("w11=[3]", 5, "w11 is a scalar, not a vector of 1"),
        ("w11=abc", 5, "'abc' is not a number"),
        ("w11=nan", 5, "'nan' is not an exact number"),
        ("w11=1/0", 5, "a division by zero"),
        ("w11=1=2", 5, "'1=2' is not a number"),
        ("x=[1,[2]]", 4, "a row is a list of numbers"),
        ("x=[1,2", 3, "'[' is open: ']' is missing"),
        ("x={a: 1}", 3, "expected a number, a list of numbers or a list of rows"),
        ("w11=", 5, ""),
        ("w11=  ", 5, ""),
        ("w11=#", 5, ""),
    ],
)
def test_a_bad_setting_is_quoted_with_its_place(command: Command, setting: str, column: int, problem: str) -> None:
    status, out, err = command("run", RELU, "--set", setting)
    assert (status, out) == (2, "")
    lines = err.splitlines()
    assert lines[0].startswith(f"--set:1:{column}: error: {problem}")
    assert lines[1:3] == [f"   1 | {setting}".rstrip(), f"     | {' ' * (column - 1)}^"]
    assert "file" not in err


@pytest.mark.parametrize("name", ["run", "export"])
def test_the_order_of_the_options_is_free(command: Command, name: str) -> None:
    first = command(name, RELU, "--inputs", "--set", "w11=0.5", "--numbers", "fraction")
    assert command(name, "--numbers", "fraction", "--set", "w11=0.5", "--inputs", RELU) == first
    assert first.status == 0
    assert "dL/dx2" in first.out
    assert "5/2" in first.out


@pytest.mark.parametrize("words", [["run"], ["export"], ["why"], ["step"], ["train", "--steps", "2"]])
def test_decimals_are_no_fractions(command: Command, words: list[str]) -> None:
    name, *rest = words
    status, out, err = command(
        name, LIFECYCLE, *(["L"] if name == "why" else []), *rest, "--decimals", "3", "--numbers", "fraction"
    )
    assert (status, out) == (2, "")
    assert "--decimals rounds decimals: without --numbers fraction" in err


def test_decimals_are_marked_and_json_keeps_all_of_them(command: Command) -> None:
    assert values(command("export", LIFECYCLE, "--decimals", "2").out)["dL/dW2[1,1]"] == "≈-0.13"
    assert "│ ≈-0.13 │" in command("run", LIFECYCLE, "--decimals", "2").out
    whole = command("export", LIFECYCLE, "--format", "json")
    assert command("export", LIFECYCLE, "--format", "json", "--decimals", "2") == whole


def test_rounded_values_are_not_exact_and_their_decimals_are_whole(command: Command) -> None:
    lines = csv.DictReader(io.StringIO(command("export", LIFECYCLE, "--decimals", "2").out))
    found = {line["quantity"]: (line["value"], line["exact"], line["decimal"]) for line in lines}
    assert (found["L"], found["yhat"]) == (("≈0.78", "no", "0.78125"), ("-0.25", "yes", "-0.25"))


YHAT = ["--step", "3", "--work"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", LIFECYCLE, *YHAT], "+ 0 │       │\n│          │ = 0.05 - 0.3           │ -0.25 │"),
        (["run", LIFECYCLE, *YHAT, "--formula"], "│ yhat     │ W2[1,1]*h1 + W2[1,2]*h2 + b2 │ 0.5*0.1 + (-0.3)*1"),
        (["run", LIFECYCLE, *YHAT, "--form", "matrix"], "+ 0 = 0.05 - 0.3 = -0.25\n"),
        (["run", LIFECYCLE, "--work", "--form", "matrix"], "= ┌ 0.3 - 0.2 ┐ = ┌ 0.1 ┐\n"),
        (["why", LIFECYCLE, "yhat", "--work"], "  yhat = 0.5*0.1 + (-0.3)*1 + 0\n       = 0.05 - 0.3\n"),
        (["export", LIFECYCLE, *YHAT], "formula,rule,work,value,exact,decimal\n"),
        (["export", LIFECYCLE, *YHAT], ",0.5*0.1 + (-0.3)*1 + 0,0.05 - 0.3,-0.25,yes,-0.25\n"),
        (["export", LIFECYCLE, *YHAT, "--format", "markdown"], "| `0.5*0.1 + (-0.3)*1 + 0 = 0.05 - 0.3` | `-0.25` |"),
        (["export", LIFECYCLE, *YHAT, "--format", "latex"], r"\cdot 1 + 0 = 0.05 - 0.3$ &"),
        (["export", LIFECYCLE, *YHAT, "--form", "matrix"], "+ 0 = 0.05 - 0.3 = -0.25\n"),
        (["export", SOFTMAX, "--step", "2", "--work", "--digits", "2"], ",≈ 0.37/(0.37+7.4+4.5) ≈ 0.37/12,≈0.030,no,"),
        (["export", SOFTMAX, "--step", "2", "--work", "--format", "latex", "--digits", "2"], r"x \dfrac{0.37}{12}"),
        (["export", XOR_BATCH, "--step", "1", "--work"], "1,forward,z1,w11*x1 + w12*x2 + b1,1*0 + 1*0 + 0,0 + 0,0,"),
    ],
)  # fmt: skip
def test_rules_are_worked_out_where_that_is_asked_for(command: Command, words: list[str], expected: str) -> None:
    status, out, err = command(*words)
    assert (status, err) == (0, "")
    assert expected in out


@pytest.mark.parametrize("width", ["100", "46", "30"])
def test_a_stage_is_on_a_line_of_its_own(command: Command, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    out = command("run", LIFECYCLE, *YHAT).out
    assert re.search(r"^(│ +│ )?= 0\.05 - 0\.3 +([│=]) +-0\.25", out, re.MULTILINE)


def test_the_window_of_step_has_the_stages_beside_the_rule(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"g yhat\nq\n")))
    assert "yhat | 0.5*0.1 + (-0.3)*1 + 0 = 0.05 - 0.3 | -0.25\n" in command("step", LIFECYCLE, "--work").out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["export", RELU, "--work", "--format", "json"], "--work is not for json: a trace is whole"),
        (["export", GENERIC, "--work", "--format", "latex"], "error: x has no value"),
        (["run", GENERIC, "--work", "--form", "matrix"], "error: x has no value"),
    ],
)
def test_there_is_something_to_be_worked_out(command: Command, words: list[str], problem: str) -> None:
    status, out, err = command(*words)
    assert (status, out) == (2, "")
    assert problem in err
