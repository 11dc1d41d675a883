"""`bptrace step` without a screen: commands from a pipe, plain text in answer."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import pytest

from bptrace import Trace
from tests.conftest import NETWORKS, RELU, ROOT, Command, Golden, Outcome

Session: TypeAlias = Callable[..., Outcome]
BATCH = str(ROOT / "networks" / "xor_batch.yaml")
HEAD = "Two-layer ReLU network\n\nz = w@x + b\nh = relu(z)\nyhat = v@h + c\nL = (yhat - y)^2\n\n"


@pytest.fixture
def session(command: Command, monkeypatch: pytest.MonkeyPatch) -> Session:
    """`bptrace step` with lines on its standard input, parted by `;`."""

    def run(lines: str, *arguments: object) -> Outcome:
        text = lines.replace(";", "\n").encode("utf-8", "surrogateescape")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))
        return command("step", *arguments)

    return run


def test_a_session_as_it_is_scripted(session: Session, golden: Golden) -> None:
    lines = "n;n;why dL/dw11;set w22=1;last;f;/dL/dv;n;go dL/dh2;r;n;why;phase;set;d;?;q;n"
    status, out, err = session(lines, RELU)
    assert (status, err) == (0, "")
    golden("relu_2_2_1.step.txt", out)


def test_what_if_is_exported_with_its_values(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "what if.json"
    assert session(f"n;set w22=1/2;export {path}", RELU).status == 0
    found = Trace.from_json(path.read_text(encoding="utf-8"))
    assert (found["w22"], len(found.steps)) == (Fraction(1, 2), 2)


def test_a_session_with_answers(session: Session, golden: Golden) -> None:
    lines = "2;0;;relu(2);2*(2-3);2;0;2;1;-2;-4;0;-2;-2;-2;1;0;-2;0;-2;-4;-2;0;0;0"
    status, out, err = session(lines, RELU, "--predict", "--tries", 4)
    assert (status, err) == (0, "")
    golden("relu_2_2_1.predict.txt", out)


ANSWERED = {
    "one wrong": ("-2;-3;-2;q", [], "dL/dw11 = -2: right|not -3; dL/dw12 = -4|dL/db1 = -2: right",
                  "3 rows: 2 right at the first try, 1 missed|missed: dL/dw12"),
    "nothing": (";-4;q", [], "dL/dw11 = -2|dL/dw12 = -4: right",
                "2 rows: 1 right at the first try, 1 missed|missed: dL/dw11"),
    "not to be read": ("2*;-4;q", [],
                       "expected a number, a name or '(' at the end; as in 2*x + b; dL/dw11 = -2|dL/dw12 = -4: right",
                       "2 rows: 1 right at the first try, 1 missed|missed: dL/dw11"),
    "a command": ("back;next;-2;-3;q", [], "dL/dw11 = -2: right|not -3; dL/dw12 = -4",
                  "2 rows: 1 right at the first try, 1 missed|missed: dL/dw12"),
    "two tries": ("-3;-2;2*;-4;5;5;q", ["--tries", 2], "not -3; hint: |"
                  "dL/dw11 = -2: right|expected a number, a name or '(' at the end; as in 2*x + b|dL/dw12 = -4: right|"
                  "not 5; hint: b1 enters z1 with a factor of 1: |not 5; dL/db1 = -2",
                  "3 rows: 0 right at the first try, 2 with hints, 1 missed|missed: dL/db1"),
    "more tries than hints": ("5;5;5;5;5;-2;q", ["--tries", 6], "in numbers: -2*1|dL/dw11 = -2: right",
                              "1 row: 0 right at the first try, 1 with hints"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "options", "replies", "score"), ANSWERED.values(), ids=ANSWERED)
def test_a_line_of_a_pipe_is_one_answer_to_the_next_row(
    session: Session, lines: str, options: list[object], replies: str, score: str
) -> None:
    status, out, _ = session(lines, RELU, "--predict", "--from", "dL/dw11", *options)
    assert status == (2 if "2*" in lines else 0)
    end = score.split("|")
    assert out.splitlines()[-len(end) :] == end
    places = [out.find(reply) for reply in replies.split("|")]
    assert -1 not in places, out
    assert places == sorted(places)


def test_a_rounded_answer_from_a_pipe_is_one_answer(session: Session, tmp_path: Path) -> None:
    net = tmp_path / "net.yaml"
    net.write_text("weights: {w: 1/3}\nforward: {a: w, b: 2*w}\nloss: b", encoding="utf-8")
    status, out, _ = session("0.33;2/3;q", net, "--predict")
    assert status == 0
    assert (
        "close, but this value is exact: all of its digits, a fraction or a formula; a = 1/3; counts as missed\n" in out
    )
    assert "b = 2/3: right\n" in out


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_network_is_walked_to_its_end(session: Session, path: Path) -> None:
    status, out, err = session("n;" * 60 + "why;first;r;n;n;why;phase;why;last;why", path)
    assert (status, err) == (0, "")
    assert "note: this is the end" not in out
    assert "this is the end\n" in out


LAST = "7. reverse  through ReLU: gradient at z; gradients of the first layer: w, b"
OPENINGS = {
    "from a row": (
        ["--from", "dL/dw12"],
        f"{LAST}  (reverse 3/3)\n  ReLU'(z1)",
    ),
    "by row from a row": (
        ["--from", "dL/dw12", "--by", "row"],
        f"{LAST}  (reverse 3/3, row 6/10)\n  dL/dw12 | -2*2 | -4\n",
    ),
    "by phase": (["--by", "phase"], "1 to 4. forward  (forward 4/4)\n  z1 | 0*1 + 1*2 + 0 | 2\n  z2"),
    "with a setting": (
        ["--set", "w11=3"],
        "1. forward  pre-activation: z = w@x + b  (forward 1/4)\n  z1 | 3*1 + 1*2 + 0 | 5\n",
    ),
    "in decimals": (
        ["--set", "w11=1/2", "--numbers", "decimal"],
        "1. forward  pre-activation: z = w@x + b  (forward 1/4)\n  z1 | 0.5",
    ),
    "predicting from a row": (
        ["--predict", "--from", "dL/dw12"],
        f"{LAST}  (reverse 3/3, row 6/10)\n"
        "  dL/dw12 reads  dL/dz1 = -2   x = [1, 2]\n"
        "  an answer, or:  hint  s skip  back  why  show givens  ? help  q quit\ndL/dw12 = ?\n",
    ),
}


@pytest.mark.parametrize(("options", "start"), OPENINGS.values(), ids=OPENINGS)
def test_opens_where_it_is_told_to(session: Session, options: list[str], start: str) -> None:
    status, out, err = session("", RELU, *options)
    assert (status, err) == (0, "")
    assert HEAD.partition("\n")[2] + start in out


@pytest.mark.parametrize(
    ("opening", "heading"),
    [
        ("dL/dw11", "30. batch  mean of the gradients of v, c, w, b over 4 samples  (batch 2/2)\n"),
        (
            "dL/dw11(3)",
            "21. reverse  sample 3 of 4, through ReLU: gradient at z; gradients of the first layer: w, b"
            "  (sample 3/4, reverse 3/3)\n",
        ),
    ],
)
def test_opens_at_a_row_of_a_batch_or_of_a_sample(session: Session, opening: str, heading: str) -> None:
    assert heading in session("", BATCH, "--from", opening).out


def test_rows_of_a_sample_are_called_as_they_are_gone_to(session: Session) -> None:
    out = session("g h1(2);/dL/dv1(3)", BATCH).out
    rows = ["  h1(2) | max(0,1) | 1\n", "▸ dL/dv1(3) | (1/2)*1 | 1/2\n"]
    assert [row for row in rows if row not in out] == []


REFUSED = {
    "no such row": (
        [RELU, "--from", "dL/dw13"],
        "--from:1:1: error: no row is called 'dL/dw13'\n   1 | dL/dw13\n     | ^\n   did you mean 'dL/dw21'?\n",
    ),
    "an empty row": ([RELU, "--from", ""], "--from:1:1: error: no row is called ''\n   1 |\n     | ^\n"),
    "an unknown unit": ([RELU, "--by", "line"], "Invalid value for '--by': 'line' is not one of"),
    "predicting by step": ([RELU, "--predict", "--by", "step"], "--predict goes by row, not by step"),
    "tries of nothing": ([RELU, "--tries", "2"], "--tries goes with --predict"),
    "no try": ([RELU, "--predict", "--tries", "0"], "Invalid value for '--tries': 0 is not in the range"),
    "no such file": (["missing.yaml"], "error: no such file: missing.yaml"),
}


@pytest.mark.parametrize(("arguments", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened(session: Session, arguments: list[str], complaint: str) -> None:
    status, out, err = session("n;q", *arguments)
    assert (status, out) == (2, "")
    assert complaint in err


def test_a_line_that_is_not_understood_goes_to_standard_error_and_the_rest_is_done(session: Session) -> None:
    status, out, err = session("g 99;fly;n;q", RELU)
    assert status == 2
    assert err == "error: there are steps 1 to 7, not '99'\nerror: unknown command 'fly': ? lists the commands\n"
    assert "2. forward  activation: h = relu(z)" in out


ODD = ["\0", "\udcff\udcfe", "x" * 300_000, "why " + "9" * 5_000, "/" * 200_000, "set \x1b[2J"]


@pytest.mark.parametrize("line", ODD, ids=lambda line: ascii(line[:8]))
def test_any_line_is_bounded_and_answered_in_one_line(session: Session, line: str) -> None:
    status, _, err = session(line + ";n", RELU)
    assert status == 2
    assert err.count("\n") == 1
    assert len(err) < 500
    assert err[:-1].isprintable()


def test_the_steps_so_far_are_exported_whole(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "so_far.csv"
    status, out, _ = session(f"n;set w11=3;export {path};export {path.with_suffix('.xyz')}", RELU)
    assert status == 2
    assert f"wrote steps 1 to 2 to {path}\n" in out
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "1,forward,z1,w11*x1 + w12*x2 + b1,3*1 + 1*2 + 0,5,yes,5",
        "1,forward,z2,w21*x1 + w22*x2 + b2,1*1 + (-1)*2 + 0,-1,yes,-1",
        '2,forward,h1,"max(0,z1)","max(0,5)",5,yes,5',
        '2,forward,h2,"max(0,z2)","max(0,-1)",0,yes,0',
    ]


def test_a_name_that_is_no_text_is_that_of_the_file(session: Session, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path / "so_far") + b"\xd4.csv"
    status, out, err = session(f"n;e {os.fsdecode(path)}", RELU)
    assert (status, err) == (0, "")
    assert out.rstrip().endswith("so_far\ufffd.csv")
    assert os.path.getsize(path) > 100


def test_a_sum_that_is_cut_on_the_screen_is_whole_in_the_export(session: Session, tmp_path: Path) -> None:
    net, path = tmp_path / "long.yaml", tmp_path / "long.md"
    net.write_text(f"weights: {{w: {list(range(20))}, v: {list(range(20))}}}\nloss: w@v", encoding="utf-8")
    assert "more terms …" in session(f"export {path}", net).out
    assert "19*19" in path.read_text(encoding="utf-8")
    assert "more terms …" not in path.read_text(encoding="utf-8").split("| `L` |")[1].split("\n")[0]


def test_a_setting_is_in_the_title(session: Session) -> None:
    out = session("set", RELU, "--set", "w11=3").out
    assert out.startswith("Two-layer ReLU network, with w11=3\n")
    assert "\nas at the start\n" in out


def test_the_network_and_the_commands_cannot_both_come_from_standard_input(session: Session) -> None:
    status, out, err = session("loss: 1", "-")
    assert (status, out) == (2, "")
    message = "error: commands are read from standard input, and it has given the network"
    assert err == f"{message}\n   name a file, or example:NAME\n"


def test_commands_need_a_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    status, out, err = command("step", RELU)
    said = "error: there is no standard input to read commands from\n   as in: printf 'n\\nq\\n' | bptrace step NET\n"
    assert (status, out, err) == (2, "", said)


def test_an_export_goes_to_a_file_with_a_suffix(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    status, _, err = session("e -;e ~/here.csv;e a.txt", RELU)
    assert status == 2
    known = ".beamer.tex, .csv, .html, .json, .tex, .md, .markdown, .xlsx"
    assert err == (
        f"error: no format has the suffix of ./-; known: {known}\n"
        f"error: no format has the suffix of a.txt; known: {known}\n"
    )
    assert (tmp_path / "here.csv").exists()


def test_a_session_imports_no_library_of_screens(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prompt_toolkit", None)
    assert session("why dL/dw11;?;q", RELU).status == 0


MISSING = "Summary\n  L = 0\n  dL/dw = none: division by zero\n  every value that exists is exact\n\n"


def test_where_a_value_does_not_exist_the_rest_is_stepped_through(session: Session, tmp_path: Path) -> None:
    path, wanted = tmp_path / "root.yaml", tmp_path / "register.csv"
    path.write_text("weights: {w: 0}\nloss: sqrt(w)\n", encoding="utf-8")
    complaint = f"{path}:2:7: error: division by zero in dL/dw\n   2 | loss: sqrt(w)\n     |       ^\n"
    hint = "dL/dw = 1/(2*0)"
    status, out, err = session(f"n;export {wanted};q", path)
    assert out.endswith(
        "  dL/dw | 1/(2*0) | none: division by zero\n  dL/dw does not exist: division by zero.\n\n" + MISSING
    )
    assert (status, err) == (2, f"error: division by zero in dL/dw: {hint}\n{complaint}   {hint}\n")
    assert not wanted.exists()
