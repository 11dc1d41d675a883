"""Marks by quantity, from a file."""

from __future__ import annotations

import pytest

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.scheme import read_scheme
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
