"""Answers: what a person takes a row's value to be, read as an equation and judged; it is nowhere run as code.

An answer is worked out as a network of its own: its loss is the answer, its givens what can be seen before the row.
So it is parsed, measured and bounded as any network is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from bptrace.engine.model import Definition, Given
from bptrace.engine.program import build
from bptrace.engine.trace import Trace
from bptrace.engine.work import Work
from bptrace.errors import Mark, Source, SpecError, listed, shortened, suggestion
from bptrace.marking.names import PRINTED_ROWS, Lexicon, Question
from bptrace.numbers.arrays import Index, at, is_finite, size
from bptrace.numbers.bounds import decimal_digits, measured
from bptrace.numbers.enclosures import (
    MINUS_INFINITY,
    ZERO,
    Scalar,
    UndecidedError,
    accuracy,
    agree,
    around,
    is_enclosure,
    less,
    precision,
)
from bptrace.numbers.exact import ABSENT, NUMBER_EXAMPLE, Missing, NumberError, Rational, is_minus_infinity, rational
from bptrace.ops.array_ops import indexed
from bptrace.ops.evaluate import growth
from bptrace.ops.expr import Call, Expr, Name, Number, names, shape_text
from bptrace.ops.op import Key
from bptrace.ops.table import OPS, all_nodes
from bptrace.spec import instead
from bptrace.spec.equation import ONE_AN_AXIS, parse
from bptrace.spec.functions import ARROW, OwnFunctions, Surroundings
from bptrace.spec.spellings import SIGNS
from bptrace.spec.tokens import NAME, normal
from bptrace.spec.vocabulary import Function, Vocabulary

RIGHT, CLOSE, WRONG = "right", "close", "wrong"
KEY = "the answer"
LENGTH_LIMIT = 2_000
WORK_LIMIT = 1_000_000
BIT_LIMIT = 100_000
DIGITS = 3
"""How many digits of a value that is not exact an answer needs."""
TOLERANCE = rational("1/1000")
"""How far, of its size, a formula with rounded numbers may be from such a value."""
PROVEN_BITS = 10
"""That many digits of an enclosure."""
NEAR_ZERO = rational("1e-20")
"""How far from 0 an answer may be where the value itself may be 0, so that no digit of either is proven."""
USUAL_BITS = 128

INDEXED = re.compile(r"(.*)\[([0-9]+)(?:,([0-9]+))?\](.*)")
MINUS = str.maketrans({sign: read for sign, read in SIGNS.items() if read == "-"})
MASK, MASK_NAME = re.compile(r"(?<![^(,+*\s])-inf\b"), "_inf"
"""Minus infinity where it is an operand, as rules print it, and a name that is as long."""
LITERAL = re.compile(r"[+-]?\s*([0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")

ALL_OF_IT = "close, but this value is exact: all of its digits, a fraction or a formula"
WANTED = "a number or a formula, as in -2*2"
THE_NUMBER = "write the number itself"
NOT_PROVEN = "not proven to be equal: this value is exact, so a number or a simpler formula"
MORE_DIGITS = f"right so far: at least {DIGITS} digits"
NO_FRACTION = "close, but this value is no fraction: its digits, or a formula"
TOO_VAGUE = "close, but too few of its digits are proven: a simpler formula, or the digits"


class Verdict(NamedTuple):
    """What an answer is: `right`, `wrong`, or `close`, where `wanted` says which other form is.

    `plain`: it is a number as it stands, or it has rounded ones, so that no `=` stands before it.
    """

    kind: str
    wanted: str = ""
    plain: bool = False


class Decimal(NamedTuple):
    """A number as it is typed: its value, how many digits count, and one unit of the last of them."""

    value: Rational
    digits: int
    unit: Rational


def decimal(text: str) -> Decimal | None:
    """A literal's digits; None for what is no literal. Raises NumberError."""
    text = text.translate(MINUS)
    match = LITERAL.fullmatch(text.strip())
    if not match:
        return None
    mantissa, exponent = match.groups()
    whole, _, places = mantissa.partition(".")
    value, scale = rational("".join(text.split())), rational(f"1e{exponent or 0}")
    return Decimal(value, len((whole + places).lstrip("0")), scale / Rational(10) ** len(places))


# What is read


class _Reading:
    """One answer being read: what it reads becomes a given of its network.

    `blurred`: a decimal of many digits is any number that it can be cut off or rounded from. `rounded`: it has one.
    """

    def __init__(self, question: Question, functions: Mapping[str, str], whole: Mark, blurred: bool = False) -> None:
        self.question = question
        self.quantities = question.lexicon.quantities
        self.givens: dict[str, Given] = {}
        self.functions = functions
        self.whole = whole
        self.blurred = blurred
        self.rounded = False

    def value(self, text: str) -> Scalar:
        """The value of the text. Raises SpecError."""
        lexicon, functions = self.question.lexicon, _FileFunctions(self.functions)
        scope = Vocabulary(self.find, self._is_taken, lambda: None, functions, 0, lexicon.token, PRINTED_ROWS)
        expr = parse(MASK.sub(MASK_NAME, text), self._at, scope)
        self._check_work(expr)
        if size(expr.shape) != 1:
            raise SpecError(f"the answer is {shape_text(expr.shape)}, not a number", self.whole, *self._elements())
        element = indexed(expr, (0,) * len(expr.shape)) if expr.shape else expr
        value = answer_value(element, self.givens, self.whole, BIT_LIMIT + 4 * self._longest())
        if not is_finite(value):
            raise SpecError("no digit of the answer is proven", self.whole, THE_NUMBER)
        return value

    def _elements(self) -> list[str]:
        """An element of what was read: `as in w11`."""
        arrays = [self.quantities[key] for key, given in self.givens.items() if size(given.shape) > 1]
        return [f"as in {array.element((0,) * len(array.shape))}" for array in arrays[:1]]

    def _at(self, offset: int) -> Mark:
        return Mark(self.whole.source, offset)

    def _check_work(self, expr: Expr) -> None:
        work = 0
        for node in all_nodes(expr):
            work += size(node.shape) * (OPS[node.op].terms(node) if isinstance(node, Call) else 1)
            if work > WORK_LIMIT:
                raise SpecError(f"more than {WORK_LIMIT:,} operations", self.whole, "fewer elements at once")

    def _longest(self) -> int:
        """The bits of the longest number that is read or asked for."""
        read = [measured(given.value, given.shape).longest for given in self.givens.values()]
        return max([measured(self.question.value, ()).longest, *read])

    def find(self, text: str, mark: Mark) -> Expr:
        """What a name stands for, or a decimal."""
        name = normal("".join(text.split()))
        if name == MASK_NAME:
            return self._given(name, Given("", (), "", MINUS_INFINITY))
        if name[0] in ".0123456789":
            return self._decimal(name, mark)
        key, index = self._located(name, mark)
        if not self.question.is_known(key, index):
            raise SpecError(f"{shortened(name)} is not known yet", mark, "an answer reads what stands above its row")
        shape, value = self.quantities[key].shape, self.question.trace.values[key]
        if index and len(index) == len(shape):
            return self._given(f"{key}[{','.join(str(i + 1) for i in index)}]", Given("", (), "", at(value, index)))
        whole = self._given(key, Given("", shape, "", value))
        return indexed(whole, index) if index else whole

    def _is_taken(self, text: str) -> bool:
        name = normal(text)
        return name in self.quantities or name in self.functions or bool(self.question.lexicon.element(name))

    def _given(self, key: str, given: Given) -> Name:
        self.givens.setdefault(key, given._replace(key=key, section="input"))
        return Name(key, given.shape)

    def _decimal(self, text: str, mark: Mark) -> Expr:
        try:
            found = decimal(text)
        except NumberError as problem:
            raise SpecError(str(problem), mark, NUMBER_EXAMPLE) from None
        assert found, "the pattern of a decimal is that of a literal"
        self.rounded = self.rounded or found.digits >= DIGITS
        if found.digits < DIGITS or not self.blurred:
            return Number(found.value)
        quarter = (
            found.unit / 4
        )  # from half a unit below, where it was rounded up, to a unit above, where it was cut off
        return self._given(text, Given("", (), "", around(found.value + quarter, 3 * quarter)))

    def _located(self, name: str, mark: Mark) -> tuple[str, Index]:
        """The quantity and the index, or the start of one, that a name stands for."""
        if name in self.quantities:
            return name, ()
        match = INDEXED.fullmatch(name)
        if match and match[1] + match[4] in self.quantities:
            key, numbers = match[1] + match[4], [int(number) for number in match.group(2, 3) if number]
            self._check_index(key, numbers, mark)
            return key, tuple(number - 1 for number in numbers)
        found = self.question.lexicon.element(name)
        if found:
            return found
        known = self.question.known()
        meant = instead.of_unknown_name(name, PRINTED_ROWS) or suggestion(name, known)
        raise SpecError(f"unknown name {shortened(name)}", mark, f"known here: {listed(known)}", *meant)

    def _check_index(self, key: str, numbers: Sequence[int], mark: Mark) -> None:
        shape = self.quantities[key].shape
        if len(numbers) > len(shape):
            count = f"{len(numbers)} indices" if len(numbers) > 1 else "an index"
            raise SpecError(f"{count} into {shape_text(shape)}", mark, ONE_AN_AXIS)
        for number, length in zip(numbers, shape, strict=False):
            if not 1 <= number <= length:
                raise SpecError(f"index '{number}' is not in 1..{length}", mark, "indices start at 1")


def answer_value(expr: Expr, givens: Mapping[str, Given], whole: Mark, limit: int = BIT_LIMIT) -> Scalar:
    """What an answer that reads these givens comes to; `whole` is its place. Raises SpecError: nothing, or too long.

    `limit`: so many bits its numbers may have.
    """
    program = build(list(givens.values()), [Definition(KEY, expr, "", whole)], ())
    work = Work(program, decimal=False, real=True)
    values = {given.key: given.value for given in givens.values()}
    for definition, (key, kernel) in zip(program.definitions, program.kernels, strict=True):
        read = names(definition.expr)
        known = {name: measured(values[name], node.shape) for name, node in read.items()}
        if growth(definition.expr, known).bound.longest > limit:
            raise SpecError(f"the answer may take more than {decimal_digits(limit):,} digits", whole, THE_NUMBER)
        try:
            values[key] = work.value_of(definition, kernel, values)
            work.check_digits(definition, values)
        except UndecidedError:
            raise SpecError("cannot tell a comparison, or a division by 0, in the answer", whole, THE_NUMBER) from None
        except SpecError as problem:
            # a part's name, which the answer does not have, is left out
            reason = problem.message.partition(" in ")[0]
            raise SpecError(f"{reason} in the answer", problem.mark, THE_NUMBER) from None
    return values[KEY]


def _never(name: str) -> bool:
    return False


class _FileFunctions:
    """The file's own functions, by name and text; those that are called are read anew, and those that they call."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.own = OwnFunctions(Surroundings(_never, _never, lambda: None, lambda characters, mark: None))

    def get(self, name: str, mark: Mark) -> Function | None:
        name = normal(name)
        if name in self.texts and name not in self.own.defined:
            text = self.texts[name]
            for word in map(normal, NAME.findall(text.partition(ARROW)[2])):
                self.get(word, mark)
            self.own.define(name, text, mark, lambda offset: mark)
        return self.own.get(name, mark)

    def names(self) -> list[str]:
        return list(self.texts)


# The judge


class Answers:
    """Judges answers to the rows of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._lexicons: dict[int, Lexicon] = {}
        self._question: tuple[int, Question] | None = None

    def judge(self, text: str, place: int) -> Verdict:
        """What an answer to the row at a place, counted from 0 over all steps, is.

        Raises SpecError where it cannot be read, or comes to nothing that could be right.
        """
        question = self._asked(place)
        whole = Mark(Source("answer", text), 0)
        with precision(question.trace.bits or USUAL_BITS):
            stripped = _stripped(text, whole)
            verdict = self._judged(question, stripped, whole)
        if verdict.plain or verdict.kind == RIGHT or not question.trace.bits:
            return verdict
        return Verdict(RIGHT) if self._prints(place, stripped) else verdict

    def _prints(self, place: int, text: str) -> bool:
        """Whether a row's own formula or rule is this text.

        Its value may be known to be exact where that of the text is not, and a rule has rounded numbers.
        """
        row = next(self.trace.part(place, place + 1))
        return "".join(text.split()) in ["".join(printed.split()) for printed in row.texts()[1:3]]

    def _judged(self, question: Question, text: str, whole: Mark) -> Verdict:
        try:
            literal = decimal(text)
        except NumberError as problem:
            raise SpecError(
                str(problem), whole._replace(offset=len(text) - len(text.lstrip())), NUMBER_EXAMPLE
            ) from None
        absent, real = isinstance(question.value, Missing), is_enclosure(question.value)
        masked = question.value is MINUS_INFINITY
        if text.strip() == ABSENT and ABSENT not in question.lexicon.quantities:
            return Verdict(RIGHT if absent else WRONG, plain=True)
        if is_minus_infinity("".join(text.translate(MINUS).split())):
            return Verdict(RIGHT if masked else WRONG, plain=True)
        if literal and (absent or masked):
            return Verdict(WRONG, plain=True)
        if literal:
            return (_real_digits if real else _exact_digits)(question.value, literal)
        reading = _Reading(question, self._functions, whole)
        value = reading.value(text)
        if absent or masked or value is MINUS_INFINITY:
            return Verdict(RIGHT if masked and value is MINUS_INFINITY else WRONG)
        if not real:
            return _exact(question.value, value)
        return self._rounded(question, value, text, whole) if reading.rounded else _real(question.value, value)

    def _rounded(self, question: Question, value: Scalar, text: str, whole: Mark) -> Verdict:
        """The verdict on a formula with rounded numbers, for a value that is known by an enclosure."""
        wanted = question.value
        found = Verdict(RIGHT, plain=True) if _within(wanted, value, abs(wanted) * TOLERANCE) else None
        try:
            blurred = _Reading(question, self._functions, whole, blurred=True).value(text)
        except SpecError:
            return found or Verdict(CLOSE, TOO_VAGUE)
        return found or Verdict(CLOSE, TOO_VAGUE) if agree(wanted, blurred) else Verdict(WRONG)

    def _asked(self, place: int) -> Question:
        if self._question is None or self._question[0] != place:
            self._question = place, self._asked_anew(place)
        return self._question[1]

    def _asked_anew(self, place: int) -> Question:
        step, starts = self.trace.step_at(place), self.trace.starts
        trace, first = self.trace.of(step), self.trace.steps_before(step)
        before = starts[step.number - 1]
        definition, run = next(step.plan.part(place - before, place - before + 1))
        return Question(trace, self._lexicon(trace), place - starts[first], (definition.key, next(iter(run))))

    def _lexicon(self, trace: Trace) -> Lexicon:
        """The names of a trace, which samples have in common."""
        found = self._lexicons.get(id(trace.program))
        if found is None:
            found = self._lexicons[id(trace.program)] = Lexicon(trace.program, bool(trace.bits))
        return found

    @cached_property
    def _functions(self) -> dict[str, str]:
        """The functions of the file's own that its equations call, by name."""
        nodes = (node for definition in self.trace.source.definitions for node in all_nodes(definition.expr))
        texts = {str(node.op) for node in nodes if isinstance(node, Call) and isinstance(node.op, Key)}
        return {name: text for name, _, text in (text.partition(": ") for text in texts)}


def _stripped(text: str, whole: Mark) -> str:
    """The answer without a sign before it. Raises SpecError: nothing there, or too much."""
    if len(text) > LENGTH_LIMIT:
        raise SpecError(f"an answer of {len(text):,} characters; at most {LENGTH_LIMIT:,} are taken", whole, WANTED)
    body = text.lstrip().removeprefix("≈").removeprefix("=")
    if not body.strip():
        raise SpecError("an answer is missing here", whole, WANTED)
    start = len(text) - len(body)
    if "=" in body:
        raise SpecError("unexpected character '='", whole._replace(offset=start + body.index("=")), WANTED)
    return " " * start + body


def _exact_digits(wanted: Scalar, typed: Decimal) -> Verdict:
    """The verdict on a number, for a value that is exact."""
    if typed.value == wanted:
        return Verdict(RIGHT, plain=True)
    close = typed.digits > 1 and _shows(typed, wanted)
    return Verdict(CLOSE, ALL_OF_IT, plain=True) if close else Verdict(WRONG, plain=True)


def _real_digits(wanted: Scalar, typed: Decimal) -> Verdict:
    """The verdict on a number, for a value that is known by an enclosure."""
    if not typed.value and agree(wanted, ZERO):
        return Verdict(RIGHT, plain=True)
    if not typed.digits or not _shows(typed, wanted):
        return Verdict(WRONG, plain=True)
    return Verdict(RIGHT, plain=True) if typed.digits >= DIGITS else Verdict(CLOSE, MORE_DIGITS, plain=True)


def _shows(typed: Decimal, wanted: Scalar) -> bool:
    """Whether the digits are the value's, cut off or rounded to nearest at the last of them.

    They may be more than are proven of it: those beyond cannot be told wrong.
    """
    half = typed.unit / 2
    beyond = half if typed.value > 0 else -half
    rounded = accuracy(wanted) >= PROVEN_BITS and not _apart(wanted, typed.value, half)
    return rounded or _within(wanted, typed.value + beyond, half)


def _exact(wanted: Scalar, value: Scalar) -> Verdict:
    """The verdict on a formula, for a value that is exact."""
    if is_enclosure(value):
        return Verdict(CLOSE, NOT_PROVEN) if agree(wanted, value) else Verdict(WRONG)
    return Verdict(RIGHT if value == wanted else WRONG)


def _real(wanted: Scalar, value: Scalar) -> Verdict:
    """The verdict on a formula, for a value that is known by an enclosure.

    What differs by less than is proven of either (a factor 1+1e-30) cannot be told apart, and is right.
    """
    if not is_enclosure(value):
        if not value and agree(wanted, ZERO):
            return Verdict(RIGHT)
        return Verdict(CLOSE, NO_FRACTION) if _within(wanted, value, abs(value) * TOLERANCE) else Verdict(WRONG)
    if not agree(wanted, value):
        return Verdict(WRONG)
    proven = accuracy(value) >= PROVEN_BITS or (agree(wanted, ZERO) and _within(value, ZERO, NEAR_ZERO))
    return Verdict(RIGHT) if proven else Verdict(CLOSE, TOO_VAGUE)


def _within(one: Scalar, other: Scalar, distance: Scalar) -> bool:
    """Whether two numbers are proven to be less than a distance apart."""
    try:
        return less(abs(one - other), distance)
    except UndecidedError:
        return False


def _apart(one: Scalar, other: Scalar, distance: Scalar) -> bool:
    """Whether two numbers are proven to be more than a distance apart."""
    try:
        return less(distance, abs(one - other))
    except UndecidedError:
        return False
