"""`bptrace worksheet`: one to standard output or a file, what goes together, numbers that are searched for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace.cli.starters import DRAWS
from bptrace.marking.proposals import POOLS
from tests.conftest import RELU, Command

SMALL = "weights: {w: [3, 2]}\ninput: {x: [1, 4]}\nforward: {z: w@x}\nloss: z^2\n"


def test_a_worksheet_and_its_key_on_standard_output(command: Command) -> None:
    status, out, err = command("worksheet", RELU)
    assert (status, err) == (0, "")
    assert out.startswith("# Two-layer ReLU network\n\nName:\n")
    assert out.count("\n# Key: Two-layer ReLU network\n") == 1
    sheet, key = (command("worksheet", RELU, "--only", part).out for part in ("sheet", "key"))
    assert out == f"{sheet}\n---\n\n{key}"


def test_the_suffix_says_the_format(command: Command, tmp_path: Path) -> None:
    for name, begins in (("a.csv", "quantity,"), ("a.tex", "\\documentclass"), ("a.md", "# ")):
        assert command("worksheet", RELU, "-o", tmp_path / name) == (0, "", "")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert command("worksheet", RELU, "--format", "csv").out == (tmp_path / "a.csv").read_text(encoding="utf-8")


def test_csv_is_what_is_handed_out_or_its_key(command: Command) -> None:
    blank = command("worksheet", RELU, "--format", "csv").out
    key = command("worksheet", RELU, "--format", "csv", "--only", "key").out
    assert blank.splitlines()[:2] == ["quantity,rule,value", "z1,,"]
    assert key.splitlines()[:2] == ["quantity,rule,value", "z1,0*1 + 1*2 + 0,2"]


def test_the_key_is_all_right_and_what_is_blank_is_not_answered(command: Command, tmp_path: Path) -> None:
    for part, rows in (("sheet", "no rows"), ("key", "22 rows: 22 right")):
        file = tmp_path / f"{part}.csv"
        command("worksheet", RELU, "--only", part, "-o", file)
        status, out, _ = command("check", RELU, file)
        assert (status, out.splitlines()[-1]) == (0, rows)
    assert command("check", RELU, tmp_path / "sheet.csv", "--all").out.endswith("\n22 rows: 22 missing\n")


def test_options_say_how_numbers_look(command: Command) -> None:
    key = ("worksheet", "example:sigmoid_2_2_2", "--format", "csv", "--only", "key")
    assert "\nh1,1/(1+exp(-0.3775)),≈0.5933\n" in command(*key).out
    assert "\nh1,1/(1+exp(-0.38)),≈0.59\n" in command(*key, "--decimals", "2").out
    assert "\nh1,1/(1+exp(-0.3775)),≈0.593270\n" in command(*key, "--digits", "6").out
    assert "dL/dx1" in command("worksheet", RELU, "--inputs").out
    assert "\nz1,0*1 + 1*5 + 0,5\n" in command("worksheet", RELU, *key[2:], "--set", "x2=5").out


def test_what_is_drawn_is_the_same_for_the_same_seed(command: Command) -> None:
    drawn = [command("worksheet", "--layers", "2,1,1", "--seed", seed).out for seed in ("7", "7", "8")]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0].startswith("# 2-1-1 network\n")
    assert r"\operatorname{LeakyReLU}\!\left(z^{(1)}, \frac{1}{4}\right)" in drawn[0]


def test_other_numbers_are_put_into_a_network(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(SMALL, encoding="utf-8")
    plain, same, other, tenths = (
        command("worksheet", file, *options).out
        for options in ([], ["--seed", "1"], ["--seed", "2"], ["--seed", "1", "--draw", "decimals"])
    )
    assert r"w = \begin{pmatrix} 3 \\ 2 \end{pmatrix}" in plain
    assert len({plain, same, other, tenths}) == 4
    assert command("worksheet", file, "--seed", "1").out == same
    assert "0." in tenths


def test_one_unit_is_blocked_if_that_is_asked_for(command: Command) -> None:
    key = command("worksheet", "--layers", "1,2,1", "--activation", "relu", "--blocked", "--only", "key").out
    slopes = [line.split("|")[3].strip() for line in key.splitlines() if line.startswith("| `ReLU'")]
    assert sorted(slopes) == ["`0`", "`1`"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([RELU, "--layers", "2,2"], "--layers draws a network; NET is one"),
        ([RELU, "--activation", "tanh"], "--activation draws a network; NET is one"),
        ([RELU, "--set", "x1=3", "--seed", "2"], "--set is for the numbers of NET as they stand"),
        (["--set", "x1=3"], "--set is for the numbers of NET as they stand"),
        ([RELU, "--count", "3"], "--count writes a folder: name it, as in -o variants"),
        (["--activation", "leaky_relu"], "'leaky_relu': leaky_relu takes a number besides, as in leaky_relu(1/4)"),
        (["--activation", "leaky_relu(a)"], "'leaky_relu(a)': leaky_relu takes a number besides"),
        (["--activation", "tanh(2)"], "'tanh(2)': tanh takes no number besides"),
        (["--activation", "max"], "'max' is none of relu, leaky_relu"),
        (["--numbers", "fraction", "--decimals", "2"], "--decimals rounds decimals"),
        (["--layers", "1000,800"], "'1000,800' takes 800,800 weights and biases; at most 10,000 are drawn"),
    ],
)
def test_what_does_not_go_together(command: Command, options: list[str], message: str) -> None:
    status, out, err = command("worksheet", *options)
    assert (status, out) == (2, "")
    assert message in err


def test_a_format_that_nothing_has_is_refused_before_numbers_are_searched_for(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptrace.cli.variants.variants", None)
    result = command("worksheet", "-o", "sheet.pdf")
    assert (result.status, result.out) == (2, "")
    assert "no format has the suffix of sheet.pdf" in result.err


def test_a_network_without_values_is_refused(command: Command) -> None:
    status, out, err = command("worksheet", "example:generic_2_2_2")
    assert (status, out) == (2, "")
    assert "error: " in err


def test_what_new_draws_from_is_what_is_searched() -> None:
    assert list(DRAWS) == list(POOLS)
