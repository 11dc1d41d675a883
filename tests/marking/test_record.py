"""A marked register as plain data, and the slips of many."""

from __future__ import annotations

import pickle

from bptrace.marking.record import FileRecord, RowRecord, by_slip, file_record
from tests.conftest import RELU
from tests.marking.registers import Given, report
from tests.marking.test_report import SIGN, SLIPPED, naming


def test_a_record_has_every_row() -> None:
    found = file_record(
        report(RELU, SLIPPED | {"L": Given("", "missing"), "q": Given("3", "unknown", {"problem": "no q"})})
    )
    assert found._replace(rows=()) == FileRecord("anna.csv", RELU, "3", "5")
    assert found.rows[1:] == (
        RowRecord("dL/dz1", 2, "2", "-2", "slip", (SIGN,), (), None, "0"),
        RowRecord("dL/dw11", 3, "2", "-2", "follows", (), ("dL/dz1",), None, "1"),
        RowRecord("dL/dw12", 4, "4", "-4", "follows", (), ("dL/dz1",), None, "1"),
        RowRecord("L", None, "", "1", "missing", (), (), None, "0"),
        RowRecord("q", 6, "3", None, "unknown", (), (), None, ""),
    )
    assert pickle.loads(pickle.dumps(found)) == found


def test_with_hints_it_says_where_to_look() -> None:
    found = file_record(report(RELU, SLIPPED, hints=True))
    assert found.look_first == "dL/dz1"
    assert {(row.value, row.slips) for row in found.rows} == {(None, ())}


def charged(file: str, *slips: tuple[str, ...]) -> FileRecord:
    rows = [RowRecord("z", 1, "1", "2", "slip", names, (), None) for names in slips]
    return FileRecord(file, "net.yaml", rows=tuple(rows))


def test_slips_are_counted_by_file_the_most_frequent_first() -> None:
    records = [charged("a", ("one",), ("one",)), charged("b", ("two",)), charged("c", ("two",), ("one", "two"))]
    assert by_slip(records) == [(("two",), ["b", "c"]), (("one",), ["a"])]
    assert by_slip([FileRecord("d", "net.yaml", problem="no")]) == []


def test_slips_that_perhaps_are_made_are_counted_apart() -> None:
    both = tuple(naming("dL/dz1", slip) for slip in (SIGN, "another"))
    rows = {
        "dL/dz1": Given("-2", "rounded", {"besides": both}),
        "dL/dw11": Given("-2", "rounded", {"besides": both[:1]}),
    }
    found = file_record(report(RELU, rows))
    assert (found.slips, found.perhaps) == (set(), ((SIGN,),))
    assert by_slip([found, found], perhaps=True) == [((SIGN,), ["anna.csv"] * 2)]
    assert file_record(report(RELU, rows, hints=True)).perhaps == ()


def test_a_file_is_good_if_it_can_be_read_and_has_no_mistake() -> None:
    assert FileRecord("a", "n").is_good
    assert not FileRecord("a", "n", problem="no").is_good
    assert not charged("a", ("one",)).is_good
