"""Networks drawn at random read, and stay small, so that no test takes long by bad luck."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bptrace import loads
from bptrace.numbers.arrays import size
from tests.strategies import LARGEST, examples, networks, real_networks

LONGEST = 20_000
"""How many characters a rule may have."""


@pytest.mark.parametrize("drawn", [networks(), real_networks()], ids=["rational", "real"])
@given(data=st.data())
@examples(25)
def test_a_random_network_is_small(drawn: SearchStrategy[str], data: st.DataObject) -> None:
    trace = loads(data.draw(drawn)).trace()
    assert max(size(quantity.shape) for quantity in trace.program.quantities.values()) <= LARGEST
    assert max(len(row.formula) + len(row.rule) for row in trace.rows()) <= LONGEST
