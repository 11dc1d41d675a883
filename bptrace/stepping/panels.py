"""What opens over the register: the keys, why a row has its value, the score. Lines of styled text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from bptrace.explain.paths import Path
from bptrace.explain.why import Reasons
from bptrace.numbers.digits import Shown
from bptrace.ops.shorten import abridged
from bptrace.stepping.commands import COMMANDS, HELP, SCORE, WHY, Command
from bptrace.stepping.stepper import Stepper
from bptrace.typeset.cells import cut_value, squeezed, width, wrapped

Text: TypeAlias = "list[tuple[str, str]]"
"""A line: its parts, each with its style."""

KEYS = {
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
LONGEST = 160
"""How many cells of a formula or a number are shown where it can be wrapped."""
INDENT = 2
ENDS = 12
"""How many names of a long path are shown at each end."""
MANY = 10**15
DIGITS = 17
SHORTEST = 7
READS = 100
NARROWEST_ABOUT = 24
OF_SAMPLES = "Each sample's own gradient has paths from the loss: why {0}, in the window g {0} and w."


def title(stepper: Stepper, room: int = LONGEST) -> str:
    """What the open panel is called, in so many cells."""
    if stepper.panel == WHY and stepper.reasons:
        quantity, shown = stepper.reasons.quantity, stepper.reasons.shown
        sample = f" in sample {stepper.of_sample}" if stepper.of_sample else ""
        free = max(room - width(f"Why {quantity} {shown.sign} {sample}"), SHORTEST)
        return squeezed(f"Why {shown._replace(digits=cut_value(shown.digits, free)).of(quantity)}{sample}", room)
    return squeezed(stepper.panel.capitalize(), room)


def lines(stepper: Stepper, room: int) -> list[Text]:
    """What the open panel says, in lines of at most so many cells."""
    return list(PANELS[stepper.panel](stepper, room))


def key(name: str) -> str:
    """What a key is called where it is shown."""
    return KEYS.get(name, name)


# The keys


def _help(stepper: Stepper, room: int) -> Iterator[Text]:
    rows = [(" ".join(map(key, command.keys)), word(command), command.about) for command in COMMANDS]
    first, second = (max(map(width, column)) + 2 for column in list(zip(*rows, strict=True))[:2])
    if room - first - second < NARROWEST_ABOUT:
        for keys, _, about in rows:
            yield from _hanging([("class:key", f"{squeezed(keys, room)}  ")], about, room)
        return
    yield [("class:header", "key".ljust(first) + "in a script".ljust(second) + "what it does")]
    for keys, called, about in rows:
        yield from _hanging([("class:key", _padded(keys, first)), ("class:dim", _padded(called, second))], about, room)


def word(command: Command) -> str:
    """How a command is written in a line: its longest word, and what it takes."""
    return f"{max(command.words, key=len, default='')} {command.takes}".rstrip()


def _hanging(start: Text, text: str, room: int) -> Iterator[Text]:
    """A text beside its start, the lines after the first as far in; below it where that is too far."""
    taken = sum(width(part) for _, part in start)
    if room - taken < NARROWEST_ABOUT:
        yield start
        yield from _indented("", text, room)
        return
    first, *rest = wrapped(text, room - taken) or [""]
    yield [*start, ("", first)]
    yield from ([("", " " * taken + line)] for line in rest)


def _padded(text: str, room: int) -> str:
    return text + " " * (room - width(text))


# Why a row has its value


def _why(stepper: Stepper, room: int) -> Iterator[Text]:
    why = stepper.reasons
    if not why:
        return
    yield from _forms(why, room)
    yield from _paths(why, room)
    yield from _reads(why, room)


def _forms(why: Reasons, room: int) -> Iterator[Text]:
    forms = dict.fromkeys(_at_most(form) for form in (why.formula, why.rule))
    for form in forms:
        yield from _indented("", _ruled(why, form), room)
    for note in why.notes:
        yield from _indented("class:said-hint", note, room)


def _ruled(why: Reasons, form: str) -> str:
    """`z1 = w1*x1`; a condition is no value, so `ReLU'(z1) = 1, as z1=2>0`."""
    if why.conditional and form == _at_most(why.rule):
        condition, _, value = form.partition(": ")
        return f"{why.quantity} = {value or _at_most(why.shown.text)}, as {condition}"
    return f"{why.quantity} = {form}"


def _paths(why: Reasons, room: int) -> Iterator[Text]:
    if why.of_sample:
        yield []
        yield from _indented("", OF_SAMPLES.format(why.of_sample), room)
    if why.paths is None:
        return
    yield []
    if not why.path_count:
        told = "No path leads to it." if why.path_count == 0 else "There are more paths than can be followed."
        yield from _indented("", told, room)
        return
    shown = sum(path.stands_for for path in why.paths)
    yield [("class:step", f"Paths from the loss: {_counted(why.path_count)}")]
    for path in why.paths:
        yield from _one_path(path, room)
    if why.path_count > shown:
        yield from _indented("class:dim", f"… and {_counted(why.path_count - shown)} more", room)
    if why.path_count > 1:
        yield from _indented("", f"All of them sum to {_at_most(why.shown.text)}.", room)


def _one_path(path: Path, room: int) -> Iterator[Text]:
    yield from _indented("class:quantity", _way(path.nodes), room)
    yield from _worked(path, room)
    if path.zero:
        others = f"; it stands for {_counted(path.stands_for)} paths that end alike" if path.stands_for > 1 else ""
        reason = "because a factor is 0" if path.zero == "0" else f"because of {path.zero}"
        yield from _indented("class:dim", f"0 {reason}{others}", room, 2 * INDENT)


def _way(nodes: Sequence[str]) -> str:
    """The names along a path, those in the middle of a long one counted."""
    if len(nodes) > 2 * ENDS + 1:
        nodes = [*nodes[:ENDS], f"… {len(nodes) - 2 * ENDS:,} more …", *nodes[-ENDS:]]
    return " → ".join(nodes)


def _counted(count: int) -> str:
    """A number of paths; of one that is very long, how long it is."""
    return f"{count:,}" if count < MANY else f"more than 10^{(count.bit_length() - 1) * 301 // 1000}"


def _worked(path: Path, room: int) -> Iterator[Text]:
    """The product in names and in numbers, and its value: on one line where they fit."""
    first, *forms = dict.fromkeys(map(_at_most, (path.formula, path.rule)))
    value = _at_most(path.shown.digits)
    parts = [f"= {form}" for form in forms if form != value] + [f"{path.shown.sign} {value}"] * (first != value)
    whole = " ".join([first, *parts])
    for line in [whole] if width(whole) <= room - 2 * INDENT else [first, *parts]:
        yield from _indented("", line, room, 2 * INDENT)


def _reads(why: Reasons, room: int) -> Iterator[Text]:
    """What the rule reads, and where that comes from."""
    if not why.reads:
        return
    yield []
    yield [("class:step", "It reads")]
    told = [_shortly(read.shown).of(read.name) for read in why.reads[:READS]]
    longest = max(map(width, told))
    for text, read in zip(told, why.reads, strict=False):
        yield from _indented("", f"{_padded(text, longest)}  {read.origin}", room)
    if len(why.reads) > READS:
        yield from _indented("class:dim", f"… and {len(why.reads) - READS:,} more", room)


def _shortly(shown: Shown) -> Shown:
    return shown._replace(digits=_at_most(shown.digits))


def _at_most(text: str) -> str:
    """A long text with its long numbers squeezed, each for itself: a fraction stays one."""
    if len(text) <= LONGEST:
        return text
    return abridged(re.sub(r"\d{25,}", lambda number: squeezed(number[0], DIGITS), text), LONGEST, width, squeezed)


# The score


def _score(stepper: Stepper, room: int) -> Iterator[Text]:
    for line in stepper.score():
        yield from _indented("", line, room)


def _indented(style: str, text: str, room: int, indent: int = INDENT) -> Iterator[Text]:
    indent = indent if room > 4 * indent else 0
    return ([(style, " " * indent + line)] for line in wrapped(text, room - indent))


PANELS: dict[str, Callable[[Stepper, int], Iterator[Text]]] = {HELP: _help, WHY: _why, SCORE: _score}
