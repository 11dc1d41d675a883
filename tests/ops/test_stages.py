"""Each stage of working a rule out is what one writes on paper, and comes to the rule's value."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Trace, load, loads
from bptrace.engine.network import NUMBER_STYLES
from bptrace.numbers.digits import ABOUT
from bptrace.ops.expr import Leaf, Number, nodes
from bptrace.ops.layout import WITH_NUMBERS
from bptrace.ops.notation import Notation
from bptrace.ops.stages import Stages
from bptrace.typeset.latex import Latex
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from tests.conftest import NETWORKS
from tests.engine.test_precision import worked as any_trace
from tests.readers.formulas import Symbols
from tests.readers.register import names_of, value_of
from tests.strategies import Tree, examples, networks, real_networks, trees

FORMATS = Latex(), Unicode()


def worked(loss: str, weights: str = "w: 1") -> list[str]:
    """The stages of a loss, each behind its sign."""
    trace = loads(f"weights: {{{weights}}}\nloss: {loss}").trace()
    return [stage.behind_sign for stage in next(row for row in trace.rows() if row.quantity == "L").stages]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("0.5*0.1*w + (-0.3)*w", ["= 0.05 - 0.3"]),
        ("1/2*(w - 2.25)^2", ["= (1/2)*(-1.25)^2"]),
        ("2*w + 3*w + 0", ["= 2 + 3"]),
        ("0*w + 3*w", ["= 0 + 3"]),
        ("w - 0.1*(-2*w)", ["= 1 - 0.1*(-2)", "= 1 + 0.2"]),
        ("w - 2*0*w", ["= 1 - 0"]),
        ("w - 2*w - 3*w", ["= 1 - 2 - 3"]),
        ("w - (2*w - 3*w)", ["= 1 - (2-3)", "= 1 + 1"]),
        ("(w - 3)^2 + (w - 5)^2", ["= (-2)^2 + (-4)^2", "= 4 + 16"]),
        ("-2*w*(w - 3)", ["= -2*(-2)"]),
        ("w + 2", []),
        ("w*2*3", []),
        ("max(0, 2*w - 3)", ["= max(0,2-3)", "= max(0,-1)"]),
        ("6*w/4 + w", ["= 3/2 + 1"]),
        ("1/(1 + exp(-w))", ["≈ 1/(1+0.3678794412)", "≈ 1/1.367879441"]),
        ("-(exp(w) - 1)", ["≈ -(2.718281828-1)"]),
    ],
)
def test_what_is_written_on_paper(loss: str, expected: list[str]) -> None:
    assert worked(loss) == expected


def test_a_long_sum_is_cut_between_its_signs() -> None:
    trace = loads(f"weights: {{w: {[1, -1] * 10}}}\ninput: {{x: {[3] * 20}}}\nloss: w@x").trace().shortened(4)
    [stage] = next(trace.rows()).stages
    assert stage.text == "3 - 3 + 3 + … 16 more terms … - 3"


def test_a_copy_and_a_gate_have_no_stages() -> None:
    trace = loads("weights: {w: 2}\nforward: {h: relu(w)}\nloss: h").trace()
    assert [row.work for row in trace.rows()] == [""] * trace.count


@examples(200)
@given(trees())
def test_every_stage_of_any_tree_reads_back_to_its_value(tree: Tree) -> None:
    value = value_of(Notation(decimal=False).rule(tree.expr), tree.names)
    for stage in Stages().of(tree.expr):
        assert value_of(Notation(decimal=False).rule(stage)) == value


def check_work(trace: Trace) -> None:
    """Each stage of each row, in the register's text and typeset, reads back to the value and parts from the last."""
    for part in trace.samples or [trace]:
        forms = [(Mathematics(part, Names(part, form), WITH_NUMBERS), Symbols(part, form)) for form in FORMATS]
        names = names_of(part)
        for row in part.rows():
            texts = [row.rule, *(stage.text for stage in row.stages), row.value_text]
            assert all(one != other for one, other in pairwise(texts)) or len(texts) == 2, row
            for stage in row.stages:
                assert value_of(stage.text, names) == row.value, row
                assert stage.sign == ABOUT or row.exact or part.bits, row
                for walker, symbols in forms:
                    assert symbols.value(walker.top(stage.tree).text) == row.value, row


@examples(60)
@given(networks(), st.sampled_from(NUMBER_STYLES))
def test_every_stage_of_every_rule_reads_back_to_the_value(text: str, numbers: str) -> None:
    check_work(loads(text).trace(numbers))


@examples(20)
@given(real_networks())
def test_every_stage_of_what_is_not_rational_is_proven(text: str) -> None:
    trace = any_trace(loads(text))
    check_work(trace)
    for row in trace.rows():
        for stage in row.stages:
            read = [node.value for node in nodes(stage.tree) if isinstance(node, Leaf | Number)]
            assert stage.sign == ABOUT or not any(map(trace.notation.is_about, read)), row


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_the_work_of_every_network_reads_back(path: Path) -> None:
    check_work(load(path).trace())
