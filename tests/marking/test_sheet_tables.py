"""What the columns of a table are, by its header or by what stands in them."""

from __future__ import annotations

import pytest

from bptrace.errors import Source
from bptrace.marking.sheet_tables import Field, by_fields, csv_rows, header


def fields(*texts: str) -> list[Field]:
    return [Field(text, 0) for text in texts]


@pytest.mark.parametrize(
    ("texts", "columns"),
    [
        (("quantity", "rule", "value"), ["quantity", "rule", "value"]),
        (("Value", "Quantity"), ["value", "quantity"]),
        (("dL/dw11", "-2"), []),
    ],
)
def test_a_header_is_known_by_its_words(texts: tuple[str, ...], columns: list[str]) -> None:
    assert list(header(fields(*texts))) == columns


@pytest.mark.parametrize(
    ("texts", "columns"),
    [
        (("dL/dw11", "-2"), ["quantity", "value"]),
        (("dL/dw11", "-2*1", "-2"), ["quantity", "rule", "value"]),
        (("dL/dw11",), ["quantity"]),
    ],
)
def test_without_one_the_count_tells(texts: tuple[str, ...], columns: list[str]) -> None:
    assert list(by_fields(fields(*texts))) == columns


def test_a_quote_that_never_closes_spoils_its_own_row() -> None:
    rows = list(csv_rows(Source("a.csv", 'dL/dw11,"-2\ndL/dw12,3\n'), ","))
    assert [(row.quantity.text, row.problem is None) for row in rows] == [("dL/dw11", False), ("dL/dw12", True)]
    problem = rows[0].problem
    assert problem is not None
    assert problem.mark is not None
    assert (problem.mark.line, problem.mark.column) == (1, 9)


def test_a_decimal_comma_that_parts_a_number_is_told() -> None:
    [row] = csv_rows(Source("a.csv", "dL/dw11,0,25\n"), ",")
    assert row.problem is not None
    [row] = csv_rows(Source("a.csv", "dL/dw11;0,25\n"), ";")
    assert row.value is not None
    assert (row.problem, row.value.text, row.commas) == (None, "0,25", True)
