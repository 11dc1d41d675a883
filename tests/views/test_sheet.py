"""What a sheet writes by itself is what rich writes, character by character."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.text import Text

from bptrace.views.sheet import Sheet, SheetColumn, cell_width

CELLS = st.text(st.sampled_from("aW1 -*/≈∂σ界\t\x07é́"), max_size=12)
COLUMNS = [SheetColumn("quantity", "cyan"), SheetColumn("rule"), SheetColumn("value", "bold", "right")]


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def written(write: Callable[[Sheet], None], width: int, plain: bool, encoding: str = "utf-8") -> str:
    held = io.BytesIO()
    sheet = Sheet(io.TextIOWrapper(held, encoding=encoding, errors="replace", newline="", write_through=True))
    sheet.width, sheet.plain = width, plain and sheet.plain
    write(sheet)
    sheet.out.flush()
    return held.getvalue().decode(encoding)


def same(write: Callable[[Sheet], None], width: int) -> str:
    text = written(write, width, plain=True)
    assert text == written(write, width, plain=False)
    return text


@given(st.lists(CELLS, min_size=0, max_size=3), st.integers(10, 40))
def test_lines_are_richs(texts: list[str], width: int) -> None:
    same(lambda sheet: sheet.write(*((text, "bold") for text in texts)), width)


@given(st.lists(CELLS, min_size=0, max_size=3), st.integers(10, 40))
def test_lines_as_they_are_are_richs(texts: list[str], width: int) -> None:
    same(lambda sheet: sheet.write_unwrapped(*((text, "bold") for text in texts)), width)


@given(st.lists(CELLS, max_size=3), st.integers(10, 40))
def test_texts_are_richs(texts: list[str], width: int) -> None:
    same(lambda sheet: sheet.write_texts([Text(text, style="bold") for text in texts]), width)


@example([("", "", "1 ")], 27, False)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4), st.integers(20, 60), st.booleans())
def test_tables_are_richs(rows: list[tuple[str, str, str]], width: int, lined_up: bool) -> None:
    widths = [max(cell_width(row[place]) for row in rows) * lined_up for place in range(3)]
    columns = [column._replace(width=least) for column, least in zip(COLUMNS, widths, strict=True)]
    same(lambda sheet: sheet.table(columns, rows), width)


LONG_CELLS = st.lists(st.text(st.sampled_from("1234 +*-(/a界"), max_size=30), max_size=4).map(
    lambda texts: "".join(texts).strip()
)


@given(st.lists(st.tuples(CELLS, LONG_CELLS, LONG_CELLS), min_size=1, max_size=3), st.integers(20, 70), st.booleans())
def test_folded_tables_are_richs(rows: list[tuple[str, str, str]], width: int, formulas: bool) -> None:
    columns = [column._replace(formulas=formulas and column.name == "rule") for column in COLUMNS]
    same(lambda sheet: sheet.table(columns, rows), width)


def test_a_table() -> None:
    text = same(lambda sheet: sheet.table(COLUMNS, [("dL/dw", "-2*2", "-4"), ("ŷ", "", "≈0.5")]), 80)
    assert text.splitlines()[3:5] == ["│ dL/dw    │ -2*2 │    -4 │", "│ ŷ        │      │  ≈0.5 │"]


def test_a_stream_without_unicode_gets_richs_plain_lines() -> None:
    text = written(lambda sheet: sheet.table(COLUMNS, [("L", "1", "1")]), 80, plain=True, encoding="ascii")
    assert text.splitlines()[0] == "+-------------------------+"


@pytest.mark.parametrize(("name", "value"), [("FORCE_COLOR", "1"), ("TTY_COMPATIBLE", "1")])
def test_colours_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in written(lambda sheet: sheet.write(("L", "bold")), 80, plain=True)


def test_without_a_window_the_longest_line_is_whole() -> None:
    text = "long " * 4_000
    for plain in (True, False):
        assert written(lambda sheet: sheet.write(text), Sheet(io.StringIO()).width, plain) == f"{text}\n"


def test_the_width_is_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    assert Sheet(io.StringIO()).width == 33
    monkeypatch.setenv("COLUMNS", "3")
    assert Sheet(io.StringIO()).width == 10
    for odd in ("", "0", "-3", "²", "9" * 5_000):
        monkeypatch.setenv("COLUMNS", odd)
        assert Sheet(io.StringIO()).width == 1 << 30
