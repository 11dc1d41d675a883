"""What opens over the register: the keys, why a row has its value, the score. Lines of styled text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from bptrace.ops.expr import shape_text
from bptrace.stepping.commands import ANSWER, COMMANDS, GIVENS, HELP, SCORE, SUMMARY, WHY, Command
from bptrace.stepping.stepper import Stepper
from bptrace.typeset.cells import indented, padded, squeezed, width, wrapped
from bptrace.views.givens import Pieces, given_lines
from bptrace.views.terminal import summary_lines
from bptrace.views.why import ASIDE, HEADING, NAME, NOTE, reason_lines, reason_title

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
"""How many cells of a title are shown where it can be wrapped."""
NARROWEST_ABOUT = 24
INDENT = 2
OF_SAMPLES = "Each sample's own gradient has paths from the loss: why {0}, in the window g {0} and w."
CLASSES = {"": "", HEADING: "class:step", NAME: "class:quantity", ASIDE: "class:dim", NOTE: "class:said-hint"}
"""What the window calls the styles of a reason."""
PIECE_CLASSES = {"dim": "class:dim", "cyan": "class:quantity", "bold": "class:newest", "yellow": "class:note"}
"""What the window calls the styles of a given, and of a line of the summary."""


def title(stepper: Stepper, room: int = LONGEST) -> str:
    """What the open panel is called, in so many cells."""
    if stepper.panel == WHY and stepper.reasons:
        return reason_title(stepper.reasons, room, stepper.of_sample)
    if stepper.panel == GIVENS and stepper.looked_at:
        given = stepper.looked_at
        return squeezed(f"{given.key}, {shape_text(given.shape)}: {given.section}", room)
    return squeezed(stepper.panel.capitalize(), room)


def lines(stepper: Stepper, room: int) -> list[Text]:
    """What the open panel says, in lines of at most so many cells."""
    return list(PANELS[stepper.panel](stepper, room))


def key(name: str) -> str:
    """What a key is called where it is shown."""
    return KEYS.get(name, name)


# The keys


def _help(stepper: Stepper, room: int) -> Iterator[Text]:
    if stepper.asking is ANSWER:
        yield from _help_to_answer(stepper, room)
        return
    commands = [command for command in COMMANDS if (command.predicts if stepper.quiz else not command.asked)]
    rows = [(" ".join(map(key, command.keys)), word(command), command.about) for command in commands]
    first, second = (max(map(width, column)) + 2 for column in list(zip(*rows, strict=True))[:2])
    if room - first - second < NARROWEST_ABOUT:
        for keys, _, about in rows:
            yield from _hanging([("class:key", f"{squeezed(keys, room)}  ")], about, room)
        return
    yield [("class:header", "key".ljust(first) + "in a script".ljust(second) + "what it does")]
    for keys, called, about in rows:
        yield from _hanging([("class:key", padded(keys, first)), ("class:dim", padded(called, second))], about, room)


def _help_to_answer(stepper: Stepper, room: int) -> Iterator[Text]:
    """What can be typed where a value is asked for."""
    often_first = sorted(COMMANDS, key=lambda command: not command.prompted)
    known = [(stepper.words(command), command) for command in often_first if command.predicts]
    rows = [(f"{', '.join(words)} {command.takes}".rstrip(), command.about) for words, command in known if words]
    rows.insert(0, ("an answer", ANSWER.about))
    first = max(width(words) for words, _ in rows) + 2
    yield [("class:header", "typed".ljust(first) + "what it does")]
    for words, about in rows:
        yield from _hanging([("class:key", padded(words, first))], about, room)


def word(command: Command) -> str:
    """How a command is written in a line: its longest word, and what it takes."""
    return f"{max(command.words, key=len, default='')} {command.takes}".rstrip()


def _hanging(start: Text, text: str, room: int) -> Iterator[Text]:
    """A text beside its start, the lines after the first as far in; below it where that is too far."""
    taken = sum(width(part) for _, part in start)
    if room - taken < NARROWEST_ABOUT:
        yield start
        yield from ([("", line)] for line in indented(text, room))
        return
    first, *rest = wrapped(text, room - taken) or [""]
    yield [*start, ("", first)]
    yield from ([("", " " * taken + line)] for line in rest)


# Why a row has its value


def _why(stepper: Stepper, room: int) -> Iterator[Text]:
    if stepper.reasons:
        lines = reason_lines(stepper.reasons, room, OF_SAMPLES)
        yield from ([(CLASSES[style], text) for style, text in line] for line in lines)


# What is given


def _givens(stepper: Stepper, room: int) -> Iterator[Text]:
    """One given with all its elements, or all of them, those of the marked row's sample after those of all samples."""
    if stepper.looked_at:
        lines = stepper.shown.element_lines(stepper.looked_at.key, room - INDENT)
        yield from ([("", " " * INDENT), ("class:quantity", name), ("", text)] for name, text in lines)
        return
    trace, step = stepper.trace, stepper.trace.step_at(stepper.cursor.marked)
    yield from _styled(given_lines(trace, trace.givens_of(None), room))
    if step.sample:
        yield from ([], [("class:step", f"Sample {step.sample} of {len(trace.samples)}")])
        yield from _styled(given_lines(trace.of(step), trace.givens_of(step.sample), room))


def _styled(lines: Iterable[Pieces]) -> Iterator[Text]:
    for line in lines:
        yield [("", piece) if isinstance(piece, str) else (PIECE_CLASSES[piece[1]], piece[0]) for piece in line]


# What all comes to


def _summary(stepper: Stepper, room: int) -> Iterator[Text]:
    for line in _styled(summary_lines(stepper.shown.summary)):
        text = "".join(part for _, part in line)
        if width(text) + INDENT <= room:
            yield [("", " " * INDENT), *line]
        else:
            yield from ([("", part)] for part in indented(text, room))


# The score


def _score(stepper: Stepper, room: int) -> Iterator[Text]:
    for text in stepper.score():
        yield from ([("", line)] for line in indented(text, room))


PANELS: dict[str, Callable[[Stepper, int], Iterator[Text]]] = {
    HELP: _help,
    WHY: _why,
    GIVENS: _givens,
    SUMMARY: _summary,
    SCORE: _score,
}
