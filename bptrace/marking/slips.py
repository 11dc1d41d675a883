"""THE table of slips: what people get wrong in a line of backpropagation, each as the wrong rule that they follow.

A slip gives, for a line of the working, the rule with the mistake in it: a tree over the same names, made from the
parts of the right one. So it is evaluated, printed and followed through like any rule. The rows stand beside what they
do, one file for each place where slips are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bptrace.marking import (
    slips_of_derivatives,
    slips_of_layers,
    slips_of_losses,
    slips_of_numbers,
    slips_of_paths,
    slips_of_slopes,
    slips_of_updates,
    slips_of_weights,
)
from bptrace.marking.parts import Parts
from bptrace.marking.slip import Slip
from bptrace.marking.verdicts import WrittenNumber
from bptrace.marking.working import Working, WorkingLine
from bptrace.ops.expr import Expr

GROUPS = (
    slips_of_losses.SLIPS,
    slips_of_slopes.SLIPS,
    slips_of_derivatives.SLIPS,
    slips_of_paths.SLIPS,
    slips_of_weights.SLIPS,
    slips_of_layers.SLIPS,
    slips_of_updates.SLIPS,
    slips_of_numbers.SLIPS,
)
SLIPS: tuple[Slip, ...] = tuple(slip for group in GROUPS for slip in group.slips)
VARIANTS = 4
"""Of the wrong rules that a slip has for a line, so many are tried where it is made everywhere."""
BY_NAME = {slip.name: slip for slip in SLIPS}
GROUP_OF = {slip.name: group.title for group in GROUPS for slip in group.slips}


def slips_called(name: str) -> tuple[Slip, ...]:
    """The slips that a name may mean: the one that it is, the only one that begins so, or those with all of its words.

    Capitals do not matter, nor does what stands between words.

    >>> [slip.name for slip in slips_called("The Skip")], [slip.name for slip in slips_called("dw z")]
    (['the skip forgotten'], ['dW with z for h'])
    """
    wanted = _words(name)
    if not wanted:
        return ()
    names = {slip: _words(slip.name) for slip in SLIPS}
    same = tuple(slip for slip, words in names.items() if words == wanted)
    begun = tuple(slip for slip, words in names.items() if " ".join(words).startswith(" ".join(wanted)))
    with_words = (slip for slip, words in names.items() if all(_is_in(words, part) for part in wanted))
    return same or (begun if len(begun) == 1 else tuple(with_words))


def _words(name: str) -> list[str]:
    return re.findall(r"[^ \t·:*(),=]+", name.casefold())


def _is_in(words: list[str], part: str) -> bool:
    return any(word.startswith(part) for word in words)


def wrong_rules(line: WorkingLine, working: Working) -> Iterator[tuple[Slip, Expr]]:
    """Every slip that can be made in a line, with the wrong rule, none of them the right one.

    The wrong rules of a slip come in the same order in every line: the first path, the next neighbour.
    """
    parts = Parts(line, working)
    for slip in SLIPS:
        for rule in slip.rules(parts):
            yield slip, rule


def made_everywhere(wrong: Mapping[str, Iterable[tuple[Slip, Expr]]]) -> Iterator[tuple[Slip, int, dict[str, Expr]]]:
    """Each slip in all the lines that it can be made in, by the same one of its rules, counted; or by a line's last.

    `wrong`: the slips that can be made in each line, with the wrong rules. No more than VARIANTS of them are given.
    """
    found: dict[str, dict[str, list[Expr]]] = {}
    for name, rules in wrong.items():
        for slip, rule in rules:
            found.setdefault(slip.name, {}).setdefault(name, []).append(rule)
    for slip_name, lines in found.items():
        for variant in range(min(VARIANTS, max(map(len, lines.values())))):
            some = {name: rules[min(variant, len(rules) - 1)] for name, rules in lines.items()}
            yield BY_NAME[slip_name], variant, some


def typed_rules(number: WrittenNumber, line: WorkingLine, working: Working) -> Iterator[tuple[Slip, Expr]]:
    """Every slip that shows in the digits of what is written in a line: a rule that may give the number.

    Digits are told to be exchanged by the value of the line's rule, on the numbers that its leaves have.
    """
    parts = Parts(line, working)
    for slip in SLIPS:
        for rule in slip.typed_rules(number, parts) if slip.typed else ():
            yield slip, rule
