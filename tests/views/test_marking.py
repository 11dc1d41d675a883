"""A marked register on the terminal, and many of them: a line each, then the slips."""

from __future__ import annotations

import io
import re

import pytest

from bptrace.engine.sentence_parts import Named, sentence
from bptrace.marking.record import FileRecord, RowRecord, file_record
from bptrace.marking.report import Report
from bptrace.marking.slips import BY_NAME
from bptrace.marking.verdicts import VERDICTS
from bptrace.views.marking import STYLES, short_names, write_marking, write_markings
from tests.conftest import RELU
from tests.marking.registers import Given, report
from tests.marking.test_report import SIGN, SLIPPED

UNREAD = {"dL/dw21": Given("-2..1", "unreadable", {"problem": "not a number"})}


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def written(found: Report, marks: bool = False) -> list[str]:
    out = io.StringIO()
    write_marking(found, out, marks)
    return out.getvalue().splitlines()


def test_a_register_with_its_first_mistake() -> None:
    assert written(report(RELU, SLIPPED | UNREAD), marks=True) == [
        "anna.csv  Two-layer ReLU network",
        "",
        "╭──────────┬─────────┬───────┬─────────────────────────────┬───────╮",
        "│ quantity │ written │ value │ verdict                     │ marks │",
        "├──────────┼─────────┼───────┼─────────────────────────────┼───────┤",
        "│ dL/dh1   │      -2 │    -2 │ right                       │     1 │",
        "│ dL/dz1   │       2 │    -2 │ slip: sign of this row lost │     0 │",
        "│ dL/dw11  │       2 │    -2 │ follows dL/dz1              │     1 │",
        "│ dL/dw12  │       4 │    -4 │ follows dL/dz1              │     1 │",
        "│ dL/dw21  │   -2..1 │       │ unreadable                  │     0 │",
        "╰──────────┴─────────┴───────┴─────────────────────────────┴───────╯",
        "",
        "anna.csv:5:1: error: not a number",
        "   5 | dL/dw21,-2..1",
        "     | ^",
        "   as in -2.1",
        "",
        "dL/dz1: sign of this row lost",
        "  wrong  dL/dz1 = -dL/dh1*ReLU'(z1) = -(-2)*1 = 2",
        "  right  dL/dz1 = dL/dh1*ReLU'(z1) = -2*1 = -2",
        f"  {BY_NAME[SIGN].sentence}",
        "  dL/dw11, dL/dw12 hang on it.",
        "",
        "5 rows: 1 right, 2 follow, 1 slip, 1 unreadable; 3 of 5 marks",
    ]


def test_with_hints_there_is_no_column_of_values() -> None:
    lines = written(report(RELU, SLIPPED, hints=True))
    assert lines[3] == "│ quantity │ written │ verdict        │"
    assert lines[-3:] == [
        "Look first at dL/dz1, line 2: work its rule out again.",
        "",
        "4 rows: 1 right, 2 follow, 1 slip",
    ]


def test_a_right_register_has_no_more_to_say() -> None:
    assert written(report(RELU, {"L": Given("1", "right")}))[-2:] == ["", "1 row: 1 right"]
    assert written(report(RELU, {})) == ["anna.csv  Two-layer ReLU network", "", "", "no rows"]


def test_remarks_stand_above_and_below_the_table() -> None:
    remark = sentence("as ", Named("y"), " - ", Named("yhat"))
    found = report(RELU, {"L": Given("1", "right", {"remarks": (remark,)})})
    both = Report(found.marked._replace(remarks=(remark,)), found.working, RELU)
    lines = written(both)
    assert lines[2:4] == ["as y - yhat", ""]
    assert lines[-3:] == ["  L: as y - yhat", "", "1 row: 1 right"]


@pytest.mark.parametrize("width", [30, 43, 60, 80])
def test_no_line_is_wider_than_the_window(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = written(report(RELU, SLIPPED), marks=True)
    assert max(map(len, lines)) <= width
    joined = " ".join(line.strip() for line in lines)
    assert "dL/dz1 = dL/dh1*ReLU'(z1) = -2*1 = -2" in joined


def test_where_there_is_no_room_for_a_table_a_row_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "43")
    assert written(report(RELU, SLIPPED), marks=True)[2:4] == [
        "dL/dh1: -2, right; marks 1",
        "dL/dz1: 2, value -2, slip: sign of this row",
    ]


def test_no_number_is_broken_where_there_is_little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "54")
    lines = written(report(RELU, SLIPPED))
    assert "│ dL/dz1   │       2 │    -2 │ slip: sign of this    │" in lines
    assert "│          │         │       │ row lost              │" in lines


def test_right_values_have_little_more_digits_than_what_is_written() -> None:
    found = report("example:sigmoid_2_2_2", {"h1": Given("0.593", "right")})
    assert "│ h1       │   0.593 │ ≈0.59327 │ right   │" in written(found)
    assert file_record(found).rows[0].value == "≈0.5932699921"


def test_what_is_very_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = written(report(RELU, {"L": Given("1" * 5000, "wrong"), "q" * 300: Given("2", "unknown", {"problem": "q"})}))
    assert max(map(len, lines)) <= 120
    assert re.search(r"│ 1+…1+ │", lines[5])
    assert re.search(r"│ q+…q+ │", lines[6])


def test_each_verdict_has_a_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(STYLES) == set(VERDICTS)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert any("\x1b[32mright" in line for line in written(report(RELU, SLIPPED)))
    assert any("\x1b[1;31mslip: " in line for line in written(report(RELU, SLIPPED)))


def charged(file: str, *verdicts: str) -> FileRecord:
    rows = [
        RowRecord("z", 1, "1", "2", verdict, ("sign lost",) * (verdict == "slip"), (), None) for verdict in verdicts
    ]
    return FileRecord(file, "net.yaml", "1", "2", tuple(rows))


def many(records: list[FileRecord], marks: bool = False) -> list[str]:
    out = io.StringIO()
    write_markings(records, out, marks)
    return out.getvalue().splitlines()


def test_of_many_files_each_has_a_line_then_come_the_slips() -> None:
    files = [charged("in/anna.csv", "right", "slip"), charged("in/bo.csv", "right"), charged("in/cy.csv", "slip")]
    assert many([*files, FileRecord("in/di.csv", "net.yaml", problem="no")], marks=True) == [
        "anna.csv  2 rows: 1 right, 1 slip; 1 of 2 marks",
        "bo.csv    1 row: 1 right; 1 of 2 marks",
        "cy.csv    1 row: 1 slip; 1 of 2 marks",
        "di.csv    cannot be read",
        "",
        "4 files: 1 without a mistake, 2 with mistakes, 1 that cannot be read",
        "╭───────────┬───────┬──────────────────╮",
        "│ slip      │ files │ who              │",
        "├───────────┼───────┼──────────────────┤",
        "│ sign lost │     2 │ anna.csv, cy.csv │",
        "╰───────────┴───────┴──────────────────╯",
    ]


def test_with_hints_each_line_says_where_to_look() -> None:
    (line, *_) = many([charged("anna.csv", "slip")._replace(look_first="dL/dz1")])
    assert line == "anna.csv  1 row: 1 slip; look first at dL/dz1"


def test_slips_that_are_perhaps_made_come_last() -> None:
    files = [charged("a", "slip"), charged("b", "rounded")._replace(perhaps=(("sign lost", "w", "x", "y", "z"),))]
    assert [line.split("│")[1:3] for line in many(files) if line.startswith("│")][1:] == [
        [" sign lost                                 ", "     1 "],
        [" perhaps sign lost, or w, or x, and 2 more ", "     1 "],
    ]


def test_who_are_many_are_counted() -> None:
    lines = many([charged(f"{number}.csv", "slip") for number in range(20)])
    assert "│ 0.csv, 1.csv, 2.csv, " in lines[-2]
    assert "10.csv and 9 more │" in lines[-2]


def test_files_are_called_by_their_names_in_one_folder() -> None:
    assert short_names(map(charged, ["a/1.csv", "a/2.csv"])) == {"a/1.csv": "1.csv", "a/2.csv": "2.csv"}
    assert short_names(map(charged, ["a/1.csv", "b/1.csv"])) == {"a/1.csv": "a/1.csv", "b/1.csv": "b/1.csv"}
