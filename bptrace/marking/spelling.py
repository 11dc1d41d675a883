r"""Quantities as people write them, and what the register calls them: `dw11`, `∂L/∂w₁₁`, `w11.grad` are `dL/dw11`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import NamedTuple

from bptrace.engine.quantity import NEW, GradientAt, Quantity, Role, SlopeAt, UpdatePart, of_sample, sample_of
from bptrace.errors import Mark, SpecError, listed, shortened, suggestion, unseen
from bptrace.marking.deltas import DELTA, ArrayPlace, Deltas
from bptrace.marking.working import Working
from bptrace.numbers.arrays import Index, Shape, indices
from bptrace.spec.tokens import UNSEEN_HINT

LENGTH_LIMIT = 200
MEMORY = 100_000
SUGGESTIONS = 50
"""So many unknown names of one network are compared with all those it has."""
KNOWN_HERE = "known here: "
COMPARED = 2_000
"""With so many at most."""
LOSSES = ("L", "E", "J", "C", "loss", "cost", "error")
"""What the loss may be called where the network has nothing else that is called so."""
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda",
         "μ": "mu", "ν": "nu", "ρ": "rho", "σ": "sigma", "φ": "phi", "ϕ": "phi", "ψ": "psi", "ω": "omega"}  # fmt: skip
FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
ALONE = re.compile(r"\s*(?:(?:\\partial\b|d)[^-+*/]*|[\w.]*)\s*")
"""What needs no brackets in a fraction: a differential, a name, a number."""
GROUPS = [(re.compile(r"_\s*\{([^{}]*)\}"), r"_\1"), (re.compile(r"\{([^{}]*)\}"), r"(\1)")]
LATEX = [
    (re.compile(r"\\(?:hat|widehat)\s*\{?\s*(\w)\s*\}?"), r"\1hat"),
    (re.compile(r"\\(?:tilde|bar|dot)\s*\{?\s*(\w)\s*\}?"), r"\1bar"),
    (re.compile(r"\\(?:mathrm|mathbf|mathcal|text|textrm|operatorname|boldsymbol|vec)\b\s*"), ""),
    (re.compile(r"\\partial\b\s*"), "d"),
    (re.compile(r"\\nabla\b\s*"), "∇"),
    (re.compile(r"\\prime\b"), "'"),
    (re.compile(r"\\(?:left|right|displaystyle|[()\[\],;!: ])"), ""),
    (re.compile(r"\\([a-zA-Z]+)\s*"), r"\1"),
]
SIGNS = str.maketrans(
    {
        "∂": "d",
        "′": "'",
        "’": "'",
        "´": "'",
        "⁄": "/",
        "∕": "/",
        "÷": "/",
        "`": None,
        "$": None,
        "{": None,
        "}": None,
        "*": None,
    }
)
TAILS = [
    re.compile(r"_?\[(\d{1,9})\]\[(\d{1,9})\]"),
    re.compile(r"_?[\[(](\d{1,9})(?:[,;](\d{1,9}))?[\])]"),
    re.compile(r"_?(\d{1,9})[,_](\d{1,9})"),
    re.compile(r"_?(\d)(\d)"),
    re.compile(r"_?(\d{1,9})()"),
]
TAIL_LENGTH = 24
"""How the index stands behind a name: `[1][2]`, `[1,2]`, `_1,2`, `12`, `2`."""
LATER = re.compile(
    r"(?P<name>.+?)\^?\(?(?:\+|_?(?:new|updated|after(?:update)?|next)|[tkn]\+1)\)?(?P<tail>_?[\[(]?[0-9][0-9,_]*[\])]?)?",
    re.IGNORECASE,
)
"""A weight that an update has moved: `w11+`, `w11_new`, `w11 (new)`, `w_new[1,2]`, `w11^(t+1)`."""
BEFORE = re.compile(r"(?:new|updated|next)_?(?P<name>.+)(?P<tail>)", re.IGNORECASE)
PRIMED = re.compile(r"(?P<name>.+?)\^?'(?P<tail>)")
GRADIENTS = [
    re.compile(r"(?P<name>.+?)[._](?:gradient|grad)"),
    re.compile(r"(?:gradient|grad)(?:of|at|_)?\(?(?P<name>.+?)\)?", re.IGNORECASE),
    re.compile(r"∇_?\(?(?P<name>[^()]+?)\)?\(?(?:L|E|J|C|loss)?\)?"),
]
OVER = re.compile(r"d(?P<loss>[^/]*)/d(?P<name>[^/]+)")
UNDERLINED = re.compile(r"d(?P<loss>\w+?)_d(?P<name>[^/]+)")
"""A gradient as it is called in a program: `dL_dw11`."""
BARE = re.compile(r"d(?P<name>[^/]+)")
SLOPE = re.compile(r"(?P<function>[^'()]+)'\((?P<name>.+)\)")
LAYER_ABOVE = re.compile(r"\^[\[(]?([0-9]+)[\])]?")
"""A layer's number above the line, which the network's names have behind them: `W^(1)` is W1."""
LAYER_OF_NAME = re.compile(rf"(?<![0-9]){LAYER_ABOVE.pattern}")
"""One that stands before the index."""
SAMPLE = re.compile(r"(?P<name>.+?)(?P<more>)\^?\((?P<sample>[1-9][0-9]{0,8})\)")
SAMPLE_ABOVE = re.compile(
    r"(?P<name>[^^]*(?:\^\([0-9]{1,9}\)(?=,))?)(?:\^|,)\((?P<sample>[1-9][0-9]{0,8})\)(?P<more>.+)"
)
"""A sample's number above the line, before the index or above the loss: `x^(2)_1`, `dL^(2)/dw_11`, `x^(1),(2)_1`."""


class Referent(NamedTuple):
    """What a name stands for: the elements in the register, in order, and their shape; `()` for one."""

    names: tuple[str, ...]
    shape: Shape


class Spellings:
    r"""The quantities of a working by whatever people call them.

    >>> import bptrace
    >>> net = bptrace.loads("weights: {w: [[1, 2]]}\ninput: {x: [1, 1]}\nloss: {L: sum((w@x)^2)}")
    >>> spellings = Spellings(Working(net.trace()))
    >>> [spellings.meant(text)[0].names for text in ("dw12", "∂L/∂w₁₂", "w_{1,2}.grad", "grad W[1,2]")]
    [('dL/dw12',), ('dL/dw12',), ('dL/dw12',), ('dL/dw12',)]
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        self.loss = working.trace.program.loss
        self._known: dict[str, list[Referent]] = {}
        self._suggested = 0

    def meant(self, text: str) -> list[Referent]:
        """What a text can stand for: one thing, or several where it is ambiguous; none where it is unknown."""
        found = self._known.get(text)
        if found is None:
            found = self._found(text)
            if len(self._known) < MEMORY:
                self._known[text] = found
        return found

    def later(self, name: str) -> str:
        """What an update makes of a given, by their names; nothing where it makes nothing of it."""
        quantity = self.working.quantity(name)
        found = self._quantities.get((quantity.role, quantity.base, NEW, None)) if not quantity.stage else None
        return found[0].element(self.working.element(name)) if found else ""

    def is_base(self, text: str) -> bool:
        """Whether the base of a power, e, is a value of the network; a loss E is none, unless it is spelled just so."""
        if text in self._shapes:
            return True
        return any(key != self.loss for key in self._folded.get(_folded(text), ()))

    def unknown(self, text: str, mark: Mark) -> SpecError:
        """The complaint about a text that stands for nothing here."""
        if hidden := unseen(text):
            return SpecError(f"{shortened(text)} has what cannot be seen: {hidden}", mark, UNSEEN_HINT)
        self._suggested += 1
        near = self._near(text) if self._suggested <= SUGGESTIONS else []
        return SpecError(
            f"unknown quantity {shortened(text)}", mark, *self._reasons(text), *(near or [self._known_here])
        )

    def _near(self, text: str) -> list[str]:
        """A line with the name that was probably meant, of the first sample where it is each sample's; or no line."""
        whole = of_sample(text, 1)
        names = [meant.names for meant in self.meant(whole)[:1]] if self.working.trace.samples else []
        if names:
            return [f"did you mean '{names[0][0] if len(names[0]) == 1 else whole}'?"]
        return suggestion(text, self._names[:COMPARED])

    def _reasons(self, text: str) -> Iterator[str]:
        """Why it can be none, where it is written as one."""
        plain = canonical(text) if len(text) < LENGTH_LIMIT else ""
        later, over = LATER.fullmatch(plain), OVER.fullmatch(plain)
        if later and self._bases(later["name"]) and not any(stage for _, _, stage, _ in self._quantities):
            yield "the network has no update"
        if over and self._bases(over["loss"]) and self._bases(over["name"]):
            yield f"the rows of a register are gradients of {self.loss} and slopes of activations"

    @cached_property
    def _known_here(self) -> str:
        return f"{KNOWN_HERE}{listed(self._names[:COMPARED])}"

    def ambiguous(self, text: str, found: Sequence[Referent], mark: Mark) -> SpecError:
        """The complaint about a text that can stand for several things."""
        both = " or ".join(" to ".join(dict.fromkeys([meant.names[0], meant.names[-1]])) for meant in found[:4])
        return SpecError(f"{shortened(text)} may be {both}", mark, "write which, as the register does")

    @cached_property
    def _names(self) -> list[str]:
        return [*self.working.lines, *self.working.givens]

    # the network's own names

    @cached_property
    def _quantities(self) -> dict[tuple[Role, str, str, int | None], tuple[Quantity, int | None]]:
        """Every quantity, by what it is of what, at which stage and in which sample."""
        found = {}
        lines = ((line.quantity, line.sample) for line in self.working.lines.values())
        givens = ((self.working.quantity(name), sample_of(name)[1]) for name in self.working.givens)
        for quantity, sample in dict.fromkeys([*lines, *givens]):
            whose = quantity.sample or sample
            found[quantity.role, quantity.base, quantity.stage, whose] = quantity, sample
        return found

    @cached_property
    def _parts(self) -> list[UpdatePart]:
        return list(dict.fromkeys(role for role, *_ in self._quantities if isinstance(role, UpdatePart)))

    @cached_property
    def _shapes(self) -> dict[str, Shape]:
        """The shape of each value of the network, by key."""
        return {quantity.base: quantity.shape for quantity, _ in self._quantities.values()}

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        """The keys by how they look without capitals, accents and `_`."""
        found: dict[str, list[str]] = {}
        for key in self._shapes:
            found.setdefault(_folded(key), []).append(key)
        return found

    @cached_property
    def _wholes(self) -> dict[str, Referent]:
        """Every quantity as a whole, by the register's name of it."""
        found = {}
        for quantity, sample in self._quantities.values():
            key = of_sample(quantity.key, sample) if sample and not quantity.sample else quantity.key
            found[key] = self._elements(quantity, sample)
        return found

    def _elements(self, quantity: Quantity, sample: int | None, index: Index | None = None) -> Referent:
        places = indices(quantity.shape) if index is None else [index]
        names = [quantity.element(place) for place in places]
        if sample and not quantity.sample:
            names = [of_sample(name, sample) for name in names]
        return Referent(tuple(names), quantity.shape if index is None and len(names) > 1 else ())

    # reading

    def _found(self, text: str) -> list[Referent]:
        name = text.strip()
        if name in self.working.lines or name in self.working.givens:
            return [Referent((name,), ())]
        if name in self._wholes:
            return [self._wholes[name]]
        if len(name) > LENGTH_LIMIT or unseen(name):
            return []
        plain = canonical(name)
        for reading in self._readings(plain):
            found = list(dict.fromkeys(reading))
            if found:
                return found
        return []

    def _readings(self, text: str) -> Iterator[Iterable[Referent]]:
        """What a text means in one way after another, each of which may be several things; the likelier ways first."""
        for name, sample in self._in_samples(SAMPLE, text):
            yield from self._of_sample(name, sample)
        yield from self._of_sample(text, None)
        if "^" in text:
            yield from self._of_sample(LAYER_ABOVE.sub(r"\1", text), None)
            yield from self._with_sample_above(text)

    def _in_samples(self, pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
        """What a text has around a sample's number, and that number, where there is such a sample."""
        samples = len(self.working.trace.samples)
        found = pattern.fullmatch(text) if samples else None
        if found and int(found["sample"]) <= samples:
            yield found["name"] + found["more"], int(found["sample"])

    def _with_sample_above(self, text: str) -> Iterator[Iterable[Referent]]:
        """What a text means whose sample stands above the line; no number that may be a layer's is a sample's."""
        if DELTA.fullmatch(text) or any(map(list, self._of_sample(LAYER_ABOVE.sub(r"\1", text), 1))):
            return
        for name, sample in self._in_samples(SAMPLE_ABOVE, text):
            yield from self._of_sample(LAYER_OF_NAME.sub(r"\1", name), sample)
            yield from self._of_sample(name.replace(f"^({sample})", ""), sample)

    def _of_sample(self, text: str, sample: int | None) -> Iterator[Iterable[Referent]]:
        yield self._at(text, None, "", sample)
        yield self._later(text, (LATER, BEFORE), sample)
        for over in filter(None, (OVER.fullmatch(text), UNDERLINED.fullmatch(text))):
            if self._is_loss(over["loss"]):
                yield self._at(over["name"], GradientAt(self.loss), "", sample)
            yield self._slopes_between(over["loss"], over["name"], sample)
        if found := SLOPE.fullmatch(text):
            yield self._slopes(found["function"], found["name"], sample)
        if DELTA.fullmatch(text):
            yield self._deltas(text, sample)
        for pattern in (*GRADIENTS, BARE):
            if found := pattern.fullmatch(text):
                yield self._at(found["name"], GradientAt(self.loss), "", sample)
        yield self._later(text, (PRIMED,), sample)
        if text and self._is_loss(text):
            yield self._at(self.loss, None, "", sample)
        yield self._kept(text, "", sample)
        for later in filter(None, (pattern.fullmatch(text) for pattern in (LATER, BEFORE, PRIMED))):
            yield self._kept(later["name"] + (later["tail"] or ""), NEW, sample)

    def _later(self, text: str, patterns: Iterable[re.Pattern[str]], sample: int | None) -> Iterator[Referent]:
        """What an update makes of a weight."""
        for found in filter(None, (pattern.fullmatch(text) for pattern in patterns)):
            yield from self._at(found["name"] + (found["tail"] or ""), None, NEW, sample)

    def _deltas(self, text: str, sample: int | None) -> Iterator[Referent]:
        """The gradients that δ can be, by a number, by the name of a pre-activation or of its activation."""
        found = DELTA.fullmatch(text)
        named = list(self._bases(found["which"])) if found else []
        subjects = {activation: subject for subject, activation in self.deltas.activations.items()}
        places = [ArrayPlace(subjects.get(base.key, base.key), base.element) for base in named]
        for place in [*self.deltas.places(text), *(place for place in places if place.key in self.deltas.layers)]:
            quantity = self._quantities.get((GradientAt(self.loss), place.key, "", sample))
            if quantity:
                yield self._elements(*quantity, place.element)

    @cached_property
    def deltas(self) -> Deltas:
        """What δ stands for."""
        return Deltas(self.working.trace)

    def _is_loss(self, text: str) -> bool:
        """Whether the loss may be meant: by its name, by another where the network has nothing that is called so."""
        if text == self.loss or not text:
            return True
        if text in self._shapes:
            return False
        folded = _folded(text)
        return folded == _folded(self.loss) or folded in map(_folded, LOSSES)

    def _at(self, text: str, role: Role, stage: str, sample: int | None) -> Iterator[Referent]:
        """What is this of a value with that name; of `m_w11` as well, where an update keeps it."""
        for part in self._parts if role is None else ():
            if text.startswith(f"{part.stem}_"):
                yield from self._at(text.removeprefix(f"{part.stem}_"), part, stage, sample)
        for base in self._bases(text):
            found = self._quantities.get((role, base.key, stage, sample))
            if found:
                yield self._elements(*found, base.element)

    def _kept(self, text: str, stage: str, sample: int | None) -> Iterator[Referent]:
        """What an update keeps of a weight, in other words: `mw1`, `m_dw1`, or by its index alone `m1`, for `m_w1`."""
        for spelled, part in product(dict.fromkeys((text, _folded(text))), self._parts):
            if spelled.startswith(part.stem):
                rest = spelled.removeprefix(part.stem).lstrip("_")
                yield from self._at(rest, part, stage, sample)
                yield from self._at(rest.removeprefix("d"), part, stage, sample)
                yield from self._kept_of_all(rest, part, stage, sample)

    def _kept_of_all(self, tail: str, part: UpdatePart, stage: str, sample: int | None) -> Iterator[Referent]:
        """What an update keeps of any weight that has such an index."""
        for role, base, at, whose in self._quantities:
            if (role, at, whose) == (part, stage, sample):
                yield from self._at(f"{base}_{tail}" if tail else base, part, stage, sample)

    def _slopes(self, function: str, text: str, sample: int | None) -> Iterator[Referent]:
        """The slopes at an element: those of the function of that name, or the only ones there are."""
        for base in self._bases(text):
            roles = self._slope_roles(base.key, sample)
            named = [role for role in roles if _folded(role.activation) == _folded(function)]
            for role in named or roles:
                yield self._elements(*self._quantities[role, base.key, "", sample], base.element)

    def _slopes_between(self, above: str, below: str, sample: int | None) -> Iterator[Referent]:
        """The slope that `dh1/dz1` is, where h is an activation of z."""
        activations = [(base.key, base.element) for base in self._bases(above)]
        for base in self._bases(below):
            if (self.deltas.activations.get(base.key), base.element) in activations:
                for role in self._slope_roles(base.key, sample):
                    yield self._elements(*self._quantities[role, base.key, "", sample], base.element)

    def _slope_roles(self, key: str, sample: int | None) -> list[SlopeAt]:
        return [
            role
            for role, base, _, whose in self._quantities
            if isinstance(role, SlopeAt) and base == key and whose == sample
        ]

    def _bases(self, text: str) -> list[ArrayPlace]:
        """The values of the network that a name can stand for, spelled as in the file; else those spelled like it."""
        if not text:
            return []
        exact = list(self._split(text, self._exactly))
        return exact or list(self._split(_folded(text), lambda name: self._folded.get(name, [])))

    def _exactly(self, name: str) -> list[str]:
        return [name] if name in self._shapes else []

    def _split(self, text: str, keys: Callable[[str], list[str]]) -> Iterator[ArrayPlace]:
        """A name as a whole, and as one with an index behind it; `keys` gives the values that are called so."""
        for key in keys(text):
            yield ArrayPlace(key, None)
        if not text[-1:].isdigit() and text[-1:] not in "])":
            return
        for place in range(max(1, len(text) - TAIL_LENGTH), len(text)):
            for key in keys(text[:place].rstrip("_")):
                for found in filter(None, (tail.fullmatch(text, place) for tail in TAILS)):
                    index = tuple(int(part) - 1 for part in found.groups() if part)
                    if _lies_in(index, self._shapes[key]):
                        yield ArrayPlace(key, index)


def _lies_in(index: Index, shape: Shape) -> bool:
    return len(index) == len(shape) and all(0 <= i < length for i, length in zip(index, shape, strict=True))


def canonical(text: str) -> str:
    r"""A name without what is only for the eye: blanks, LaTeX, digits below the line.

    >>> canonical(r"$\frac{\partial L}{\partial w_{11}}$"), canonical("∂L/∂w₁₁"), canonical("ŷ")
    ('dL/dw_11', 'dL/dw11', 'ŷ')
    """
    text = unicodedata.normalize("NFKC", _without_commands(text)).translate(SIGNS)
    return "".join(text.split())


def plain_formula(text: str) -> str:
    r"""A formula without the commands of LaTeX; one that has none stays as it is.

    >>> plain_formula(r"\frac{\partial L}{\partial z_{1}} * x_{1}"), plain_formula(r"\frac{1-a}{2} e^{-1+2}")
    ('dL/dz_1 * x_1', '(1-a)/2 e^(-1+2)')
    """
    if "\\" not in text:
        return text
    text = _without_commands(text)
    for pattern, plain in GROUPS:
        text = pattern.sub(plain, text)
    return text


def _without_commands(text: str) -> str:
    if "\\" in text:
        text = FRACTION.sub(lambda found: f"{_alone(found[1])}/{_alone(found[2])}", text)
        for pattern, plain in LATEX:
            text = pattern.sub(plain, text)
    return text


def _alone(text: str) -> str:
    return text if ALONE.fullmatch(text) else f"({text})"


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower().replace("_", "")
    parts = unicodedata.normalize("NFD", name.lower())
    return "".join(ACCENTS.get(char) or GREEK.get(char) or char for char in parts if char != "_")
