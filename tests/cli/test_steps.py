"""`--phase` and `--step`: the steps that `run` prints and `export` writes, and what there is not."""

from __future__ import annotations

import csv
import io

import pytest

from tests.conftest import LIFECYCLE, RELU, Command

FORMATS = [["--format", name] for name in ("csv", "markdown", "latex")]
MATRIX = [["--form", "matrix", "--format", name] for name in ("markdown", "latex")]


@pytest.mark.parametrize("arguments", [["run"], ["export"], *(["export", *options] for options in FORMATS + MATRIX)])
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--step", "0"], "there are steps 1 to 7, not 0"),
        (["--step", "8"], "there are steps 1 to 7, not 8"),
        (["--step", "-1"], "there are steps 1 to 7, not -1"),
        (["--step", "x"], "'x' is not a valid integer"),
        (["--step", "7", "--phase", "forward"], "step 7 is in another phase"),
        (["--phase", "update"], "there is no update phase"),
        (["--phase", "sideways"], "'sideways' is not one of 'forward', 'reverse', 'batch', 'update'"),
    ],
)
def test_refuses_what_is_not_there(command: Command, arguments: list[str], options: list[str], problem: str) -> None:
    status, out, err = command(*arguments, RELU, *options)
    assert (status, out) == (2, "")
    assert problem in err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--phase", "reverse"], ["5", "6", "7"]),
        (["--phase", "update", "--phase", "BACKWARD"], ["5", "6", "7", "8"]),
        (["--step", "6"], ["6"]),
        (["--step", "8", "--phase", "update"], ["8"]),
    ],
)
def test_a_table_of_some_steps(command: Command, options: list[str], expected: list[str]) -> None:
    whole, part = (list(csv.DictReader(io.StringIO(command("export", LIFECYCLE, *more).out))) for more in ([], options))
    assert part == [line for line in whole if line["step"] in expected]
    assert list(dict.fromkeys(line["step"] for line in part)) == expected


@pytest.mark.parametrize("form", FORMATS[1:] + MATRIX)
def test_a_document_of_some_steps_has_them_as_the_whole_has_and_no_givens(command: Command, form: list[str]) -> None:
    whole, part = (
        command("export", LIFECYCLE, *form, *more).out.replace(" \\\\\n", "\n") for more in ([], ["--step", "6"])
    )
    lines = [line for line in part.splitlines() if line]
    assert set(lines) <= set(whole.splitlines())
    assert 2 < len(lines) < len(whole.splitlines())
    assert "Givens" in whole or "Initialization" in whole
    assert "Givens" not in part
    assert "Initialization" not in part


def test_the_notes_go_with_a_part(command: Command, tmp_path: object) -> None:
    path = f"{tmp_path}/net.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write("weights: {w: 3, b: 1}\nloss: w^2\n")
    assert "nothing reads b" in command("export", path, "--format", "markdown", "--step", "1").out
    assert "nothing reads b" in command("export", path, "--step", "1").err


@pytest.mark.parametrize("option", ["--step=1", "--phase=reverse"])
@pytest.mark.parametrize("target", [["--format", "json"], ["-o", "net.json"]])
def test_a_trace_is_whole(command: Command, option: str, target: list[str]) -> None:
    status, out, err = command("export", RELU, option, *target)
    assert (status, out) == (2, "")
    assert f"{option.partition('=')[0]} is not for json: a trace is whole\n" in err
