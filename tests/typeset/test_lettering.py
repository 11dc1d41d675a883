"""Mathematics as a picture has it: here `_` stands before what is lowered, `^` before what is raised, `/…/` slants."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.engine.symbols import Symbol
from bptrace.typeset.glyphs import Glyphs, Letters
from bptrace.typeset.lettering import Lettering
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names

FORM = Lettering()


def shown(glyphs: Glyphs) -> str:
    return "".join(
        ("^" if item.level > 0 else "_") * abs(item.level) + (f"/{item.text}/" if item.slanted else item.text)
        if isinstance(item, Letters)
        else Glyphs.of(item).text
        for item, _ in glyphs.flat()
    )


@pytest.mark.parametrize(
    ("symbol", "wanted"),
    [
        (Symbol("z", below=("1",)), "/z/_1"),
        (Symbol("w", below=("1", "2")), "/w/_1_2"),
        (Symbol("W", above="(1)", below=("1", "10")), "/W/^(1)_1_,_10"),
        (Symbol("y", "hat"), "/ŷ/"),
        (Symbol("h", below=("t",), primes=2), "/h/_/t/′′"),
        (Symbol("theta"), "/θ/"),
        (Symbol("y", below=("out", "1")), "/y/_out_,_1"),
        (Symbol("m", below=(Symbol("w", below=("1",)),)), "/m/_/w/__1"),
        (Symbol("b1", verbatim=True).at((1,)), "b1[2]"),
    ],
)
def test_a_symbol(symbol: Symbol, wanted: str) -> None:
    assert shown(FORM.symbol(symbol)) == wanted


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        ("(w - c)^2", "(/w/ - /c/)^2"),
        ("w^-1", "/w/^-1"),
        ("c^w", "/c/^/w/"),
        ("c^(w + 1)", "/c/^(/w/ + 1)"),
        ("(w^2)^c", "(/w/^2)^/c/"),
        ("sum(v)", "∑ /v/"),
        ("v@u", "/v/^T /u/"),
        ("relu(w)", "ReLU(/w/)"),
    ],
)
def test_an_expression(loss: str, wanted: str) -> None:
    trace = loads(f"weights: {{w: 3, c: 2, v: [1, 2], u: [1, 1]}}\nloss: {loss}").trace()
    equation = next(item for item in trace.program.definitions if item.key == "L")
    assert shown(Mathematics(trace, Names(trace, FORM)).top(equation.expr)) == wanted
