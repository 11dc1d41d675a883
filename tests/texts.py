"""Texts drawn at random for the readers of files: tokens in any order, equations, whole documents, damaged networks."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.conftest import NETWORKS

SECTIONS = (
    *("title", "input", "inputs", "weights", "target", "samples", "reduce", "functions"),
    *("layers", "forward", "repeat", "loss", "update", "gradients"),
)
NAMES = ("x", "w", "b", "y", "z", "h", "z1", "L", "lr", "yhat", "W1", "w_new", "θ", "relu", "T")
NUMBERS = ("0", "1", "-2", "0.1", "1/3", "1e-3", "-2.5e4", ".5", "5.", "1/0", "nan", "1e99", "1000", "99999999")
TOKENS = (
    *NAMES,
    *NUMBERS,
    *"+-*/@^()[],",
    "**",
    ".T",
    "x^2",
    "w@x",
    "relu(",
    "sum(",
    "huber(",
    "[1]",
    "[1,2]",
    "²",
    "=",
    "{t}",
    "x -> x^2",
    "t in 1..2",
)
SCRAPS = (
    *TOKENS,
    *":{}#&!|>'\"%`~?\\.;",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\t",
    "\r\n",
    "&a ",
    "*a",
    "---",
    "\0",
    "é",
    "日",
    "😀",
    "\u0302",
)


def yaml_values() -> SearchStrategy[str]:
    """Numbers, names, equations, lists, mappings and aliases, right and wrong."""
    scalars = st.sampled_from(NUMBERS) | st.sampled_from(NAMES) | equations() | st.sampled_from(["*a", "&a 2", "", "~"])
    return st.recursive(scalars, lambda inner: _lists(inner) | _mappings(inner), max_leaves=6)


def _lists(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")


def _mappings(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    fields = ("weights", "bias", "activation", "rule", "lr", "input", "file", "repeat", "for", "h{t}")
    keys = st.sampled_from((*NAMES, *fields, "momentum", "nesterov", "clip_value", "round"))
    pairs = st.tuples(keys, inner).map(": ".join)
    return st.lists(pairs, max_size=3).map(lambda items: f"{{{', '.join(items)}}}")


def equations() -> SearchStrategy[str]:
    """Tokens of the equation language in any order."""
    return st.builds(str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(TOKENS), max_size=8))


def sentences() -> SearchStrategy[str]:
    """Equations that parse, whether their shapes and values go together or not."""
    return st.recursive(st.sampled_from(("x", "w", "b", "c", "u", "z", "0", "2", "0.5", "1/3")), _clauses, max_leaves=6)


def _clauses(parts: SearchStrategy[str]) -> SearchStrategy[str]:
    singles = st.sampled_from(
        ("relu", "hardtanh", "hardsigmoid", "abs", "sum", "mean", "max", "min", "square", "flatten", "-")
    )
    pairs = st.sampled_from(("max", "min", "dot", "leaky_relu", "squared_error", "absolute_error", "hinge", "huber"))
    shaping = st.sampled_from(("max_pool", "avg_pool", "reshape", "outer", "concat", "conv1d", "conv2d"))
    return st.one_of(
        st.builds("{}({}, {})".format, shaping, parts, parts),
        st.builds("({} {} {})".format, parts, st.sampled_from("+-*/@"), parts),
        st.builds("{}({})".format, singles, parts),
        st.builds("{}({}, {})".format, pairs, parts, parts),
        st.builds("({}){}".format, parts, st.sampled_from((".T", "[1]", "[2,1]", "^2", "^-1", "^0"))),
    )


@st.composite
def documents(draw: DrawFn) -> str:
    """Sections in any order, each with anything in it, after givens that equations can read."""
    lines = draw(st.sampled_from([[], ["input: {x: [1, 2]}", "weights: {w: [[1, 2], [3, 4]], b: &a 1/2}"]]))
    for section in draw(st.lists(st.sampled_from(SECTIONS), max_size=4)):
        value = draw(yaml_values() | _mappings(equations()))
        lines = [*lines, f"{section}: {value}"]
    return "\n".join(lines) + draw(st.sampled_from(["", "\nloss: sum(w@x + b)^2", f"\nloss: {draw(equations())}"]))


@st.composite
def mutations(draw: DrawFn) -> str:
    """A network of ours with a few parts cut out, doubled, moved or overwritten."""
    text = draw(st.sampled_from(NETWORKS)).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        part = text[start : start + draw(st.integers(0, 12))]
        to = draw(st.integers(0, len(text)))
        rest = text[:start] + text[start + len(part) :]
        scrap = draw(st.sampled_from(["", part, part * 2]) | st.sampled_from(SCRAPS))
        text = draw(st.sampled_from([text[:start] + scrap + text[start:], rest[:to] + scrap + rest[to:]]))
    return text


@st.composite
def misprints(draw: DrawFn) -> str:
    """A network of ours with one character left out or another in its place."""
    text = draw(st.sampled_from(NETWORKS)).read_text(encoding="utf-8")
    place = draw(st.integers(0, len(text) - 1))
    other: str = draw(st.sampled_from(["", *" \n\t:=-,'\"[]{}|*&@%#.0x"]))
    return text[:place] + other + text[place + 1 :]
