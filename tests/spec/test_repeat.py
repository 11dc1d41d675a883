"""Equations over an index: what they are written out to, and every complaint at its true place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import loads
from tests.refusals import outcome, refusal
from tests.strategies import examples

GIVENS = "input: {x0: 1, x1: 2, x2: 3, x3: 4, q: [5, 6, 7], w: [[1, 2], [3, 4]]}\n"


def written(forward: str, rest: str = "loss: x1") -> list[str]:
    """The equations that a network comes to, without the loss."""
    return loads(f"{GIVENS}{forward}\n{rest}\n").trace().equations[:-1]


def repeated(loop: str, **equations: str) -> list[str]:
    """The equations of one repeat."""
    lines = [f"    {name.replace('_', '{', 1).replace('_', '}', 1)}: {text}" for name, text in equations.items()]
    return written("\n".join(["forward:", "  repeat:", f"    for: {loop}", *lines]))


# What it means


@pytest.mark.parametrize(
    ("loop", "numbers"),
    [
        ("t in 1..3", [1, 2, 3]),
        ("t in 3..1", [3, 2, 1]),
        ("t in 2..2", [2]),
        ("t in 0..1", [0, 1]),
        ("t  in  1 .. 2", [1, 2]),
        ("'t in {1}..{2}'", [1, 2]),
        ("t in 1+1..2*2-1", [2, 3]),
    ],
)
def test_ranges(loop: str, numbers: list[int]) -> None:
    assert repeated(loop, h_t_="x{t}") == [f"h{number} = x{number}" for number in numbers]


def test_repeats_stand_among_plain_equations() -> None:
    forward = """forward:
  h0: 0*x1
  repeat:
    for: t in 1..2
    z{t}: h{t-1} + x{t}
    h{t}: relu(z{t})
  yhat: 2*h2"""
    assert written(forward) == [
        "h0 = 0*x1",
        *("z1 = h0 + x1", "h1 = relu(z1)"),
        *("z2 = h1 + x2", "h2 = relu(z2)"),
        "yhat = 2*h2",
    ]


def test_several_repeats_are_a_list() -> None:
    forward = """forward:
  repeat:
    - {for: t in 1..2, 'a{t}': 'x{t}'}
    - {for: t in 2..1, 'b{t}': 'a{t}'}"""
    assert written(forward) == ["a1 = x1", "a2 = x2", "b2 = a2", "b1 = a1"]


def test_sections_are_taken_in_the_order_of_the_file() -> None:
    repeat = "repeat: {for: t in 1..1, 'a{t}': 'x{t}'}"
    assert written(f"{repeat}\nforward: {{b: a1}}") == ["a1 = x1", "b = a1"]
    assert written("forward: {b: x1}\nrepeat: [{for: t in 1..1, 'a{t}': 'b'}]") == ["b = x1", "a1 = b"]


def test_repeats_within_a_repeat_have_two_indices() -> None:
    forward = """forward:
  repeat:
    for: i in 1..2
    repeat:
      for: j in 1..i
      a{i}_{j}: w[i,j]
    s{i}: a{i}_1"""
    assert written(forward) == ["a1_1 = w[1,1]", "s1 = a1_1", "a2_1 = w[2,1]", "a2_2 = w[2,2]", "s2 = a2_1"]


def test_a_quantity_may_still_be_called_repeat() -> None:
    assert written("forward: {repeat: x1, for: x2}") == ["repeat = x1", "for = x2"]


@examples(40)
@given(st.integers(1, 6), st.integers(-3, 3))
def test_an_unrolled_sum_is_what_it_would_be_by_hand(last: int, scale: int) -> None:
    network = loads(
        f"weights: {{c: {scale}}}\nforward:\n  s0: 0*c\n  repeat:\n    for: t in 1..{last}\n"
        f"    s{{t}}: s{{t-1}} + {{t}}*c^2\nloss: s{last}"
    )
    trace = network.trace()
    assert trace["L"] == sum(range(last + 1)) * scale**2
    assert trace["dL/dc"] == sum(range(last + 1)) * 2 * scale


# Complaints

LOOP = f"{GIVENS}forward:\n  repeat:\n    for: t in 1..3\n    "


@pytest.mark.parametrize(
    ("lines", "message", "hints"),
    [
        ("h{t}: x{t} + ¦k", "unknown name 'k'", ["for t = 1"]),
        ("h{t}: x{t-1} + q[¦t+1]", "index '4' is not in 1..3", ["indices start at 1", "for t = 3"]),
        ("h{t}: x{t} + q[ ¦t-1 ]", "index '0' is not in 1..3", ["indices start at 1", "for t = 1"]),
        ("h{t}: q[¦t-2]", "index -1 is below 1", ["indices start at 1", "for t = 1"]),
        ("h{t}: 2*¦x{t-2}", "'x{t-2}' is not a name", ["with -1 for t = 1"]),
        ("¦h{t-2}: x1", "'h{t-2}' is not a name", ["with -1 for t = 1"]),
        ("h{t}: x{t} + ¦h{t+1}", "'h2' is used before it is defined", ["for t = 1"]),
        ("h{t}: x{t}\n    a{t}: h{t} ¦@ q", "shape mismatch: a scalar and a vector of 3 do not go together in '@'", []),
        ("¦h: x{t}", "'h' is defined twice", ["for t = 2"]),
        ("¦'h[t]': x{t}", "'h[1]' is not a name", ["a name has its number in braces, as in z{t}", "for t = 1"]),
        ("¦'{t}': x{t}", "'1' is not a name", ["for t = 1"]),
        ("h{t}: x{¦k}", "unknown index 'k'", ["known here: t"]),
        ("h{¦k}: x{t}", "unknown index 'k'", ["known here: t"]),
        ("h{t}: q[¦k]", "unknown index 'k'", ["known here: t"]),
        ("h{t}: q[t ¦/ 2]", "unexpected '/'", []),
        ("h{t}: x{t¦^2}", "unexpected '^'", []),
        ("h{t}: x{¦}", "expected a whole number or an index", []),
        ("h{t}: x{t-¦}", "expected a whole number or an index", []),
        ("h{t}: x{t ¦t}", "unexpected 't'", []),
        ("h{t}: x{t*¦9999999999}", "a number beyond a billion", []),
        ("h{t}: x{¦t*999999999*999999999}", "a number beyond a billion", ["for t = 1"]),
        ("h{t}: x{t¦", "expected '}'", ["to close '{'"]),
        ("h{t}: q[{t¦]", "expected '}'", ["to close '{'"]),
        ("h{t}: x1 + t¦}", "unexpected '}'", []),
        ("h{t}: x1*¦t", "unknown name 't'", ["write {t}", "for t = 1"]),
        ("h{t}: ¦2{t}*x1", "'2{t}' is not a number", ["a product is written with '*'"]),
        ("h{t}: x1 + ¦{t}x", "'{t}x' is not a number", ["a product is written with '*'"]),
        ("h{t}: x1 + ¦{t}.5", "'{t}' is not a number", ["a product is written with '*'"]),
        ("h{t}: x1 + .¦{t}", "'{t}' is not a number", ["a product is written with '*'"]),
        ("h{t}: ¦{t}", "expected an equation", ["an equation that begins with { stands in quotes"]),
        ("h{t}: ¦[1]", "expected an equation", []),
        ("h{t}: x1 +¦", "expected a number, a name or '(' at the end", ["for t = 1"]),
        ("h{t}: >\n      x{t} +\n      ¦k", "unknown name 'k'", ["for t = 1"]),
        ("h{t}: 'x{t} + ¦k'", "unknown name 'k'", ["for t = 1"]),
        ("repeat: ¦{k: x1}", "missing field 'for'", ["as in for: t in 1..3"]),
        ("repeat: {for: ¦t in 1..2, a: x1}", "'t' is the index of a repeat around this one", ["choose another name"]),
        ("repeat: {for: s in 1..2, 'a{t}{s}': ¦k}", "unknown name 'k'", ["for t = 1, s = 1"]),
        ("repeat: ¦{for: s in 1..2}", "a repeat without equations", []),
        ("h{t}: x1\n    ¦h{t}: x2", "'h{t}' is defined twice in repeat", []),
    ],
)
def test_an_error_points_into_the_file(lines: str, message: str, hints: list[str]) -> None:
    problem = refusal(f"{LOOP}{lines}\nloss: x1")
    assert problem.message == message
    assert set(hints) <= set(problem.hints)


@pytest.mark.parametrize(
    ("loop", "message"),
    [
        ("¦1..3", "expected an index and its range"),
        ("t¦", "expected an index and its range"),
        ("t¦ 1..3", "expected an index and its range"),
        ("t in 3¦", "expected '..' and the last number"),
        ("t in 1-3¦", "expected '..' and the last number"),
        ("t in ¦..3", "expected a whole number or an index"),
        ("t in 1..¦", "expected a whole number or an index"),
        ("t in 1..¦n", "unknown index 'n'"),
        ("t in 1..3¦.5", "unexpected '.'"),
        ("t in 1..¦.3", "unexpected '.'"),
        ("¦q in 1..3", "'q' is a quantity, so it cannot be an index"),
        ("¦h1 in 1..3", "'h1' is a quantity, so it cannot be an index"),
        ("¦relu in 1..3", "'relu' is a function, so it cannot be an index"),
        ("¦[t]", "expected an index and its range"),
        ("¦" + "a" * 101 + " in 1..3", "a name of 101 characters; at most 100 are taken"),
    ],
)
def test_ranges_that_cannot_be_read(loop: str, message: str) -> None:
    index = loop.replace("¦", "").split(" ")[0] if " in " in loop and len(loop) < 90 else "1"
    text = f"{GIVENS}forward:\n  repeat:\n    for: {loop}\n    h{{{index}}}: x1\nloss: x1"
    assert refusal(text).message.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("forward: {repeat: [¦x1]}\nloss: 1", "repeat is a mapping of names"),
        ("repeat: ¦x1\nloss: 1", "repeat is a mapping of names"),
        ("repeat: ¦{a: x1}\nloss: 1", "missing field 'for'"),
        ("forward: {'¦z{t}': 1}\nloss: 1", "'z{t}' is not a name"),
        ("input: {x: 1}\nforward: {z: 'x¦{1}'}\nloss: 1", "unexpected character '{'"),
        ("input: {x1: 1}\nloss: x¦{1}", "unexpected character '{'"),
        ("repeat: &a {for: ¦t in 1..2, repeat: *a}\nloss: 1", "'t' is the index of a repeat around this one"),
        ("repeat: &a [¦*a]\nloss: 1", "repeat is a mapping of names"),
    ],
)
def test_what_is_no_repeat(text: str, message: str) -> None:
    text = text.replace("'¦", "¦'").replace("repeat: &a [¦*a]", "repeat: ¦&a [*a]")
    assert refusal(text).message == message


# Bounded work


@pytest.mark.parametrize(
    "repeat",
    [
        "{for: t in 1..10001, ¦'h{t}': 1}",
        "{for: t in 999999999..1, ¦'h{t}': 1}",
        "{for: s in 1..101, repeat: {for: t in 1..100, ¦'h{s}_{t}': 1}}",
    ],
)
def test_too_many_equations_are_refused(repeat: str) -> None:
    assert refusal(f"repeat: {repeat}\nloss: 1").message == "more than 10,000 equations"


@pytest.mark.parametrize(
    "repeat",
    [
        f"{{for: t in 1..9999, ¦'h{{t}}': 'w + {{0*{'*'.join(['t'] * 200)}}}'}}",
        f"{{for: t in 1..9999, ¦'h{{t}}': 'w[1 + 0*{'*'.join(['t'] * 200)}]'}}",
        f"{{for: t in 1..9999, ¦'h{{t + {'+'.join(['0'] * 200)}}}': w}}",
        f"{{for: s in 1..9999, repeat: {{for: ¦t in s..s + {'+'.join(['0'] * 200)}, 'h{{s}}': w}}}}",
    ],
)
def test_arithmetic_in_braces_is_counted(repeat: str) -> None:
    expected = "more than 1,000,000 numbers and indices in braces and brackets"
    assert refusal(f"weights: {{w: [1]}}\nrepeat: {repeat}\nloss: 1").message == expected


@pytest.mark.parametrize(
    "text",
    [
        "forward:\n  repeat:\n    for: t in 1..9999\n    h{" + "t+" * 20_000 + "t}: 1\nloss: 1",
        "forward:\n  repeat:\n    for: t in 1..9999\n    h{t}: x{" + "t*" * 20_000 + "t}\nloss: 1",
        "forward:\n  repeat:\n    for: t in 1..9999\n    " + "h" * 20_000 + "{t}: 1\nloss: 1",
        "forward:\n  repeat:\n    for: t in 1..2\n    h: x{" + "{" * 100_000 + "\nloss: 1",
        "forward:\n  repeat:\n    for: t in 1..2\n    h: " + "x{t" * 100_000 + "\nloss: 1",
        "forward:\n  repeat:\n    for: t in 1..2\n    h: x" + "[" * 100_000 + "\nloss: 1",
        "forward:\n  repeat:\n    for: t in 1..2\n    h: " + "x" * 100_000 + "\nloss: 1",
        "forward:\n  repeat:\n    for: t in " + "1" * 100_000 + "..2\n    h: 1\nloss: 1",
        "x: &x0 {for: a in 1..2, 'h{a}': 1}\nloss: 1",
        "repeat:\n- &b {for: b in 1..2, 'h{b}': 1}\n"
        + "".join(
            f"- &{chr(99 + n)} {{for: {chr(99 + n)} in 1..2, repeat: [{', '.join(['*' + chr(98 + n)] * 10)}]}}\n"
            for n in range(10)
        )
        + "loss: 1",
    ],
)
def test_absurd_repeats_take_bounded_work(text: str) -> None:
    outcome(text)


INNER = st.lists(
    st.sampled_from(
        ["{", "}", "t", "s", "x", "q", "[", "]", "1", "+", "-", "*", ",", ".", " ", "..", "in", "²", "relu("]
    ),
    max_size=8,
).map("".join)


@examples(40)
@given(INNER, INNER, INNER)
def test_random_repeats_are_worked_out_or_refused(loop: str, name: str, equation: str) -> None:
    quoted = [part.replace("'", "''") for part in (loop, name, equation)]
    outcome(f"{GIVENS}repeat:\n  for: 't in {quoted[0]}'\n  'h{quoted[1]}': '{quoted[2]}'\nloss: x1")
    outcome(f"{GIVENS}repeat:\n  for: t in 1..2\n  'h{{t}}': '{quoted[1]}{{t}}{quoted[2]}'\nloss: x1")
