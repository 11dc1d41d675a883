"""Numbers that are searched for: small, with small results, and such that as many slips as can be show in some row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from random import Random
from typing import NamedTuple

from bptrace.engine.budget import RowLimit
from bptrace.engine.network import Network, hangs_on_values
from bptrace.errors import BptraceError, SizeError, SpecError
from bptrace.marking.discrimination import Discrimination, Unseen, Values
from bptrace.marking.proposals import DECIMALS, INTEGERS, POOLS, Proposals
from bptrace.marking.working import DEFINED, SLOPE, Working, longest_of
from bptrace.numbers.digits import decimal_places, exact_numeral
from bptrace.numbers.enclosures import Scalar, agree, is_enclosure, parts, precision
from bptrace.ops.evaluate import ByName, by_names
from bptrace.ops.expr import Cases, Number
from bptrace.spec.literals import rewritten
from bptrace.spec.reader import loads

MEASURED = 400
"""So many numbers that will do are measured, and the best are taken."""
TRIED, NODES_TRIED = 6_000, 700_000
"""So many are tried at most, with so many numbers, names and operations in their rules in all."""
ROWS_DRAWN = RowLimit(5_000, "other numbers are drawn for", "a smaller network of the kind, or less extreme numbers")
"""Of a longer register no numbers are drawn: the network that they make is read and worked out anew."""
NODES_DRAWN = 100_000
"""Where the rules have more of them, no numbers are drawn."""
EFFORT = 1_800_000
"""Of a larger network fewer are measured: so many are worked out in rules with a slip in all, or a few more."""
DEAR = 125
"""So much more is it to measure numbers that the rules hang on."""
FAILING = 10
"""A part of that where they turn out to have no value."""
SIGNS_KEPT = 200
"""After so many tries without a value, or half of them, numbers keep the signs that the file has."""
TWINS = 8
"""Two units that are equal weigh as much as so many digits."""
FRACTION_BITS = 300
"""An operation on drawn numbers of so many bits more counts once more: fractions have common divisors."""
ENCLOSED = 4
"""As many digits does a number have that is no fraction."""
LINT_COMMENT = re.compile(r"^[ \t]*#[ \t]*lint:[ \t]*(?P<kinds>[^:\n]*)(?P<why>:[ \t]*\S[^\n]*)?\n?", re.MULTILINE)
"""`# lint: zeros, ones: the numbers of a textbook`: what the numbers hide, and why; of other numbers it is not so."""


class Drawn(NamedTuple):
    """A network with numbers that were searched for.

    `left`: what its numbers do not show; `never`: what none of those that were tried show.
    """

    text: str
    network: Network
    working: Working
    left: Unseen
    never: Unseen


class Candidate(NamedTuple):
    """Numbers that will do, with what they come to, and what they do not show."""

    values: Values
    unseen: Unseen


class Gate(NamedTuple):
    """A slope by cases: what they hang on, where they change, and the slope of a unit that is on."""

    name: str
    subject: ByName
    bounds: tuple[ByName, ...]
    on: Scalar

    def is_tied(self, values: Values) -> bool:
        """Whether two cases meet just here."""
        subject = self.subject(values)
        return any(agree(bound(values), subject) for bound in self.bounds)


class Search:
    """The search for numbers of one network, worked out in the shape that it has."""

    def __init__(self, network: Network, draw: str = INTEGERS, blocked: bool = False) -> None:
        self.network = network
        self.pool = POOLS[draw]
        self.blocked = blocked
        self.working = Working(network.trace())
        self.told = Discrimination(self.working)
        self.proposals = Proposals(network, self.working, self.pool)
        self.gates = gates(self.working)
        self._is_shaped_by_values = any(map(hangs_on_values, network.program().definitions))

    @property
    def is_free(self) -> bool:
        """Whether there is any number that may be another."""
        return not all(slot.is_kept for slot in self.proposals.slots)

    def found(self, seed: object, most: int = MEASURED, effort: int = EFFORT) -> list[Candidate]:
        """So many numbers that will do, the best first; fewer of a large network, and none where none were found.

        `effort`: as many numbers, names and operations in rules with a slip are worked out at most, or a few more.
        """
        found = list(self._measured(Random(str(seed)), most, effort)) if self.is_free else []
        return sorted(found, key=lambda item: (item.unseen.total, self._weight(item)))

    def _measured(self, random: Random, most: int, effort: int) -> Iterator[Candidate]:
        told = self.told
        size = self.working.weight * (DEAR * told.nodes if self._is_shaped_by_values else told.wrong_nodes)
        tries = min(TRIED, NODES_TRIED // told.work + 1)
        found = spent = 0
        for tried in range(tries):
            values = self._tried(random, keep_signs=tried > min(SIGNS_KEPT, tries // 2) and not found)
            unseen = self._unseen(values) if values else None
            length = longest_of(values.values()) if values and unseen else 0
            spent += size * (1 + length // FRACTION_BITS) if unseen else size // FAILING
            if values and unseen:
                found += 1
                yield Candidate(values, unseen)
            if found == most or spent > effort:
                return

    def _unseen(self, values: Values) -> Unseen | None:
        """What numbers do not show; where the shape of rules hangs on them, in a working of their own."""
        if not self._is_shaped_by_values:
            return self.told.unseen(values)
        try:
            working = Working(self.proposals.applied(values).trace())
        except BptraceError:
            return None
        told = Discrimination(working)
        return told.unseen(told.own)

    def _tried(self, random: Random, keep_signs: bool) -> dict[str, Scalar] | None:
        """The value of every name with numbers that are drawn; None where they will not do."""
        proposed = self.proposals.propose(random, keep_signs)
        try:
            if self.proposals.aims:
                proposed = self.proposals.aimed(proposed, self.told.values(proposed, forward=True))
            values = self.told.values(proposed)
            with precision(self.working.bits):
                return values if self._will_do(values) else None
        except ArithmeticError:
            return None

    def _will_do(self, values: Values) -> bool:
        if any(gate.is_tied(values) for gate in self.gates):
            return False
        off = [gate for gate in self.gates if not agree(values[gate.name], gate.on)]
        if self.blocked and len(off) != 1:
            return False
        return len(off) < max(len(self.gates), 1)

    def _weight(self, found: Candidate) -> int:
        """How much there is to write, and how much of it shows nothing."""
        digits = sum(_digits(found.values[name]) for name in self.working.lines)
        return digits + found.unseen.rows + TWINS * self._twins(found.values)

    def _twins(self, values: Values) -> int:
        """How many units have the value of another in their layer."""
        found: dict[tuple[str, int | None], list[str]] = {}
        for line in self.working.forward:
            if self.working.kind(line.name) == DEFINED and line.quantity.shape and values[line.name] != 0:
                found.setdefault((line.quantity.key, line.sample), []).append(str(values[line.name]))
        return sum(len(some) - len(set(some)) for some in found.values())


class FileSearch(Search):
    r"""The search for numbers of a network file, which may be made with many seeds.

    `draw`: one of POOLS; decimals if the file has some, else integers. `blocked`: exactly one unit is switched off.
    Raises BptraceError where the network has no text of its own with numbers in it, or no unit to be switched off.

    >>> text = "input: {x: 1}\nweights: {w: 1}\ntarget: {y: 0}\nforward: {z: w*x}\nloss: (z - y)^2"
    >>> print(FileSearch(loads(text)).drawn(1).text)
    input: {x: -4}
    weights: {w: -1}
    target: {y: 5}
    forward: {z: w*x}
    loss: (z - y)^2
    """

    def __init__(self, network: Network, draw: str | None = None, blocked: bool = False) -> None:
        if network.stated is None or len(network.stated.files) > 1:
            message = "numbers are drawn for a network file that has all of them itself"
            raise SpecError(message, network.stated and network.stated.table, "samples in the file, not in a table")
        ROWS_DRAWN.check(network.row_count(), network.loss_mark)
        super().__init__(network, draw or (DECIMALS if network.decimal else INTEGERS), blocked)
        self._check_size()
        self.source = network.stated.source
        if not self.is_free:
            raise BptraceError(
                "error: the file has no numbers that could be other ones\n   weights and an input, as in w: [2, -1]"
            )
        if blocked and not self.gates:
            raise BptraceError("error: no unit can be switched off\n   ReLU and its kin have slopes by cases")

    def _check_size(self) -> None:
        """Refuse a network whose rules are too long to be worked out again and again. Raises SizeError."""
        if self.told.work > NODES_DRAWN:
            message = f"{self.told.counted}; other numbers are drawn for {NODES_DRAWN:,} at most"
            raise SizeError(message, self.network.loss_mark, "a smaller network of the kind, or less extreme numbers")

    def drawn(self, seed: object) -> Drawn:
        """The best numbers that are found with a seed, the same for the same. Raises BptraceError: there are none."""
        found = self.found(seed)
        for item in found:
            made = self._made(item.values)
            if made:
                return made._replace(never=reduce(Unseen.common, [each.unseen for each in found], made.left))
        sought = "with which one unit is off" if self.blocked else "that the network has values for"
        raise BptraceError(f"error: no numbers were found {sought}\n   another --seed or --draw, or no --blocked")

    def _made(self, values: Values) -> Drawn | None:
        """The network with these numbers, read and worked out anew; None where it has no value."""
        text = self._text(values)
        try:
            network = loads(text, self.source.name)
            working = Working(network.trace())
        except BptraceError:
            return None
        told = Discrimination(working)
        left = (told if self._is_shaped_by_values else self.told).unseen(told.own)
        return Drawn(text, network, working, left, left)

    def _text(self, values: Values) -> str:
        numbers = {}
        for slot in self.proposals.slots:
            for name, span in zip(slot.elements[0], slot.places.spans, strict=True):
                if not slot.is_kept:
                    numbers[span] = exact_numeral(values[name], self.pool.decimal).text
        return LINT_COMMENT.sub("", rewritten(self.source.text, numbers))


def _digits(value: Scalar) -> int:
    """How much there is to write: the digits of a fraction; of another number more, the further it is from 1."""
    if not is_enclosure(value):
        return len(str(value).lstrip("-"))
    number, exponent = parts(value)[0]
    return ENCLOSED + 2 * abs(decimal_places(number.bit_length() + exponent))


def gates(working: Working) -> list[Gate]:
    """The slopes of a working that are a number on each side of a bound."""
    return list(_gates(working))


def _gates(working: Working) -> Iterator[Gate]:
    for line in working.lines.values():
        rule = line.rule
        if working.kind(line.name) != SLOPE or not isinstance(rule, Cases):
            continue
        slopes = [branch.value.value for branch in rule.branches if isinstance(branch.value, Number)]
        ends = [branch.low[0] for branch in rule.branches if branch.low]
        ends += [branch.high[1] for branch in rule.branches if branch.high]
        if slopes:
            yield Gate(line.name, by_names(rule.subject), tuple(map(by_names, ends)), max(slopes))
