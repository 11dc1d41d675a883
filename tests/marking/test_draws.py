"""Numbers that are searched for are small, hide what must be hidden alone, and are the same for a seed."""

from __future__ import annotations

import pytest

from bptrace.engine.network import Network
from bptrace.errors import BptraceError, SizeError, SpecError
from bptrace.marking.draws import ROWS_DRAWN, Drawn, FileSearch
from bptrace.marking.proposals import DECIMALS, INTEGERS, POOLS
from bptrace.spec.literals import literals, rewritten
from bptrace.spec.reader import loads


def dense(activation: str, units: int = 2) -> Network:
    """A network with so many hidden units and two outputs."""
    rows = ", ".join(["[1, 1]"] * units)
    return loads(f"""
input: {{x: [1, 1]}}
weights:
  w: [{rows}]
  b: [{", ".join("0" * units)}]
  v: [[{", ".join("1" * units)}], [{", ".join("1" * units)}]]
  c: [0, 0]
target: {{y: [0, 0]}}
forward:
  z: w@x + b
  h: {activation}
  yhat: v@h + c
loss: sum((yhat - y)^2)
""")


def drawn(network: Network, seed: int, draw: str = INTEGERS, blocked: bool = False) -> Drawn:
    return FileSearch(network, draw, blocked).drawn(seed)


LEAKY = dense("leaky_relu(z, 1/4)")
ALWAYS = {"slope at h instead of z", "slope at z where it needs h"}
"""What a slope by cases hides whatever the numbers are."""


@pytest.mark.parametrize("draw", POOLS)
def test_numbers_hide_what_every_number_hides(draw: str) -> None:
    found = drawn(LEAKY, 1, draw)
    assert set(found.left.hidden) == ALWAYS
    assert found.left.alike == (("f for f'", "ReLU' = z"),)
    assert found.never._replace(rows=0) == found.left._replace(rows=0)


def test_a_square_and_a_sigmoid_hide_less() -> None:
    assert drawn(dense("z^2"), 1).left.hidden == ()
    assert drawn(dense("sigmoid(z)"), 1, "halves").left.total == 0


@pytest.mark.parametrize(("draw", "unit"), [("integers", 1), ("halves", 2), ("decimals", 10)])
def test_numbers_are_of_the_kind_and_small_and_none_hides_a_factor(draw: str, unit: int) -> None:
    values = drawn(LEAKY, 2, draw).working.givens
    assert all((value * unit).q == 1 for value in values.values())
    assert all(value not in (0, 1) for name, value in values.items() if name[0] in "xwv")
    assert all(abs(value) <= 5 for name, value in values.items() if name[0] in "xwvbc")


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    search = FileSearch(LEAKY)
    assert search.drawn(3).text == drawn(LEAKY, 3).text
    assert len({search.drawn(seed).text for seed in range(4)}) == 4


@pytest.mark.parametrize("activation", ["relu(z)", "leaky_relu(z, 1/4)"])
def test_one_unit_is_blocked_where_that_is_asked_for(activation: str) -> None:
    search = FileSearch(dense(activation, 3), blocked=True)
    for seed in range(2):
        lines = search.drawn(seed).working.lines
        assert sum(str(line.value) != "1" for name, line in lines.items() if "ReLU'" in name) == 1


TEXT = """# 1 one
input:   {x: [1, 1]}        # 2 inputs
weights:
  w: [3, '4']
target: {y: 5}
forward: {z: w@x + 6}
loss: (z - y)^2/2
update: {lr: 1/7}
"""


def blanked(text: str) -> str:
    """A text without the numbers of its givens."""
    spans = {span: "" for item in literals(loads(text)) for span in item.spans}
    return "".join(rewritten(text, spans).split())


def test_only_numbers_of_givens_are_others() -> None:
    made = drawn(loads(TEXT), 1).text
    assert made != TEXT
    assert blanked(made) == blanked(TEXT)
    assert made.splitlines()[1].index("#") == TEXT.splitlines()[1].index("#")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("input: {x: [[0, 0], [0, 1]]}\nweights: {w: [2, 3]}\nforward: {z: x@w}\nloss: sum(z^2)", "x"),
        ("weights: {w: [2, 3]}\ntarget: {y: 1}\nloss: cross_entropy(w, y)", "y"),
        ("weights: {w: 2}\ntarget: {y: 1}\nforward: {p: sigmoid(w)}\nloss: (p - y)^2", "y"),
    ],
    ids=["a truth table", "a class", "the target of a sigmoid"],
)  # fmt: skip
def test_what_is_no_number_to_be_chosen_is_kept(text: str, kept: str) -> None:
    network = loads(text)
    made = drawn(network, 1).network
    same = [old.key for old, new in zip(network.givens, made.givens, strict=True) if old.value == new.value]
    assert same == [kept]


def test_long_numbers_count_more_often() -> None:
    equations = "\n".join(f"  z{place + 1}: 4*z{place}*(1-z{place})" for place in range(17))
    network = loads(f"weights: {{w: -0.25}}\nforward:\n  z0: 1*w\n{equations}\nloss: z17")
    with pytest.raises(SizeError, match="128,366 numbers, names and operations, long ones counted by their length; "):
        drawn(network, 1)


def test_numbers_beyond_all_bounds_are_none_to_work_with() -> None:
    equations = "\n".join(f"  z{place + 1}: cosh(z{place})*z{place}" for place in range(6))
    made = drawn(loads(f"weights: {{w: 0.5}}\nforward:\n  z0: elu(w)\n{equations}\nloss: z6"), 1, DECIMALS)
    assert made.working.longest < 10_000


def test_numbers_have_values_in_the_network() -> None:
    text = "weights: {w: [1, 2], u: 3}\nforward:\n  z: log(w[1]*w[2] - u + 5)\nloss: z/u"
    assert drawn(loads(text), 1).working.lines["z"]


def test_rules_that_are_too_long_are_refused_with_their_count_and_the_limit() -> None:
    network = loads(f"weights: {{w: {[2] * 99}}}\nforward:\n  z: outer(w, w)@w\nloss: sum(z@z)")
    with pytest.raises(SizeError) as refused:
        drawn(network, 1)
    most = "other numbers are drawn for 100,000 at most"
    said = f"<text>:4:7: error: the rules have 196,813 numbers, names and operations; {most}"
    assert str(refused.value).splitlines()[0] == said


@pytest.mark.parametrize(
    ("text", "blocked", "message"),
    [
        ("weights: {w: 0}\nloss: log(1 - w^2)", False, "no numbers were found"),
        ("loss: 2^2", False, "has no numbers"),
        ("weights: {w: 2}\nloss: w^2", True, "no unit can be switched off"),
    ],
)
def test_what_cannot_be_drawn_is_said(text: str, blocked: bool, message: str) -> None:
    with pytest.raises(BptraceError, match=message):
        drawn(loads(text), 1, blocked=blocked)


def test_of_a_register_that_is_too_long_no_numbers_are_drawn() -> None:
    long = ", ".join(["2"] * ROWS_DRAWN.most)
    said = "a register of 5,001 rows; other numbers are drawn for at most 5,000"
    with pytest.raises(SpecError, match=said) as told:
        FileSearch(loads(f"weights: {{w: [{long}]}}\nloss: sum(w)"))
    assert told.value.mark is not None
    assert (told.value.mark.line, told.value.mark.column) == (2, 7)


def test_fewer_numbers_are_measured_where_they_make_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = "weights: {w: 0}\nforward:\n  h0: w\n  repeat:\n    for: t in 1..200\n    h{t}: h{t-1}*w + 1\nloss: h200"
    search = FileSearch(loads(chain), "halves")
    few = len(search.found(1, effort=100_000))
    monkeypatch.setattr("bptrace.marking.draws.FRACTION_BITS", 10**9)
    assert 0 < few < len(search.found(1, effort=100_000))
