"""What a line is, and its slope, argument and output."""

from __future__ import annotations

import pytest

from bptrace.marking.parts import Parts, taken_apart
from bptrace.marking.slip_examples import example
from bptrace.ops.expr import Leaf

TESTS = ("is_first", "of_weight", "of_quantity", "of_bias", "is_slope", "updates_weight", "is_batch")


@pytest.mark.parametrize(
    ("network", "row", "holds"),
    [
        ("two outputs", "dL/dyhat1", {"is_first", "of_quantity"}),
        ("two outputs", "dL/dz1", {"of_quantity"}),
        ("two outputs", "dL/dw11", {"of_weight"}),
        ("two outputs", "dL/db1", {"of_weight", "of_bias"}),
        ("two outputs", "tanh'(z1)", {"is_slope"}),
        ("two outputs", "w11_new", {"updates_weight"}),
        ("two outputs", "z1", set()),
        ("samples", "dL/dw(2)", {"of_weight"}),
        ("samples", "dL/dw", {"is_batch"}),
        ("matrix batch", "dL/db1", {"of_weight", "of_bias"}),
        ("penalty", "dL/dw1", {"of_weight"}),
        ("penalty", "dL/db", {"of_weight", "of_bias"}),
        ("momentum", "v_w1_new", set()),
    ],
)
def test_what_a_line_is(network: str, row: str, holds: set[str]) -> None:
    parts = taken_apart(row, example(network))
    assert {name for name in TESTS if getattr(parts, name)} == holds


def test_the_parts_of_a_gradient_behind_an_activation() -> None:
    parts = taken_apart("dL/dz1", example("two outputs"))
    [path] = parts.paths
    output = parts.output_of("z1")
    assert path.upstream is not None
    assert output is not None
    assert (path.upstream.name, parts.slopes[0].name, output.name) == ("dL/dh1", "tanh'(z1)", "h1")
    assert parts.target_of(path) == "h1"


def test_parts_are_those_of_the_rule_that_a_line_has() -> None:
    working = example("two outputs")
    line = working.lines["dL/dz1"]
    parts = Parts(line._replace(rule=working.leaf("dL/dh2")), working)
    assert [path.upstream.name for path in parts.paths if path.upstream] == ["dL/dh2"]
    assert parts.slopes == ()


def test_a_path_is_changed_everywhere_or_one_at_a_time() -> None:
    parts = taken_apart("dL/dh1", example("two outputs"))
    assert len(list(parts.everywhere(lambda path: path.without(path.upstream)))) == 1
    assert len(list(parts.each(lambda path: path.without(path.upstream)))) == 2
    assert not list(parts.everywhere(lambda path: None))


def test_a_slope_is_changed_in_its_own_line_and_where_it_is_a_factor() -> None:
    working = example("two outputs")
    for row in ("tanh'(z1)", "dL/dz1"):
        [wrong] = taken_apart(row, working).slopes_changed(lambda parts: iter([working.leaf("h1")]))
        assert "h1" in [leaf.name for leaf in [wrong, *getattr(wrong, "args", ())] if isinstance(leaf, Leaf)]
