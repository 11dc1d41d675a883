"""ASCII: what a symbol looks like in it, and words in what else an encoding has."""

from __future__ import annotations

import io

import pytest

from bptrace.engine.symbols import Symbol
from bptrace.typeset.ascii import Ascii, plainly, poor_encoding


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        (Symbol("y", "hat"), "yhat"),
        (Symbol("ŷ", verbatim=True), "yhat"),
        (Symbol("net", "hat"), "nethat"),
        (Symbol("θ", below=("1",)), "theta_1"),
        (Symbol("w", below=("1", "2")), "w_12"),
        (Symbol("w", below=("1", "12")), "w[1,12]"),
        (Symbol("w", below=("1", "·")), "w_1*"),
        (Symbol("w", below=("·", "1")), "w*_1"),
        (Symbol("z", below=("vec", "1")), "z_vec_1"),
        (Symbol("z", below=("g1", "2")), "z_g_12"),
        (Symbol("W", below=("1",), above="(1)", primes=1), "W^(1)_1'"),
        (Symbol("W", above="k"), "W^k"),
        (Symbol("größe"), "gr??e"),
    ],
)
def test_symbols(symbol: Symbol, text: str) -> None:
    assert Ascii().symbol(symbol).text == text


def test_an_encoding_keeps_what_it_has() -> None:
    assert Ascii("latin-1").symbol(Symbol("größe")).text == "größe"


@pytest.mark.parametrize(
    ("text", "plain"), [("ŷ ≈ 2·x²", "yhat ~ 2*x^2"), ("café", "caf?"), ("α → β₁", "alpha -> beta_1")]
)
def test_words(text: str, plain: str) -> None:
    assert plainly(text) == plain


@pytest.mark.parametrize(("encoding", "poor"), [("utf-8", ""), ("ascii", "ascii"), ("cp437", "cp437")])
def test_an_output_may_lack_characters(encoding: str, poor: str) -> None:
    assert poor_encoding(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) == poor
