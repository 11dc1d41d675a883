"""Values as people write them: `-2`, `-4/2`, `1.2e3`, `≈0.741`, `½`, `-2*1`, `[[1, 2], [3, 4]]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from bptrace.errors import Mark, SpecError, shortened, unseen
from bptrace.marking.answers import answer_value
from bptrace.marking.names import PRINTED_ROWS
from bptrace.marking.verdicts import WrittenNumber
from bptrace.numbers.arrays import Shape, is_finite
from bptrace.numbers.decimals import plain_decimal
from bptrace.numbers.enclosures import MINUS_INFINITY, ZERO, is_enclosure, precision
from bptrace.numbers.exact import (
    NUMBER_EXAMPLE,
    Rational,
    is_minus_infinity,
    number_hint,
)
from bptrace.ops.expr import Expr
from bptrace.spec.equation import parse
from bptrace.spec.spellings import BASE, FRACTIONS, SIGNS, constant_read, function_read
from bptrace.spec.tokens import NAME, UNSEEN_HINT
from bptrace.spec.vocabulary import Vocabulary

PLAIN = re.compile(r"([+-]?)([0-9]{1,400})(?:\.([0-9]{0,400}))?(?:[eE]([+-]?[0-9]{1,4}))?")
"""The usual numbers, which are read without a parser."""
SCIENTIFIC = re.compile(
    r"(?P<mantissa>[+-]?\s*[0-9]*\.?[0-9]+)\s*[*×·x]\s*10\s*(?:\^|\*\*)\s*[({]?(?P<power>[+-]?\s*[0-9]{1,4})[)}]?"
)
ABOUT = re.compile(r"(?:[≈≅≃~]|about\b|approx\.?|ca\.)\s*", re.IGNORECASE)
CUT_OFF = re.compile(r"(?<=[0-9])\s*(?:\.\.\.|…)\Z")
PIECE = re.compile(
    rf"(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|[-+*/@^() {''.join([*SIGNS, *FRACTIONS])}⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)"
    rf"|(?P<word>(?<![0-9.])(?:{NAME.pattern})|√)|(?P<other>.)",
    re.DOTALL,
)
"""What a formula of numbers is made of, and anything else."""
FRACTION = re.compile(r"[-+]?\s*[0-9.]+\s*/\s*[0-9.]+|[-+]?[0-9.]+[eE][-+]?[0-9]+")
RATIO = re.compile(r"([+-]?[0-9]{1,400})/([0-9]{0,400}[1-9][0-9]{0,400})")
PARTED = re.compile(r"[0-9]\s+[0-9]")
"""Two numbers beside one another: `2 1/2` is not 21/2."""
PRODUCT = re.compile(r"((?<![\w.])[0-9.]+|\))\s*(?=\()")
OPERATOR = re.compile(r"[-+*/×·^(]")
DECIMALS = re.compile(r"(?<![0-9])([0-9]*)\.([0-9]+)")
MINUS = str.maketrans({sign: read for sign, read in SIGNS.items() if read == "-"} | {"\N{FULLWIDTH PLUS SIGN}": "+"})
LENGTH_LIMIT = 25_000
SHORT = 2_000
"""So long is a text at most that is looked at for more than a plain number."""
BIT_LIMIT = 100_000
ELEMENT_LIMIT = 100_000
LISTED = re.compile(r"\s*(?P<body>[\[(].*[\])])\s*(?P<transposed>\.T|\^T|\^\{T\}|ᵀ|⊤)?\s*", re.DOTALL)
WRAPPED = re.compile(
    r"\s*(?:\w+\.)?(?:array|tensor)\((?P<body>[\[(].*[\])])(?:,\s*\w+\s*=[^\[\]]*)?\)(?P<transposed>\.T)?\s*", re.DOTALL
)
"""A list as Python and others print it: `array([1., 2.])`."""
BRACKET, SPACED, ROW = re.compile(r"[\[\]()]"), re.compile(r"\S+"), re.compile(r"\[[^\[\]]*\]")
NEAR_ZERO = re.compile(r"0±1e-\d{1,400}")
"""How a register has what is known to be near 0 alone: `≈0±1e-450`."""
WANTED = f"a value is a number, {NUMBER_EXAMPLE}"
CLOSED_DIGITS, CLOSED_BITS = 15, 256
"""To so many digits `exp(1/2)` is worked out, and with so many bits."""


def written_number(text: str, mark: Mark) -> WrittenNumber:
    """The number that a text is; `mark` is the place of its first character. Raises SpecError.

    >>> from bptrace.errors import Source
    >>> here = Mark(Source("", ""), 0)
    >>> written_number("-0.50", here).decimals, written_number("≈7.4e-1", here), str(written_number("-2*1", here).value)
    (2, WrittenNumber(value=37/50, decimals=2, digits=2, about=True), '-2')
    """
    found = PLAIN.fullmatch(text)
    if found:
        return _plain(found)
    begin = len(text) - len(text.lstrip())
    about = ABOUT.match(text, begin)
    begin = about.end() if about else begin
    body = CUT_OFF.sub("", text[begin:].rstrip())
    is_about = bool(about) or len(body) < len(text[begin:].rstrip())
    return _number(body, mark._replace(offset=mark.offset + begin))._replace(about=is_about)


def is_worked_out(text: str) -> bool:
    """Whether a value is a number as it stands, rather than a formula such as `-2*1` that is a rule as well."""
    if not OPERATOR.search(text, 1):
        return True
    bare = ABOUT.sub("", text.strip()).translate(MINUS)
    return bool(FRACTION.fullmatch(bare) or _scientific(bare)) or not OPERATOR.search(bare, 1)


def _scientific(text: str) -> re.Match[str] | None:
    return SCIENTIFIC.fullmatch(text) if len(text) < SHORT else None


def _number(text: str, mark: Mark) -> WrittenNumber:
    text = text.translate(MINUS)
    if len(text) > LENGTH_LIMIT:
        raise SpecError(f"a value of {len(text):,} characters; at most {LENGTH_LIMIT:,} are read", mark, WANTED)
    tight = "".join(text.split())
    found = PLAIN.fullmatch(tight if text[:1] in "+-" else text)
    if found:
        return _plain(found)
    if is_minus_infinity(tight):
        return WrittenNumber(MINUS_INFINITY, None)
    if NEAR_ZERO.fullmatch(tight):
        return WrittenNumber(ZERO, None)
    if power := _scientific(text):
        return written_number(f"{''.join(power['mantissa'].split())}e{''.join(power['power'].split())}", mark)
    if (found := RATIO.fullmatch(tight)) and not PARTED.search(text):
        return WrittenNumber(Rational(int(found[1]), int(found[2])), None)
    _check_characters(text, mark)
    return _formula(text, mark)


def _plain(found: re.Match[str]) -> WrittenNumber:
    sign, whole, places, exponent = found.groups()
    digits = whole + (places or "")
    top = Rational(int(f"{sign}{digits}"))
    decimals = len(places or "") - int(exponent or 0)
    if not decimals:
        return WrittenNumber(top, 0, len(digits.lstrip("0")))
    value = top / Rational(10) ** decimals if decimals > 0 else top * Rational(10) ** -decimals
    return WrittenNumber(value, decimals, len(digits.lstrip("0")))


def _check_characters(text: str, mark: Mark) -> None:
    """Raise SpecError, with its place, where a text has what is in no number."""
    if not text:
        raise SpecError("a value is missing here", mark, WANTED)
    end = _end_of_formula(text)
    if end == len(text):
        return
    end -= text[:end].endswith(" (")  # the bracket belongs to what is wrong
    place = mark._replace(offset=mark.offset + end)
    if hidden := unseen(text[end]):
        raise SpecError(f"here is what cannot be seen: {hidden}", place, UNSEEN_HINT)
    hint = number_hint(text)
    hint = hint if hint != NUMBER_EXAMPLE else WANTED
    rest = text[end:].lstrip()
    place = place._replace(offset=place.offset + len(text) - end - len(rest))
    raise SpecError(f"{shortened(rest)} is no part of a number", place, hint)


def _formula(text: str, mark: Mark) -> WrittenNumber:
    """What a formula of numbers comes to; of decimals, to as many digits as the shortest of them has."""
    with precision(CLOSED_BITS):
        value = answer_value(_parsed(text, mark), {}, mark)
    lengths = [len((whole + places).lstrip("0")) for whole, places in DECIMALS.findall(text)]
    digits = min(filter(None, lengths), default=0)
    if is_enclosure(value):
        found = PLAIN.fullmatch(plain_decimal(value, CLOSED_DIGITS)) if is_finite(value) else None
        if not found:
            raise SpecError("no digit of the value is proven", mark, WANTED)
        written = _plain(found)
        return _to_digits(written, digits or CLOSED_DIGITS)
    return _to_digits(WrittenNumber(value, None), digits) if digits and value else WrittenNumber(value, None)


def _to_digits(number: WrittenNumber, digits: int) -> WrittenNumber:
    """The number as one of so many digits, a 0 as one of so many places."""
    if not number.value:
        return number._replace(decimals=digits)
    return number._replace(decimals=digits - 1 - _order(number.value), digits=digits)


def _parsed(text: str, mark: Mark) -> Expr:
    def at(offset: int) -> Mark:
        return mark._replace(offset=mark.offset + offset)

    def find(name: str, place: Mark) -> Expr:
        raise SpecError(f"{shortened(name)} is no number", place, WANTED)

    vocabulary = Vocabulary(find, lambda name: False, lambda: None, rows=PRINTED_ROWS)
    try:
        return parse(text, at, vocabulary)
    except SpecError:
        if (full := with_products(text)) != text:
            with suppress(SpecError):
                return parse(full, at, vocabulary)
        raise


def with_products(text: str) -> str:
    """A formula with the signs of products that are left out between a number, or a bracket, and a bracket.

    >>> with_products("2(3-1)(4)"), with_products("x1(2)")
    ('2*(3-1)*(4)', 'x1(2)')
    """
    return PRODUCT.sub(r"\1*", text)


def _end_of_formula(text: str) -> int:
    """Where the first sign stands that is in no number, or a word that is no function and no number with a name."""
    called = False
    for piece in PIECE.finditer(text):
        word, other = piece["word"], piece["other"]
        if (word and not _is_known(word)) or (other and not (other == "," and called)):
            return piece.start()
        called = called or bool(word)
    return len(text)


@lru_cache(maxsize=1_000)
def _is_known(word: str) -> bool:
    """Whether it is a function, a number with a name or the base of a power."""
    return word == BASE or bool(function_read(word, PRINTED_ROWS) or constant_read(word))


def _order(value: Rational) -> int:
    """The power of ten of a number's first digit: 2 for 741, -1 for 0.741."""
    size = abs(value)
    order = len(str(size.p)) - len(str(size.q))
    return order if size >= Rational(10) ** order else order - 1


# Arrays


class Items(NamedTuple):
    """The elements of an array as they are written, each with its place in the text, row by row."""

    shape: Shape
    texts: tuple[tuple[str, int], ...]


def items(text: str, mark: Mark) -> Items | None:
    """The elements of a list or a matrix; None where the text is neither. Raises SpecError where rows differ in length.

    >>> from bptrace.errors import Source
    >>> items("[[1, 2], [3, 4/2]]", Mark(Source("", ""), 0))
    Items(shape=(2, 2), texts=(('1', 2), ('2', 5), ('3', 10), ('4/2', 13)))
    >>> items("(1/2)*3", Mark(Source("", ""), 0)) is None
    True
    """
    found = WRAPPED.fullmatch(text) or LISTED.fullmatch(text)
    if not found:
        return None
    body, begin = found["body"], found.start("body")
    closing = _closing(body)
    if closing != len(body) - 1 or (body[0] == "(" and "," not in body and ";" not in body):
        return None
    if len(body) > LENGTH_LIMIT * 100 or body.count(",") + body.count(";") > 2 * ELEMENT_LIMIT:
        raise SpecError(f"more than {ELEMENT_LIMIT:,} elements", mark, "an array of the network has fewer")
    inner = _rows(body[1:-1])
    rows = [list(_elements(row, begin + 1 + at)) for row, at in inner or [(body[1:-1], 0)]]
    if len({len(row) for row in rows}) > 1:
        short = next(row for row in rows if len(row) != len(rows[0]))
        place = mark._replace(offset=mark.offset + (short[0][1] if short else begin))
        raise SpecError("the rows of a matrix are of one length", place, "as in [[1, 2], [3, 4]]")
    texts = tuple(element for row in rows for element in row)
    if len(texts) > ELEMENT_LIMIT:
        raise SpecError(f"more than {ELEMENT_LIMIT:,} elements", mark, "an array of the network has fewer")
    if not inner:
        return Items((len(texts),), texts)
    if not found["transposed"]:
        return Items((len(rows), len(rows[0])), texts)
    return Items((len(rows[0]), len(rows)), tuple(element for column in zip(*rows, strict=True) for element in column))


def _closing(text: str) -> int:
    """Where the bracket closes that a text begins with; -1 where it does not."""
    depth = 0
    for found in BRACKET.finditer(text):
        depth += 1 if found[0] in "([" else -1
        if not depth:
            return found.start()
    return -1


def _rows(text: str) -> list[tuple[str, int]]:
    """The rows of a matrix, `[1, 2], [3, 4]` or `1 2; 3 4`, each with its place; nothing of a list."""
    parts = _split(text, ",")
    if len(parts) == 1 and text.lstrip().startswith("["):  # as NumPy prints them
        parts = [(found[0], found.start()) for found in ROW.finditer(text)]
    bare = [(part.strip(), at + len(part) - len(part.lstrip())) for part, at in parts]
    if all(part[:1] in ("[", "(") and _closing(part) == len(part) - 1 for part, _ in bare):
        return [(part[1:-1], at + 1) for part, at in bare]
    return _split(text, ";") if ";" in text else []


def _elements(row: str, begin: int) -> Iterator[tuple[str, int]]:
    parts = _split(row, ",") if "," in row else [(found[0], found.start()) for found in SPACED.finditer(row)]
    for part, at in parts:
        yield part.strip(), begin + at + len(part) - len(part.lstrip())


def _split(text: str, sign: str) -> list[tuple[str, int]]:
    """The parts between signs that stand in no bracket."""
    parts, depth, begin = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == sign and not depth:
            parts.append((text[begin:place], begin))
            begin = place + 1
    rest = text[begin:]
    return [*parts, (rest, begin)] if rest.strip() or not parts else parts
