"""Formulas with everything put in that is worked out."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.typeset.derivation import CHAIN, Derivation
from bptrace.typeset.unicode import Unicode


@pytest.mark.parametrize("layers", [60, 400])
def test_a_network_may_be_deeper_than_python_recurses(layers: int) -> None:
    repeat = f"  repeat:\n    for: t in 1..{layers}\n    h{{t}}: w*h{{t-1}} + w\n"
    trace = loads(f"weights: {{w: w}}\nforward:\n  h0: 1*w\n{repeat}loss: h{layers}^2").trace()
    derivation = Derivation(trace, Unicode(), ["dL/dw"])
    row = next(row for row in derivation.trace.rows() if row.quantity == "dL/dw")
    assert derivation.expanded(row).text.endswith("too long to be written out")
    assert next(derivation.paths()).number > layers
    assert derivation.form(CHAIN, row)[0].text.startswith("a sum over ")
