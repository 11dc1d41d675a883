"""How names become symbols, and how display forms are read."""

from __future__ import annotations

import pytest

from bptrace.engine.quantity import Quantity
from bptrace.engine.symbols import GREEK, INPUT_UNIT, Display, Symbol, layered, parsed, stem_of, symbol_of


@pytest.mark.parametrize(
    ("name", "is_array", "symbol"),
    [
        ("w", False, Symbol("w")),
        ("yhat", False, Symbol("y", "hat")),
        ("ybar", True, Symbol("y", "bar")),
        ("hat", False, Symbol("hat")),
        ("ŷ", False, Symbol("y", "hat")),
        ("z1", False, Symbol("z", below=("1",))),
        ("W1", True, Symbol("W", above="(1)")),
        ("W12", True, Symbol("W", above="(12)")),
        ("y_out", False, Symbol("y", below=("out",))),
        ("net_o1", False, Symbol("net", below=("o1",))),
        ("h1_t", False, Symbol("h", below=("1", "t"))),
        ("h1_t", True, Symbol("h", below=("t",), above="(1)")),
        ("theta", False, Symbol("theta")),
        ("_x", False, Symbol("_x")),
        ("x_", False, Symbol("x")),
    ],
)
def test_a_name_is_a_symbol(name: str, is_array: bool, symbol: Symbol) -> None:
    assert symbol_of(name, is_array) == symbol


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("h_1'", Symbol("h", below=("1",), primes=1)),
        ("h''", Symbol("h", primes=2)),
        ("W^(1)", Symbol("W", above="(1)")),
        ("W^{(1)}_{ij}", Symbol("W", below=("ij",), above="(1)")),
        ("y_{out}", Symbol("y", below=("out",))),
        ("yhat", Symbol("y", "hat")),
        ("z2", Symbol("z", below=("2",))),
        ("", None),
        ("1", None),
        ("a b", None),
        ("h_1_2", None),
        ("h^1^2", None),
        (r"\alpha", None),
        ("x" * 41, None),
        ("x\N{COMBINING GRAPHEME JOINER}", None),
        ("\N{HANGUL FILLER}", None),
        ("x_{\N{ZERO WIDTH SPACE}}", None),
    ],
)
def test_a_display_form_is_read(text: str, symbol: Symbol | None) -> None:
    assert parsed(text) == symbol


@pytest.mark.parametrize(("name", "stem"), [("b1", "b"), ("w12", "w"), ("b", ""), ("θ2", "θ"), ("net_o1", "net_o")])
def test_the_word_before_the_digits(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({"b1": (2,), "b2": ()}, {"b"}),
        ({"x": (2,), "x1": ()}, {"x"}),
        ({"z1": (), "z2": ()}, set()),
    ],
)
def test_the_words_whose_numbers_are_layers(shapes: dict[str, tuple[int, ...]], words: set[str]) -> None:
    assert layered({key: Quantity(key, shape) for key, shape in shapes.items()}) == words


def test_a_mark_is_set_above() -> None:
    assert Symbol("x").marked("(2)") == Symbol("x", above="(2)")
    assert Symbol("x", above="(1)").marked("(2)") == Symbol("x", above="(1),(2)")


def test_elements_have_their_numbers_below() -> None:
    display = Display({"w[1,2]": Symbol("a"), "z": Symbol("h", primes=1)}, INPUT_UNIT)
    w, z = Quantity("w", (2, 2)), Quantity("z", (2,))
    assert display.element(w, (0, 0)) == Symbol("w", below=("1", "1"))
    assert display.element(w, (1, 0), turned=["w"]) == Symbol("w", below=("1", "2"))
    assert display.element(w, (0, 1)) == Symbol("a")
    assert display.element(z, (1,)) == Symbol("h", below=("2",), primes=1)
    assert display.element(Quantity("b", (1,)), (0,)) == Symbol("b")


def test_every_greek_letter_has_a_name_of_its_own() -> None:
    assert len(set(GREEK.values())) == len(GREEK)
    assert (GREEK["lambda"], GREEK["Lambda"], GREEK["Pi"], GREEK["Sigma"]) == ("λ", "Λ", "Π", "Σ")
