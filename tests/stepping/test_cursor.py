"""A cursor over a register: pure moves over the rows, and where they lead."""

from __future__ import annotations

import random
from functools import partial

import pytest

from bptrace import Trace, load
from bptrace.errors import Source, SpecError
from bptrace.stepping.cursor import UNITS, Cursor, place_of, row_places
from tests.conftest import NETWORKS, RELU, ROOT

BATCH = ROOT / "networks" / "xor_batch.yaml"


@pytest.fixture(scope="module")
def trace() -> Trace:
    return load(RELU).trace()


@pytest.fixture(scope="module")
def batch() -> Trace:
    return load(BATCH).trace()


ALL_OF_STEP_7 = "ReLU'(z2) dL/dz1 dL/dz2 dL/dw11 dL/dw12 dL/db1 dL/dw21 dL/dw22 dL/db2"
REVERSE = f"[dL/dyhat] dL/dv1 dL/dv2 dL/dc dL/dh1 dL/dh2 ReLU'(z1) {ALL_OF_STEP_7}"


def newest(cursor: Cursor) -> str:
    """The newest rows' names, the marked one in brackets."""
    names = list(cursor.trace.quantities())
    return " ".join(f"[{names[place]}]" if place == cursor.marked else names[place] for place in range(*cursor.span))


MOVES = {
    "by step": ("step", "next back next", ["[z1] z2", "[h1] h2", "[z1] z2", "[h1] h2"]),
    "before the beginning": ("step", "back", ["[z1] z2", "[z1] z2"]),
    "the ends": (
        "step",
        "last first",
        ["[z1] z2", f"[ReLU'(z1)] {ALL_OF_STEP_7}", "[z1] z2"],
    ),
    "beyond the end": ("row", "last next", ["[z1]", "[dL/db2]", "[dL/db2]"]),
    "by row": ("row", "next next back", ["[z1]", "[z2]", "[h1]", "[z2]"]),
    "by phase": (
        "phase",
        "next back",
        [
            "[z1] z2 h1 h2 yhat L",
            REVERSE,
            "[z1] z2 h1 h2 yhat L",
        ],
    ),
    "the other phase": ("row", "next_phase next_phase", ["[z1]", "[dL/dyhat]", "[z1]"]),
}


@pytest.mark.parametrize(("by", "moves", "rows"), MOVES.values(), ids=MOVES)
def test_moves(trace: Trace, by: str, moves: str, rows: list[str]) -> None:
    cursor = Cursor(trace, by)
    seen = [newest(cursor)]
    for move in moves.split():
        cursor = getattr(cursor, move)()
        seen.append(newest(cursor))
    assert seen == rows


def test_a_step_by_its_number(trace: Trace) -> None:
    assert newest(Cursor(trace).jump(3)) == "[yhat]"
    for number in (0, 8):
        with pytest.raises(IndexError):
            Cursor(trace).jump(number)


def test_the_mark_moves_among_the_rows_that_have_been_seen(trace: Trace) -> None:
    cursor = Cursor(trace).jump(2)
    assert [newest(cursor.moved(rows)) for rows in (1, 5)] == ["h1 [h2]"] * 2
    assert cursor.moved(-1).marked == 1
    assert cursor.moved(-50).marked == 0


def test_another_unit_keeps_the_marked_row(trace: Trace) -> None:
    cursor = Cursor(trace).jump(2).moved(1).counted("row")
    assert newest(cursor) == "[h2]"
    assert newest(cursor.counted("step")) == "h1 [h2]"


SEARCHES = {
    "onward": ("dL/dw", [False, False, False], ["dL/dw11", "dL/dw12", "dL/dw21"]),
    "and round": ("yhat", [False, False, False], ["yhat", "dL/dyhat", "yhat"]),
    "backward": ("yhat", [True, True], ["dL/dyhat", "yhat"]),
    "there and back": ("dL/dw", [False, False, True], ["dL/dw11", "dL/dw12", "dL/dw11"]),
    "in either case": ("relu", [False], ["ReLU'(z1)"]),
    "in this case": ("L", [False], ["L"]),
    "the only one": ("dL/dc", [False, False, True], ["dL/dc", "dL/dc", "dL/dc"]),
}


@pytest.mark.parametrize(("text", "backward", "rows"), SEARCHES.values(), ids=SEARCHES)
def test_searches(trace: Trace, text: str, backward: list[bool], rows: list[str]) -> None:
    cursor, found = Cursor(trace), []
    names = list(trace.quantities())
    for back in backward:
        next_one = cursor.search(text, backward=back)
        assert next_one
        cursor = next_one
        found.append(names[cursor.marked])
    assert found == rows


def test_a_search_that_finds_nothing(trace: Trace) -> None:
    assert Cursor(trace).search("relu'(q") is None
    assert Cursor(trace).search("DL/DW") is None


def test_a_phase_ends_where_the_sample_does(batch: Trace) -> None:
    cursor = Cursor(batch, "phase")
    assert (cursor.first_step.number, cursor.step.number) == (1, 4)
    assert [step.sample for step in cursor.phase] == [1] * 4
    assert cursor.position == "sample 1/4, forward 4/4"
    assert cursor.last().position == "update 1/1"


NAMES = {
    "z1": "z1",
    "z": "z1",
    "dL/dw12": "dL/dw12",
    "dL/dw[1,2]": "dL/dw12",
    " dL/dw ": "dL/dw11",
    "ReLU'(z2)": "ReLU'(z2)",
}


@pytest.mark.parametrize(("name", "row"), NAMES.items(), ids=NAMES)
def test_a_row_by_its_name(trace: Trace, name: str, row: str) -> None:
    assert list(trace.quantities())[place_of(trace, Source("test", name))] == row


@pytest.mark.parametrize(
    ("name", "row", "step"),
    [("dL/dw11", "dL/dw11", 30), ("dL/dw11(2)", "dL/dw11", 14), ("h1", "h1", 2), ("h1(4)", "h1", 23), ("L", "L", 29)],
)
def test_a_row_of_a_batch_by_its_name(batch: Trace, name: str, row: str, step: int) -> None:
    place = place_of(batch, Source("test", name))
    assert (list(batch.quantities())[place], batch.step_at(place).number) == (row, step)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("dL/dw", ["dL/dw11", "dL/dw12", "dL/dw21", "dL/dw22"]),
        ("dL/db(2)", ["dL/db1", "dL/db2"]),
        (" h1(4) ", ["h1"]),
        ("L", ["L"]),
    ],
)
def test_all_rows_of_an_array(batch: Trace, name: str, rows: list[str]) -> None:
    names = list(batch.quantities())
    assert [names[place] for place in row_places(batch, Source("test", name))] == rows


INPUTS = "the gradients of inputs come with --inputs"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dL/dq", "did you mean 'dL/dc'?"),
        ("x3", "rows are called as"),
        ("", "rows are called as"),
        ("dL/dw13", "did you mean"),
        ("h1(0)", "did you mean"),
        ("(1)", "rows are called as"),
        ("dL/dx1", INPUTS),
        ("dL/dx2(3)", INPUTS),
        ("dL/dy(3)", "did you mean"),
    ],
)
def test_what_has_no_row(batch: Trace, name: str, hint: str) -> None:
    with pytest.raises(SpecError, match="no row is called") as problem:
        place_of(batch, Source("--from", name))
    assert problem.value.hints[0].startswith(hint)
    assert (problem.value.line, problem.value.column) == (1, 1)


@pytest.mark.parametrize("name", ["h1(5)", "x1(5)", "dL/dw11(9)"])
def test_a_sample_that_is_not_there(batch: Trace, name: str) -> None:
    with pytest.raises(SpecError, match="there is no sample") as problem:
        place_of(batch, Source("--from", name))
    assert problem.value.hints == ("there are 4",)
    assert (problem.value.line, problem.value.column) == (1, 1)


def test_any_walk_stays_in_the_register() -> None:
    chance = random.Random(1)
    for path in NETWORKS:
        trace = load(path).trace()
        cursor = Cursor(trace)
        for _ in range(60):
            moves = [cursor.next, cursor.back, cursor.first, cursor.last, cursor.next_phase]
            moves += [partial(cursor.counted, by) for by in UNITS]
            moves += [partial(cursor.moved, chance.randint(-9, 9)), partial(cursor.jump, len(trace.steps))]
            cursor = chance.choice(moves)()
            start, stop = cursor.span
            assert 0 <= start <= cursor.place < stop <= trace.count
            assert 0 <= cursor.marked < stop
            assert cursor.counted("row").place == cursor.marked


@pytest.mark.parametrize("name", ["x1", "w", "w11", "w[1,1]", "y", "x1(2)", "w11(2)"])
def test_what_is_given_has_no_row(batch: Trace, name: str) -> None:
    with pytest.raises(SpecError, match="is given: no row works it out"):
        place_of(batch, Source("--from", name))
