"""CSV tables: what a header means, and every complaint at its line and column."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import SpecError
from bptrace.errors import Source
from bptrace.numbers.arrays import Shape
from bptrace.spec.table import Table, read_table
from tests.refusals import HERE, bounded
from tests.strategies import examples

LIMIT = 100


def table_of(text: str) -> Table:
    """The table in a text, in a network whose equations read x, w and y."""
    return read_table(
        Source("t.csv", text), lambda name, base: name not in ("x", "w", "y") and base in ("x", "w", "y"), LIMIT
    )


def refusal(marked: str) -> SpecError:
    before, _, after = marked.partition(HERE)
    with bounded(), pytest.raises(SpecError) as refused:
        table_of(before + after)
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert str(refused.value).startswith(f"t.csv:{line}:{column}: error: {refused.value.message}\n")
    return refused.value


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a,b,c", [("a", (), (0,)), ("b", (), (1,)), ("c", (), (2,))]),
        ("x[1],x[2],y", [("x", (2,), (0, 1)), ("y", (), (2,))]),
        ("x1,x2,y", [("x", (2,), (0, 1)), ("y", (), (2,))]),
        ("x2,y,x1", [("x", (2,), (2, 0)), ("y", (), (1,))]),
        ("q1,q2", [("q1", (), (0,)), ("q2", (), (1,))]),
        ("w[1,1],w[1,2]", [("w", (1, 2), (0, 1))]),
        ("w[2,1],w[1,1],y", [("w", (2, 1), (1, 0)), ("y", (), (2,))]),
        (",".join(f"x{n}" for n in range(1, 13)), [("x", (12,), tuple(range(12)))]),
        (' x1 , "x2",y ', [("x", (2,), (0, 1)), ("y", (), (2,))]),
        ('"w[1,1]","w[1,2]"', [("w", (1, 2), (0, 1))]),
        ("y,w[1, 1],w[ 1,2 ],x[1]", [("y", (), (0,)), ("w", (1, 2), (1, 2)), ("x", (1,), (3,))]),
        ("x01,y", [("x01", (), (0,)), ("y", (), (1,))]),
    ],
)
def test_what_a_header_means(header: str, expected: list[tuple[str, Shape, tuple[int, ...]]]) -> None:
    numbers = ",".join(str(place) for _, _, places in expected for place in places)
    assert [column[:3] for column in table_of(f"{header}\n{numbers}").columns] == expected


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a,b\n1,2", [["1", "2"]]),
        ("a,b\r\n1, 2 \r\n3,4\r\n", [["1", "2"], ["3", "4"]]),
        ("\n\na,b\n\n1,2\n  \n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ('a,b\n"1","2"', [["1", "2"]]),
        ("a\n1/3\n-0.5", [["1/3"], ["-0.5"]]),
        ("a,b\n1,\n", [["1", ""]]),
    ],
)
def test_what_stands_below_it(text: str, fields: list[list[str]]) -> None:
    assert [line.fields for line in table_of(text).lines] == fields


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("¦", "the file is empty"),
        ("¦\n\n", "the file is empty"),
        ("x,y\n" + "1,2\n" * 100 + "¦1,2\n1,2", "more than 100 lines below the header"),
        (f"¦{',' * 1_000_000}\n", "more than 1,000,000 numbers and names"),
        ("x1,y¦", "there is no line of numbers under the header"),
        ("x1,y¦\n\n", "there is no line of numbers under the header"),
        ("x,y\n3¦\n", "a line of 1 under a header of 2"),
        ("x\n¦y\n1", "no number is in this line"),
        ("x,y\n¦-a,b\n", "no number is in this line"),
        ("x,y\n1,2\n3¦\n", "a line of 1 under a header of 2"),
        ("x,y\n1,2,¦3\n", "a line of 3 under a header of 2"),
        ('x,y\n"1", 2,  ¦"3"\n', "a line of 3 under a header of 2"),
        ("¦0,0,1\n1,2,3", "here the first line has no name of a column"),
        ("x,y,¦\n1,2,3", "here the first line has no name of a column"),
        ("x1¦;y\n1;3", "columns are separated by ',', not by ';'"),
        ("x1,x2¦\ty\n1,2\t3", "columns are separated by ',', not by tabs"),
        ("x,y\n0,5,¦1,5\n", "a line of 4 under a header of 2"),
        ("¦w[1,2\n1,3", "here the first line has no name of a column"),
        ("x,y,¦x\n1,2,3", "'x' stands twice in the header"),
        ("x1,y,¦x[1]\n1,2,3", "'x[1]' stands twice in the header"),
        ("x,y,¦x1\n1,2,3", "'x1' does not go together with 'x'"),
        ("x[1],¦x[1,2],y\n1,2,3", "'x[1,2]' does not go together with 'x[1]'"),
        ("w[1,1],w[1,2]\n1,2,¦3", "a line of 3 under a header of 2"),
        ('x[1],¦"x[1,2]",y\n1,2,3', "'x[1,2]' does not go together with 'x[1]'"),
        ("y,¦x1,x3\n1,2,3", "'x' lacks elements: 2 of 3 for a vector of 3"),
        ("y,¦x999999999\n1,2", "'x' lacks elements: 1 of 999,999,999 for a vector of 999999999"),
        ('x,y\n¦1,"2\n3,4', "not CSV: unexpected end of data"),
        ('x,y\n1,2\n¦1,"2"3\n', "not CSV: ',' expected after '\"'"),
    ],
)
def test_complaints(marked: str, message: str) -> None:
    assert refusal(marked).message == message


@pytest.mark.parametrize("number", ["-1", "- 1", "\u22121", ".5", "(1)", "1/3", "2e3", "nan,1"])
def test_what_has_a_number_is_a_table(number: str) -> None:
    assert table_of(f"a,b\n{number},c").lines if "," not in number else table_of(f"a,b\n{number}").lines


@pytest.mark.parametrize(
    "text",
    [
        "root:*:18000\n",
        "KEY=secret",
        "a;secret",
        "secret",
        "secret\nsecret\n",
        "secret\nsecret,1",
        "secret,secret\n1",
        "secret,secret\n",
        '"secret',
        'a\n"secret',
        "-----BEGIN secret-----\n1",
    ],
)
def test_of_what_is_no_table_the_line_is_told_and_not_its_text(text: str) -> None:
    with pytest.raises(SpecError) as refused:
        table_of(text)
    assert re.fullmatch(r"t\.csv:[12]:\d+: error: .*\n(   .*\n?)+", str(refused.value))
    assert not any(word in str(refused.value) for word in ("secret", "root", "KEY", "18000"))


@pytest.mark.parametrize("text", ["x,y\n1,2\n¦3,4,5", "x,¦x\n1,2", 'x,y\n1,2\n¦"3"4,5'])
def test_the_line_of_a_table_is_shown(text: str) -> None:
    assert "\n     | " in str(refusal(text.replace("¦3,4,5", "3,4,¦5")))


@pytest.mark.parametrize(
    "text",
    [
        "," * 2_000_000,
        "a\n" * 2_000_000,
        "a" * 5_000_000,
        "\n" * 1_000_000,
        '"' * 1_000_001,
        "a" + " " * 100_000 + "b\n1",
        ",".join(f"x{n}" for n in range(1, 200_000)) + "\n1",
        ",".join(f"a_{n}_" for n in range(200_000)) + "\n" + "," * 199_999,
        "x[" + "1," * 50_000 + "1]\n1",
        "x" + "1" * 50_000 + "\n1",
    ],
    ids=lambda text: text[:10],
)
def test_large_tables_take_bounded_work(text: str) -> None:
    with bounded(), suppress(SpecError):
        read_table(Source("t.csv", text), lambda name, base: True, LIMIT)


@examples(300)
@given(st.text(alphabet='x1[,]" \n\r\t2/.;é0', max_size=40))
def test_any_text_is_a_table_or_refused_with_its_place(text: str) -> None:
    try:
        table = table_of(text)
    except SpecError:
        return
    places = sorted(place for column in table.columns for place in column.places)
    assert all(places == list(range(len(line.fields))) for line in table.lines)
    for line in table.lines:
        for place, field in enumerate(line.fields):
            offset = line.mark(place).offset
            assert text[offset:].lstrip(" \t").startswith((field[:1], '"'))
