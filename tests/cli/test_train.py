"""`bptrace train`: the table, its formats, registers, rounding, lengths, the plot, and what is refused."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest

from bptrace import load
from tests.conftest import RELU, ROOT, Command

MOMENTUM = str(ROOT / "networks" / "momentum.yaml")
XOR = str(ROOT / "networks" / "xor.yaml")
CSV = """\
step,L,w1,w2,b,|gradient|,exact,L decimal,w1 decimal,w2 decimal,b decimal,|gradient| decimal
0,9/4,1,-1,1/2,≈7.34847,no,2.25,1,-1,0.5,7.3484692283495343
1,9/100,13/10,-2/5,4/5,≈1.46969,no,0.09,1.3,-0.4,0.8,1.4696938456699069
2,1521/625,151/100,1/50,101/100,≈7.64241,no,2.4336,1.51,0.02,1.01,7.6424079974835157
"""
TABLE = """\
Gradient descent with momentum

╭──────┬──────────┬─────────┬──────┬─────────┬────────────╮
│ step │        L │      w1 │   w2 │       b │ |gradient| │
├──────┼──────────┼─────────┼──────┼─────────┼────────────┤
│    0 │      9/4 │       1 │   -1 │     1/2 │   ≈7.34847 │
│    1 │    9/100 │   13/10 │ -2/5 │     4/5 │   ≈1.46969 │
│    2 │ 1521/625 │ 151/100 │ 1/50 │ 101/100 │   ≈7.64241 │
╰──────┴──────────┴─────────┴──────┴─────────┴────────────╯
"""


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    """A network whose numbers pass 10,000 digits with the sixth update."""
    file = tmp_path / "growing.yaml"
    file.write_text("weights: {w: 1/3, b: 1}\nloss: w^4 + b\nupdate: {lr: 1}\n", encoding="utf-8")
    return file


def lines_of(text: str) -> list[list[str]]:
    """The cells of every line of a table."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]


# The table


def test_the_table_has_a_line_an_update(command: Command) -> None:
    assert command("train", MOMENTUM, "--steps", 2) == (0, TABLE, "")


def test_the_last_line_is_after_the_last_update(command: Command) -> None:
    *_, last = lines_of(command("train", MOMENTUM, "--steps", 1).out)
    assert last == lines_of(TABLE)[2]


def test_a_scalar_loss_of_another_name_and_no_title(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("weights: {a: 3}\nloss: {J: a^2/2}\nupdate: {lr: 1/3}", encoding="utf-8")
    out = command("train", file, "--steps", 1).out
    assert lines_of(out) == [
        ["step", "J", "a", "|gradient|"],
        ["0", "9/2", "3", "3"],
        ["1", "2", "2", "2"],
    ]
    assert out.startswith("╭")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--numbers", "decimal"], ["1", "0.09", "1.3", "-0.4", "0.8", "≈1.46969"]),
        (["--set", "w=[1,0]"], ["1", "1/100", "9/10", "-1/5", "2/5", "≈0.489898"]),
        (["--set", "lr=1/5"], ["1", "441/100", "8/5", "1/5", "11/10", "≈10.2879"]),
        (["--set", "momentum=0"], ["1", "9/100", "13/10", "-2/5", "4/5", "≈1.46969"]),
        (["--set", "v_b=10"], ["1", "9/25", "13/10", "-2/5", "-1/10", "≈2.93939"]),
        (["--round", "1/2"], ["1", "1/4", "3/2", "-1/2", "1", "≈2.44949"]),
        (["--round", "0.25"], ["1", "0", "1.25", "-0.5", "0.75", "0"]),
    ],
)
def test_options_act_on_the_training(command: Command, options: list[str], line: list[str]) -> None:
    status, out, err = command("train", MOMENTUM, "--steps", 1, *options)
    assert (status, err) == (0, "")
    assert lines_of(out)[-1] == line


# Formats


@pytest.mark.parametrize("options", [["--format", "csv"], ["--format", "csv", "-o", "-"]])
def test_csv_is_exact_and_whole(command: Command, options: list[str]) -> None:
    assert command("train", MOMENTUM, "--steps", 2, *options) == (0, CSV, "")


def test_nothing_is_left_out_of_a_file(command: Command, growing: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(command("train", growing, "--steps", 5, "--format", "csv").out)))
    assert [len(line["w"]) for line in lines] == [3, 4, 10, 27, 78, 233]
    assert lines[0]["w"] == "1/3"


def test_markdown_is_a_table(command: Command) -> None:
    out = command("train", MOMENTUM, "--steps", 1, "--format", "markdown").out
    assert out.splitlines() == [
        "# Gradient descent with momentum",
        "",
        "| `step` | `L` | `w1` | `w2` | `b` | `\\|gradient\\|` |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
        "| `0` | `9/4` | `1` | `-1` | `1/2` | `≈7.34847` |",
        "| `1` | `9/100` | `13/10` | `-2/5` | `4/5` | `≈1.46969` |",
    ]


@pytest.mark.parametrize(
    ("name", "options", "start"),
    [
        ("train.csv", [], "step,L,"),
        ("train.md", [], "# Gradient"),
        ("train.txt", ["--format", "csv"], "step,L,"),
        ("train.csv", ["--show", "all"], "update,step,phase,"),
        ("train.md", ["--show", "all"], "# update 1 of 2\n\n## Givens\n"),
    ],
)
def test_a_file_gets_the_format_of_its_suffix(
    command: Command, tmp_path: Path, name: str, options: list[str], start: str
) -> None:
    assert command("train", MOMENTUM, "--steps", 2, "-o", tmp_path / name, *options) == (0, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_training_that_breaks_off_leaves_the_old_file(command: Command, growing: Path) -> None:
    file = growing.parent / "train.csv"
    file.write_text("old", encoding="utf-8")
    status, out, err = command("train", growing, "--steps", 9, "--max-digits", 100, "-o", file)
    assert (status, out) == (2, "")
    assert "more than 100" in err
    assert file.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in growing.parent.iterdir()) == ["growing.yaml", "train.csv"]


# All registers


def test_registers_are_those_of_run(command: Command) -> None:
    once = command("export", MOMENTUM).out.splitlines()[1:]
    all_lines = command("train", MOMENTUM, "--steps", 3, "--show", "all", "--format", "csv").out.splitlines()
    assert [line.partition(",")[2] for line in all_lines if line.startswith("1,")] == once
    numbers = [int(line.split(",")[0]) for line in all_lines[1:]]
    assert numbers == [n for n in (1, 2, 3) for _ in once]
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(numbers))


@pytest.mark.parametrize("form", [[], ["--format", "csv"], ["--format", "markdown"]])
def test_a_bad_row_is_never_printed(command: Command, monkeypatch: pytest.MonkeyPatch, form: list[str]) -> None:
    from bptrace.engine import forms

    monkeypatch.setattr(forms, "compiled", lambda tree, rank: lambda leaves: None)
    status, out, err = command("train", MOMENTUM, "--steps", 2, "--show", "all", *form)
    assert status == 70
    assert err.startswith("internal error: the rule of yhat does not give its value\n   a fault in bptrace ")
    assert "yhat |" not in out
    assert "yhat," not in out


def test_a_table_makes_no_rows(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from bptrace.engine import trace

    monkeypatch.setattr(trace, "Elements", None)
    assert command("train", MOMENTUM, "--steps", 2) == (0, TABLE, "")


# Lengths


def test_a_warning_comes_once(command: Command, growing: Path) -> None:
    status, out, err = command("train", growing, "--steps", 9, "--format", "csv", "-o", growing.parent / "out.csv")
    assert (status, out) == (0, "")
    assert err.count("warning: ") == 1
    first, second = err.splitlines()
    assert first.startswith("warning: at step 8: L has ")
    assert second == "   exact numbers grow with every update: --round 1/1000 keeps them short"


def test_what_was_worked_out_before_a_number_became_too_long_is_shown(command: Command, growing: Path) -> None:
    status, out, err = command("train", growing, "--steps", 9, "--max-digits", 20)
    assert status == 2
    assert [line[0] for line in lines_of(out)] == ["step", "0", "1", "2"]
    assert err.startswith(f"{growing}:3:9: error: at step 3: ")
    assert ", more than 20\n" in err
    assert "^\n   exact numbers grow with every update: --round 1/1000 keeps them short\n" in err


def test_rounding_keeps_numbers_short(command: Command, growing: Path) -> None:
    status, out, err = command("train", growing, "--steps", 200, "--round", "1/1000", "--max-digits", 20)
    assert (status, err) == (0, "")
    assert "…" not in out


# What is refused


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([MOMENTUM], "Missing option '--steps'"),
        ([MOMENTUM, "--steps", "0"], "0 is not in the range 1<=x<=1000000"),
        ([MOMENTUM, "--steps", "-1"], "-1 is not in the range"),
        ([MOMENTUM, "--steps", "1000001"], "1000001 is not in the range"),
        ([MOMENTUM, "--steps", "ten"], "'ten' is not a valid integer"),
        ([MOMENTUM, "--steps", "1", "--max-digits", "0"], "0 is not in the range"),
        ([MOMENTUM, "--steps", "1", "--show", "some"], "'some' is not one of 'table', 'all'"),
        ([MOMENTUM, "--steps", "1", "--plot", "--format", "csv"], "--plot goes to the terminal"),
        ([MOMENTUM, "--steps", "1", "--plot", "-o", "x.csv"], "--plot goes to the terminal"),
        (
            [MOMENTUM, "--steps", "1", "-o", "x.json"],
            "no format has the suffix of x.json; known: .csv, .md,",
        ),
        ([MOMENTUM, "--steps", "1", "--format", "json"], "'json' is not one of 'csv', 'markdown'"),
        ([MOMENTUM, "--steps", "1", "-o", "x.txt"], "no format has the suffix of x.txt"),
        ([MOMENTUM, "--steps", "1", "--round", "0"], "--round:1:1: error: round, the grid that updated values are"),
        ([MOMENTUM, "--steps", "1", "--round", "-1/2"], "--round:1:1: error: round, the grid that updated values are"),
        ([MOMENTUM, "--steps", "1", "--round", "fine"], "--round:1:1: error: 'fine' is not a number"),
        ([MOMENTUM, "--steps", "1", "--round", ""], "--round:1:1: error: a value is missing"),
        ([MOMENTUM, "--steps", "1", "--round", "[1]"], "--round:1:1: error: a list is not a number"),
        (
            [MOMENTUM, "--steps", "1", "--set", "momentum=-1"],
            "--set:1:10: error: momentum, the momentum, must be 0 or more",
        ),
        ([MOMENTUM, "--steps", "1", "--set", "beta1=0"], "--set:1:1: error: unknown name 'beta1'"),
        (
            [RELU, "--steps", "1"],
            f"{RELU}:15:19: error: the network has no update\n  15 | loss: (yhat - y)^2\n     |                   ^\n"
            "   add a line such as update: {rule: sgd, lr: 1/10}\n",
        ),
        ([RELU, "--steps", "1", "--round", "1"], f"{RELU}:15:19: error: the network has no update\n"),
        (["absent.yaml", "--steps", "1"], "error: no such file: absent.yaml"),
    ],
)
def test_refuses_what_cannot_be(command: Command, arguments: list[str], problem: str) -> None:
    status, out, err = command("train", *arguments)
    assert (status, out) == (2, "")
    assert problem in err
    assert "Traceback" not in err


def test_a_division_by_zero_ends_it_with_a_line_of_what_there_is(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("weights: {w: 1}\nforward: {z: 1/w}\nloss: z + 2*w\nupdate: {lr: 1}", encoding="utf-8")
    status, out, err = command("train", file, "--steps", 3)
    assert status == 2
    assert lines_of(out)[1:] == [
        ["0", "3", "1", "1"],
        ["1", "none without z", "0", "no dL/dw: division by zero"],
    ]
    assert err.startswith(f"{file}:2:15: error: at step 1: division by zero in z\n")


def test_ctrl_c_ends_it_quietly(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from bptrace.engine import training

    def interrupted(*arguments: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_longest", interrupted)
    assert command("train", MOMENTUM, "--steps", 2) == (130, "", "")


def test_the_table_agrees_with_the_library(command: Command) -> None:
    from bptrace.engine.training import trained

    found = [line.split(",")[1] for line in command("train", XOR, "--steps", 4, "--format", "csv").out.splitlines()[1:]]
    assert found == [str(moment.trace["L"]) for moment in trained(load(XOR), 4)]


def test_the_plot_has_what_there_is_before_a_missing_value(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("weights: {w: 1}\nforward: {z: 1/w}\nloss: z + 2*w\nupdate: {lr: 1}\n", encoding="utf-8")
    status, out, err = command("train", file, "--steps", 3, "--plot")
    assert status == 2
    assert "at step 1: division by zero in z" in err
    table, plot = out.split("\n\n")
    assert "none without z" in table
    assert plot.startswith("L\n3 |")
    assert plot.count("*") == 1


def test_there_is_no_plot_without_a_loss(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("weights: {w: 0}\nloss: 1/w\nupdate: {lr: 1}\n", encoding="utf-8")
    status, out, _ = command("train", file, "--steps", 3, "--plot")
    assert (status, out.count("\n\n")) == (2, 0)
