"""Marks by quantity, from a file."""

from __future__ import annotations

import pytest

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.scheme import EXAMPLE, NUMBER_OF_MARKS, read_scheme
from tests.marking.by_hand import ONE, working


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("dL/dw11,2\nL,1\n", {"dL/dw11": "2", "L": "1"}),
        ("quantity,marks\ndw11,0.5\n", {"dL/dw11": "1/2"}),
        ("dL/dv,2\n", {"dL/dv1": "2", "dL/dv2": "2"}),
        ("L,½\ndL/dw11,1 / 2\n", {"L": "1/2", "dL/dw11": "1/2"}),
    ],
)
def test_a_scheme(text: str, marks: dict[str, str]) -> None:
    found = read_scheme(Source("scheme.csv", text), working(ONE))
    assert {name: str(each) for name, each in found.items()} == marks


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("L,2\ndw11,abc", NUMBER_OF_MARKS),
        ("L,1/3", NUMBER_OF_MARKS),
        ("L,-1", NUMBER_OF_MARKS),
        ("L,1e99999", NUMBER_OF_MARKS),
        ("L,3 1/2", "a mixed number? write 7/2"),
        ("", EXAMPLE),
        ("# nothing\n", EXAMPLE),
        ("q,,L\n,2", EXAMPLE),
        ("quantity,value\n,2", EXAMPLE),
    ],
)
def test_a_scheme_is_told_what_a_scheme_has(text: str, hint: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_scheme(Source("scheme.csv", text), working(ONE))
    assert caught.value.hints == (hint,)


@pytest.mark.parametrize(
    "marked",
    [
        "dL/dw11,¦many\n",
        "¦dL/dq,2\n",
        "dL/dw11,¦-1\n",
        "dL/dw11,2\n¦dL/dw12,\n",
        "dL/dw11,¦1/3\n",
        "dL/dw11,¦-inf\n",
        "dL/dw11,¦exp(1)\n",
        "dL/dw11,¦2*1\n",
        "dL/dw11,¦(2)\n",
        "dL/dw11,¦≈2\n",
        "L,2\n¦L,2\n",
        "dL/dv,2\n¦dL/dv1,3\n",
        "dL/dw11,¦2,3\n",
        "dL/dw11 = ¦2 = 3\n",
    ],
)
def test_a_scheme_that_is_none(marked: str) -> None:
    source = Source("scheme.csv", marked.replace("¦", ""))
    with pytest.raises(SpecError) as caught:
        read_scheme(source, working(ONE))
    assert caught.value.mark == Mark(source, marked.index("¦"))
    assert len(str(caught.value).splitlines()) >= 4
