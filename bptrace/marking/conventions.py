"""Conventions that are as good as the register's: a number that is written with another sign or factor, and read so.

Some write t - y and have a minus elsewhere, some call -dL/dz the error of a unit, some keep the learning rate in the
velocity. Such a number is right where a row that is worked out from it is right, since two mistakes do not cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from bptrace.engine.quantity import NEW, UpdatePart
from bptrace.engine.sentence_parts import Named, Sentence, names_listed, sentence
from bptrace.marking.readings import magnitude
from bptrace.marking.verdicts import WrittenNumber
from bptrace.marking.working import GRADIENT, Working
from bptrace.marking.written_register import WrittenRegister
from bptrace.numbers.enclosures import MINUS_INFINITY, ONE
from bptrace.numbers.exact import Rational
from bptrace.numbers.intervals import FAILURES

NEAR = Rational(1, 10)
"""A number is tried with another factor where it lies no further than this from the right one, of its size."""
MINUS_ONE = -ONE
RATE = "lr"

Meant: TypeAlias = Mapping[str, Rational]
"""For names of rows, how many times the right number is written there."""


def negative_errors(working: Working) -> dict[str, Rational]:
    """The convention by which a unit's error is -dL/dz: every gradient at what the file defines has the other sign."""
    defined = {definition.key for definition in working.trace.source.definitions}
    return {
        name: MINUS_ONE
        for name, line in working.lines.items()
        if working.kind(name) == GRADIENT and line.quantity.base in defined
    }


def conventions_in(register: WrittenRegister) -> dict[str, Rational]:
    """The numbers that are another multiple of the right ones and lead on to a right row that is none of them."""
    every = {name: factor for name in register.written for factor in _factors(name, register)[:1]}
    found = every
    while True:
        kept = {name: factor for name, factor in found.items() if _leads_on(name, found, register)}
        if len(kept) == len(found):
            return {name: factor for name, factor in every.items() if name in kept or _is_alike(name, kept, register)}
        found = kept


def _is_alike(name: str, kept: Iterable[str], register: WrittenRegister) -> bool:
    """Whether a number is the error of a unit, where another's has a sign that is made up for."""
    errors = negative_errors(register.working)
    return name in errors and any(other in errors for other in kept)


def _factors(name: str, register: WrittenRegister) -> list[Rational]:
    """By which factor a number lies near the right one, where it is not right as it is."""
    number = register.written[name].value
    if not number or register.is_right(name):
        return []
    near = [factor for factor in _possible(name, register.working) if factor]
    try:
        (true,) = register.true(name)
        return [factor for factor in near if abs(number - factor * true.middle) <= NEAR * abs(factor * true.middle)]
    except FAILURES:  # of a mask, too, where another number belongs
        return []


def _possible(name: str, working: Working) -> Iterator[Rational]:
    quantity = working.quantity(name)
    if working.kind(name) == GRADIENT:
        yield MINUS_ONE
    elif isinstance(quantity.role, UpdatePart) and quantity.stage == NEW and RATE in working.givens:
        rate = working.givens[RATE]
        yield from (rate, -rate, MINUS_ONE)


def _leads_on(name: str, others: Mapping[str, Rational], register: WrittenRegister) -> bool:
    """Whether a right row that is not 0 is worked out from a number, or from others like it."""
    seen, waiting = {name}, [name]
    for item in waiting:
        for reader in register.working.readers.get(item, ()):
            if reader in register.written and reader not in others:
                if register.written[reader].value and register.is_right(reader):
                    return True
            elif reader not in seen:
                seen.add(reader)
                waiting.append(reader)
    return False


def as_meant(number: WrittenNumber, factor: Rational) -> WrittenNumber:
    """The number that is meant where so many times it is written; a mask is one however often."""
    if factor == ONE or number.value is MINUS_INFINITY:
        return number
    shift = 0 if abs(factor) == 1 else -magnitude(1 / factor) - 1
    decimals = None if number.decimals is None else number.decimals + shift
    return number._replace(value=number.value / factor, decimals=decimals)


def conventions_told(meant: Meant) -> Iterator[Sentence]:
    """What is said of a register some of whose numbers are right with another sign or factor: of each factor once."""
    for factor in dict.fromkeys(meant.values()):
        names = names_listed(name for name, other in meant.items() if other == factor)
        sign = "-" if factor < 0 else ""
        how = ("with the other sign",) if factor == MINUS_ONE else (f"times {sign}", Named(RATE))
        yield sentence("Written ", *how, ", which is made up for further on: ", names, ".")
