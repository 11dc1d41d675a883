"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

from collections import Counter

import pytest

from bptrace.marking.connections import Connections
from bptrace.marking.slip import MOST
from bptrace.marking.slips import wrong_rules
from bptrace.marking.working import Working
from bptrace.spec.reader import loads
from tests.marking.wrong_rules import check_slip
from tests.refusals import bounded


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("upstream forgotten (δ = f')", "dL/dz1", "tanh'(z1)", "≈0.9400148488"),
        ("one path of a sum", "dL/dh", "dL/dyhat1*v1", "66"),
        ("the last path only (overwritten)", "dL/dh", "dL/dyhat3*v3", "-3"),
        ("a path twice", "dL/dh", "dL/dyhat1*v1 + dL/dyhat2*v2 + dL/dyhat3*v3 + dL/dyhat1*v1", "133"),
        ("paths multiplied", "dL/dh", "dL/dyhat1*v1*dL/dyhat2*v2*dL/dyhat3*v3", "-792"),
        ("the skip forgotten", "dL/dh", "dL/du*w2", "-16"),
        ("gradient of the last use of a shared weight only", "dL/da", "dL/ds3*s2", "-9"),
        ("stale gradient added", "dL/dw(2)", "dL/dyhat(2)*x(2) + dL/dw(1)", "-8"),
        ("one path's upstream used for all", "dL/dh", "dL/dyhat1*v1 + dL/dyhat1*v2 + dL/dyhat1*v3", "55"),
        ("the wrong layer's upstream", "dL/dw11", "dL/dh1*x1", "≈0.2588469897"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)


def test_a_gradient_that_many_paths_lead_to_is_met_once() -> None:
    layers = "\n".join(f"  h{place + 1}: tanh(W@h{place})" for place in range(30))
    text = f"weights: {{W: [[1, 2], [3, 4]], h0: [1, 2]}}\nforward:\n{layers}\nloss: sum(h30^2)"
    working = Working(loads(text).trace())
    with bounded():
        found = {slip.name for slip, _ in wrong_rules(working.lines["dL/dh0[1]"], working)}
    assert "the wrong layer's upstream" in found


@pytest.mark.parametrize("links", [30, 60])
def test_behind_a_long_chain_no_more_gradients_are_looked_for_than_are_taken(
    links: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = "\n".join(f"  z{place + 1}: z{place}+w" for place in range(links))
    working = Working(loads(f"weights: {{w: 2, z0: 3}}\nforward:\n{chain}\nloss: z{links}^2").trace())
    asked, plain = Counter[str](), Connections.upstream_of

    def counted(around: Connections, gradient: str) -> tuple[str, ...]:
        asked["upstream"] += 1
        return plain(around, gradient)

    monkeypatch.setattr(Connections, "upstream_of", counted)
    list(wrong_rules(working.lines["dL/dz0"], working))
    assert 0 < asked["upstream"] <= 2 * MOST
