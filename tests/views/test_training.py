"""A training on the terminal: a table that keeps to the window, registers, a plot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace.views import terminal
from tests.conftest import LIFECYCLE, ROOT, Command

MOMENTUM = str(ROOT / "networks" / "momentum.yaml")


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    """A network whose numbers pass 10,000 digits with the sixth update."""
    file = tmp_path / "growing.yaml"
    file.write_text("weights: {w: 1/3, b: 1}\nloss: w^4 + b\nupdate: {lr: 1}\n", encoding="utf-8")
    return file


def lines_of(text: str) -> list[list[str]]:
    """The cells of every line of a table."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (100, "step L W1[1,1] W1[1,2] W1[2,1] W1[2,2] b1[1] b1[2] |gradient|"),
        (60, "step L W1[1,1] |gradient|"),
        (40, "step L |gradient|"),
        (300, "step L W1[1,1] W1[1,2] W1[2,1] W1[2,2] b1[1] b1[2] W2[1,1] W2[1,2] b2 |gradient|"),
    ],
)
def test_the_table_keeps_to_the_window(
    command: Command, monkeypatch: pytest.MonkeyPatch, columns: int, names: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = command("train", LIFECYCLE, "--steps", 1).out
    assert lines_of(out)[0] == names.split()
    assert all(len(line) <= columns for line in out.splitlines())
    hidden = 12 - len(names.split())
    last = f"and {hidden} more {'parameter' if hidden == 1 else 'parameters'}: --format csv has all"
    assert (last in " ".join(out.split())) == (hidden > 0)


def test_a_long_table_comes_in_parts(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lines_of(command("train", MOMENTUM, "--steps", 5).out)
    monkeypatch.setattr(terminal, "ROWS_AT_ONCE", 4)
    parts = lines_of(command("train", MOMENTUM, "--steps", 5).out)
    assert parts == [*whole[:5], whole[0], *whole[5:]]


def test_all_registers_come_one_after_another(command: Command) -> None:
    status, out, err = command("train", MOMENTUM, "--steps", 2, "--show", "all")
    assert (status, err) == (0, "")
    first, second, rest = (
        out.partition(mark)[2] for mark in ("update 1 of 2\n", "update 2 of 2\n", "after 2 updates\n")
    )
    assert out.startswith("update 1 of 2\n\n1. forward  output: yhat = w@x + b\n")
    assert "│ w1_new   │ 1 - (1/10)*(-3)    │ 13/10 │\n" in first
    assert "(9/10)*(-3) + 3/5" in second
    assert rest == "  L = 1521/625\n"


def test_long_numbers_lose_their_middle_on_the_terminal(command: Command, growing: Path) -> None:
    out = command("train", growing, "--steps", 4, "--numbers", "fraction").out
    first, second, last = lines_of(out)[1], lines_of(out)[2], lines_of(out)[-1]
    assert (first[1], second[1]) == ("82/81", "625/531441")
    assert last[1].count("…") == 2
    assert last[1].count(" digits)") == 2


def test_a_plot_follows_the_table(command: Command) -> None:
    out = command("train", LIFECYCLE, "--steps", 20, "--round", "0.0001", "--plot").out
    table, plot = out.split("\nL, on a logarithmic scale\n")
    assert table == command("train", LIFECYCLE, "--steps", 20, "--round", "0.0001").out
    lines = plot.splitlines()
    assert lines[0].lstrip().startswith("0.78125 |*")
    assert lines[-1].strip() == "step"
    assert plot.count("*") == 21
    assert all(len(line) <= 100 for line in lines)


def test_a_plot_follows_the_registers(command: Command) -> None:
    out = command("train", MOMENTUM, "--steps", 3, "--show", "all", "--plot").out
    assert "after 3 updates" in out.split("\nL\n")[0]
    assert out.split("\nL\n")[1].count("*") == 4
