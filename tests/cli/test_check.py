"""`bptrace check`: somebody's register, read, judged and shown; and many of them."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bptrace import __version__, load
from bptrace.errors import SizeError, Source
from bptrace.marking.marker import Marker
from bptrace.marking.report import Report
from tests.conftest import RELU, Command
from tests.test_schemas import problems

RIGHT = "z1 = 2\ndL/dh2 = -2\ndL/dz2 = 0\ndL/dw21 = 0\n"
SLIPPED = "z1 = 2\ndL/dh2 = -2\ndL/dz2 = -2\ndL/dw21 = -2\n"
SLIP = "hidden slope forgotten"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("right.txt", RIGHT), ("slip.txt", SLIPPED), ("empty.txt", "")):
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def rows(text: str) -> list[dict[str, object]]:
    """The rows of JSON that is as its schema says."""
    data = json.loads(text)
    assert problems("check", data) == []
    found: list[dict[str, object]] = data["rows"]
    return found


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (["right.txt"], 0),
        (["slip.txt"], 1),
        (["empty.txt"], 2),
        (["nothing.txt"], 2),
        (["right.txt", "right.txt"], 0),
        (["right.txt", "slip.txt"], 1),
        (["right.txt", "nothing.txt"], 2),
        (["right.txt", "--all"], 1),
    ],
)
def test_the_exit_status(command: Command, answers: list[str], status: int) -> None:
    assert command("check", RELU, *answers)[0] == status


def test_a_register_is_shown_with_its_first_slip(command: Command) -> None:
    status, out, err = command("check", RELU, "slip.txt")
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "slip.txt  Two-layer ReLU network"
    assert f"dL/dz2: {SLIP}" in out
    assert lines[-1] == "4 rows: 2 right, 1 follows, 1 slip"
    assert "  right  dL/dz2 = dL/dh2*ReLU'(z2) = -2*0 = 0" in lines


def test_as_json(command: Command) -> None:
    status, out, _ = command("check", RELU, "slip.txt", "--format", "json")
    assert status == 1
    found = rows(out)
    assert [row["verdict"] for row in found] == ["right", "right", "slip", "follows"]
    assert SLIP in str(found[2]["slips"])
    assert (found[3]["after"], found[3]["line"], found[3]["given"], found[3]["value"]) == (["dL/dz2"], 4, "-2", "0")


def test_each_file_is_one_object(command: Command) -> None:
    out = command("check", RELU, "right.txt", "slip.txt", "empty.txt", "--format", "json").out
    assert [json.loads(line)["file"] for line in out.splitlines()] == ["right.txt", "slip.txt"]
    assert all(rows(line) for line in out.splitlines())


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SLIPPED.encode())))
    status, out, err = command("check", RELU, "-")
    assert (status, err) == (1, "")
    assert out.startswith("<stdin>  Two-layer")
    status, out, err = command("check", "-", "-")
    assert (status, out) == (2, "")
    assert "standard input is read once" in err


def test_who_types_is_told_what_is_read(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.TextIOWrapper(io.BytesIO(RIGHT.encode()))
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)
    assert command("check", RELU, "-").err.startswith("reading a file of answers from standard input; ")


def test_hints_have_no_answers(command: Command) -> None:
    out = command("check", RELU, "slip.txt", "--hints").out
    assert "Look first at dL/dz2, line 3: " in out
    assert SLIP not in out
    found = rows(command("check", RELU, "slip.txt", "--hints", "--format", "json").out)
    assert {(row["value"], len(row["slips"])) for row in found} == {(None, 0)}  # type: ignore[arg-type]
    assert "; look first at dL/dz2\n" in command("check", RELU, "right.txt", "slip.txt", "--hints").out


def test_marks(command: Command) -> None:
    assert command("check", RELU, "slip.txt", "--marks").out.endswith("1 slip; 3 of 4 marks\n")
    Path("scheme.csv").write_text("quantity;marks\ndL/dz2;2\ndL/dw;0,5\n", encoding="utf-8")
    told = command("check", RELU, "slip.txt", "--scheme", "scheme.csv").out
    assert told.endswith("1 slip; 0.5 of 4 marks\n")
    out = command("check", RELU, "slip.txt", "--scheme", "scheme.csv", "--format", "json").out
    assert json.loads(out)["marks"] == {"got": 0.5, "of": 4}
    assert rows(out)


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        ("dL/dq,2", "scheme.csv:1:1: error: unknown quantity 'dL/dq'"),
        ("dL/dz2,-2", "scheme.csv:1:8: error: '-2' is no number of marks"),
        ("dL/dz2,1/3", "scheme.csv:1:8: error: '1/3' is no number of marks"),
        ("dL/dz2,two", "scheme.csv:1:8: error: "),
        ("dL/dz2,2\ndw,1\ndL/dw12,2\n", "scheme.csv:3:1: error: dL/dw12 has its marks at line 2 already"),
        ("dL/dz2,", "scheme.csv:1:1: error: its marks are missing here"),
        ("", "scheme.csv:1:1: error: the file is empty"),
    ],
)
def test_a_scheme_that_cannot_be_read(command: Command, scheme: str, told: str) -> None:
    Path("scheme.csv").write_text(scheme, encoding="utf-8")
    status, out, err = command("check", RELU, "slip.txt", "--scheme", "scheme.csv")
    assert (status, out) == (2, "")
    assert err.startswith(told)


def test_all_asks_for_the_rows_of_the_register_alone(command: Command) -> None:
    found = rows(command("check", RELU, "right.txt", "--all", "--format", "json").out)
    missing = [row["quantity"] for row in found if row["verdict"] == "missing"]
    assert len(missing) == 22 - 4
    assert not any(str(name).startswith("dL/dx") for name in missing)


def test_gradients_of_inputs_that_are_too_long_are_left_out(command: Command) -> None:
    """The working takes most of what it may; with the gradients of inputs it would take twice as much."""
    factors = "/".join(["max(w*x)^2"] * 43)
    Path("long.yaml").write_text(f"input: {{x: 0.0001}}\nweights: {{w: 1e-3}}\nloss: {factors}", encoding="utf-8")
    with pytest.raises(SizeError):
        load("long.yaml").trace(inputs=True)
    assert command("export", "long.yaml", "-o", "long.csv")[0] == 0
    assert command("check", "long.yaml", "long.csv")[0] == 0


def test_gradients_of_inputs_are_known_all_the_same(command: Command) -> None:
    Path("inputs.txt").write_text("dL/dx1 = 0\ndL/dx2 = -2", encoding="utf-8")
    assert command("check", RELU, "inputs.txt")[0] == 0


def test_the_sign_of_errors_can_be_told(command: Command) -> None:
    Path("negative.txt").write_text("dL/dz1 = 2\n", encoding="utf-8")
    assert command("check", RELU, "negative.txt")[0] == 1
    status, out, _ = command("check", RELU, "negative.txt", "--delta", "negative")
    assert status == 0
    assert "right" in out


def test_digits_say_how_a_short_number_is_read(command: Command) -> None:
    Path("short.txt").write_text("net1 = 0.3775\nnet2 = 0.3925\nh1 = 0.59\nout1 = 0.7513\n", encoding="utf-8")
    assert command("check", "example:sigmoid_2_2_2", "short.txt")[0] == 0
    assert command("check", "example:sigmoid_2_2_2", "short.txt", "--digits", "4")[0] == 1


def test_other_values_of_the_network(command: Command) -> None:
    assert command("check", RELU, "right.txt", "--set", "w11=3")[0] == 1


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.md", "# slip.txt: "), ("a.csv", "file,"), ("a.json", "{"), ("a.txt", "sl"), ("a.html", "<!DOCTYPE html>")],
)
def test_the_suffix_says_which_format(command: Command, name: str, begins: str) -> None:
    assert command("check", RELU, "slip.txt", "-o", name)[1:] == ("", "")
    assert Path(name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("more", "told"),
    [(["slip.txt"], "a page is of one file of answers; csv, json, markdown and text have many"),
     (["--hints"], "--hints is not for html: the page has every value")],
)  # fmt: skip
def test_a_page_has_one_register_and_all_values(command: Command, more: list[str], told: str) -> None:
    status, out, err = command("check", RELU, "slip.txt", *more, "-o", "a.html")
    assert (status, out) == (2, "")
    assert err.endswith(f"Error: {told}\n")
    assert not Path("a.html").exists()


@pytest.mark.parametrize(("name", "read"), [("slip.txt", "answers are"), ("marks.csv", "marks are")])
def test_what_is_read_is_not_written_over(command: Command, name: str, read: str) -> None:
    Path("marks.csv").write_text("z1;0,5\n", encoding="utf-8")
    before = Path(name).read_text(encoding="utf-8")
    status, _, err = command("check", RELU, "slip.txt", "--scheme", "marks.csv", "-o", name)
    assert status == 2
    assert err == f"error: cannot write {name}: {read} read from it\n   name another file\n"
    assert Path(name).read_text(encoding="utf-8") == before


def test_of_many_files_those_that_can_be_read_are_marked(command: Command) -> None:
    status, out, err = command("check", RELU, "right.txt", "nothing.txt", "slip.txt")
    assert status == 2
    assert err.startswith("error: no such file: nothing.txt\n")
    assert out.splitlines()[:5] == [
        "right.txt    4 rows: 4 right",
        "nothing.txt  cannot be read",
        "slip.txt     4 rows: 2 right, 1 follows, 1 slip",
        "",
        "3 files: 1 without a mistake, 1 with mistakes, 1 that cannot be read",
    ]
    assert any(
        line.startswith("│ hidden slope forgotten") and line.endswith("│ slip.txt │") for line in out.splitlines()
    )


def test_a_fault_in_one_file_leaves_the_others(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def report(marker: Marker, source: Source) -> Report:
        if source.name == "slip.txt":
            raise KeyError("q")
        return marked(marker, source)

    marked = Marker.report
    monkeypatch.setattr(Marker, "report", report)
    status, out, err = command("check", RELU, "slip.txt", "nothing.txt", "right.txt")
    assert status == 70
    assert err.startswith(f"slip.txt: error: a fault in bptrace {__version__}: KeyError at ")
    assert "please report" in err.splitlines()[0]
    assert out.splitlines()[:3] == [
        "slip.txt     a fault in bptrace", "nothing.txt  cannot be read", "right.txt    4 rows: 4 right",
    ]  # fmt: skip
    assert out.endswith("3 files: 1 without a mistake, 1 that cannot be read, 1 not marked\n")


def test_many_files_in_several_processes_come_in_order(command: Command) -> None:
    for number in range(40):
        Path(f"{number}.txt").write_text(SLIPPED if number % 3 else RIGHT, encoding="utf-8")
    names = [f"{number}.txt" for number in range(40)]
    out = command("check", RELU, *names, "--format", "csv").out
    lines = list(csv.DictReader(io.StringIO(out)))
    assert list(dict.fromkeys(line["file"] for line in lines)) == names
    assert [line["verdict"] == "slip" for line in lines if line["quantity"] == "dL/dz2"] == [
        number % 3 > 0 for number in range(40)
    ]


def test_a_network_without_values_is_refused(command: Command) -> None:
    status, out, err = command("check", "example:generic_skip", "right.txt")
    assert (status, out) == (2, "")
    assert "has no value" in err


def test_notes_of_the_network_are_told(command: Command) -> None:
    Path("net.yaml").write_text("input: {q: 1}\nweights: {w: 3}\nloss: w^2", encoding="utf-8")
    Path("answer.txt").write_text("L = 9", encoding="utf-8")
    status, _, err = command("check", "net.yaml", "answer.txt")
    assert status == 0
    assert "note" in err


def test_the_verdicts_of_the_schema_are_those_there_are() -> None:
    from bptrace.marking.verdicts import VERDICTS
    from tests.test_schemas import SCHEMAS

    assert SCHEMAS["check"]["$defs"]["row"]["properties"]["verdict"]["enum"] == list(VERDICTS)


def test_what_is_given_may_be_written_too(command: Command) -> None:
    Path("given.txt").write_text("x1 = 1\nx2 = 3\nz1 = 2\n", encoding="utf-8")
    status, out, _ = command("check", RELU, "given.txt", "--format", "json")
    assert (status, [row["verdict"] for row in rows(out)]) == (1, ["right", "wrong", "right"])
    assert "x2 is 2 in the network" in command("check", RELU, "given.txt")[1]
    assert "Look first at x2, line 2: it is given in the network." in command("check", RELU, "given.txt", "--hints")[1]


def test_the_gradient_of_an_input_need_not_exist(command: Command) -> None:
    Path("net.yaml").write_text("input: {n: 0}\nweights: {w: 0}\nloss: (w^n - 3)^2", encoding="utf-8")
    Path("answer.txt").write_text("L = 4", encoding="utf-8")
    assert command("check", "net.yaml", "answer.txt")[0] == 0


def test_a_rule_may_have_pi(command: Command) -> None:
    Path("net.yaml").write_text("weights: {w: 2}\nloss: w*pi", encoding="utf-8")
    command("export", "net.yaml", "-o", "answer.csv")
    assert command("check", "net.yaml", "answer.csv")[0] == 0


FUNCTIONS = [
    *("relu(2)", "sum(2)", "identity(2)", "max(0,2)", "relu(z1)", "mean(relu(z1))", "concat(1,2)", "softmax(z1)*2"),
    *("nll(2, 1)", "sigmoid(0)*4", "identity(z1)", "argmax(2)*2", "clip(2)"),
]


@pytest.mark.parametrize("rule", FUNCTIONS)
def test_any_function_may_stand_in_a_rule(command: Command, rule: str) -> None:
    Path("answer.txt").write_text(f"h1 = {rule} = 2", encoding="utf-8")
    assert command("check", RELU, "answer.txt")[0] == 0


@pytest.mark.parametrize("value", ["12.5/3.7", "1/1.375", "7" * 5_000, "0." + "7" * 5_000])
def test_an_odd_number_is_wrong_like_any_other(command: Command, value: str) -> None:
    Path("answer.txt").write_text(f"z1 = 2\nh1 = {value}", encoding="utf-8")
    assert command("check", RELU, "answer.txt")[0] == 1


def test_a_mask_is_no_error_of_a_unit(command: Command) -> None:
    Path("answer.txt").write_text("z1 = 2\ndL/dz1 = -inf\ndL/dh1 = 2", encoding="utf-8")
    assert command("check", RELU, "answer.txt", "--delta", "negative")[0] == 1


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "text"])
@pytest.mark.parametrize("files", [1, 2])
def test_nothing_that_is_written_steers_a_terminal(command: Command, form: str, files: int) -> None:
    Path("odd.txt").write_text(
        "z1 = 2\nh1 = 1\x1b]0;pwned\x07\n\x1b[31mq = 2\nz2 = \x1b[2J\nh2 = ``|\x9b", encoding="utf-8"
    )
    _, out, err = command("check", RELU, *["odd.txt"] * files, "--format", form)
    assert {char for char in out + err if not char.isprintable()} <= {"\n"}


def test_a_mask_is_right_as_it_is_and_nothing_else_is(command: Command) -> None:
    masked = "example:causal_attention"
    command("export", masked, "-o", "masked.csv")
    assert command("check", masked, "masked.csv")[0] == 0
    text = Path("masked.csv").read_text(encoding="utf-8")
    Path("masked.csv").write_text(text.replace(",-inf,", ",-7,", 1), encoding="utf-8")
    assert command("check", masked, "masked.csv")[0] == 1


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do(ending: str, command: Command, folder: Path) -> None:
    Path("old.csv").write_bytes(f"z1,2{ending}z2,7{ending}L,1{ending}".encode())
    status, out, _ = command("check", RELU, "old.csv")
    assert (status, out.splitlines()[-1]) == (1, "3 rows: 2 right, 1 wrong")


def test_ctrl_c_ends_all_processes_without_a_word(folder: Path) -> None:
    os.mkfifo("pipe.txt")  # it is waited for until somebody writes
    files = ["right.txt"] * 20 + ["pipe.txt"] * 4
    command = [sys.executable, "-m", "bptrace", "check", RELU, *files]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    while process.poll() is None:
        with suppress(OSError):  # nobody reads yet
            os.close(os.open("pipe.txt", os.O_WRONLY | os.O_NONBLOCK))
            break
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == b""
    assert process.returncode == 130


@pytest.mark.parametrize("form", ["json", "csv", "markdown", "text"])
def test_no_file_is_replaced_where_no_answers_are_read(command: Command, form: str) -> None:
    Path("a.txt").write_bytes(b"z1 = \xff")
    Path("out").write_text("before", encoding="utf-8")
    status, out, err = command("check", RELU, "a.txt", "a.txt", "--format", form, "-o", "out")
    assert (status, out, Path("out").read_text(encoding="utf-8")) == (2, "", "before")
    assert err.count("a.txt:1:6: error: byte 0xff is not UTF-8") == 2
