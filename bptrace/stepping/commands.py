"""The table of what a person can do while stepping: keys, words, help and footer all come from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from bptrace.views import VIEWS

PAGE = 10
NO_SIGN = re.compile(r"\s*[\w.~]")
"""What a command takes begins so; what goes on with a formula does not."""
HELP, WHY, GIVENS, SUMMARY, SCORE = "help", "why", "givens", "summary", "score"
"""The panels that can open over the register."""


class Command(NamedTuple):
    """Something that one can do.

    `keys` do it on a terminal, `words` in a line; `label` is what the footer calls it, if it is there.
    `act(stepper, argument)` does it, the argument empty where none is given. `asks`: what the line at the bottom of a
    terminal asks for before, with places for names of the network; nothing where the key acts at once. `takes`: what
    stands behind the word; nothing where it stands alone. `predicts`: it can be done while values are asked for.
    `asked`: only where one is; its words come before those of others then. `prompted`: the line of keys below such a
    question has it.
    """

    keys: tuple[str, ...]
    words: tuple[str, ...]
    about: str
    act: Callable[..., None]
    label: str = ""
    asks: str = ""
    takes: str = ""
    predicts: bool = True
    asked: bool = False
    prompted: bool = False


ANSWER = Command(
    (),
    (),
    "the value: a number, 1/2 or 0.5 or 0,5, or a formula of what is known, in names or numbers",
    lambda s, text: s.answer(text),
)
COMMANDS = (
    Command(
        (),
        ("h", "hint"),
        "while a value is asked for: a hint; the row then counts as one with hints",
        lambda s, _: s.hint(),
        "hint",
        asked=True,
        prompted=True,
    ),
    Command(
        (),
        ("s", "skip"),
        "while a value is asked for: tell it; the row counts as missed",
        lambda s, _: s.skip(),
        "skip",
        asked=True,
        prompted=True,
    ),
    Command(("n",), ("n",), "go on; after a search, to the next match", lambda s, _: s.next_match(), "next"),
    Command(("space", "enter", "right"), ("next", ""), "go on: the next step, row or phase", lambda s, _: s.next()),
    Command(("b", "p", "left"), ("b", "p", "back"), "go back", lambda s, _: s.back(), "back", prompted=True),
    Command(("home",), ("first",), "the beginning", lambda s, _: s.first()),
    Command(("end",), ("last",), "the end", lambda s, _: s.last()),
    Command(
        ("tab",),
        ("tab", "phase"),
        "the next pass: forward, reverse, and round",
        lambda s, _: s.go(s.cursor.next_phase()),
        "pass",
    ),
    Command(
        ("g",),
        ("g", "go"),
        "go to a step by its number, or to a quantity",
        lambda s, text: s.jump(text),
        "go to",
        "step or quantity, as in {row}: ",
        "STEP",
    ),
    Command(("/",), ("/", "search"), "search for a quantity", lambda s, text: s.search(text), "search", "/", "TEXT"),
    Command(("N",), ("N",), "the match before", lambda s, _: s.search("", backward=True)),
    Command(("up", "k"), ("up",), "mark the row above", lambda s, _: s.move(-1)),
    Command(("down", "j"), ("down",), "mark the row below", lambda s, _: s.move(1)),
    Command(("pageup",), (), "mark a row further up", lambda s, _: s.move(-PAGE)),
    Command(("pagedown",), (), "mark a row further down", lambda s, _: s.move(PAGE)),
    Command(
        ("w",),
        ("w", "why"),
        "why the marked row has its value: every path from the loss to it",
        lambda s, text: s.why(text),
        "why",
        takes="[QUANTITY]",
        prompted=True,
    ),
    Command(
        ("v",),
        ("v", "show"),
        "look at a weight, input or target; nothing: at all of them",
        lambda s, text: s.look_at(text),
        "givens",
        "look at, as in {given} (nothing: all givens): ",
        "[NAME]",
        prompted=True,
    ),
    Command(
        ("m",),
        ("m", "summary"),
        "what all comes to: the loss, the gradients, the blocked units",
        lambda s, _: s.summarize(),
    ),
    Command(
        ("s",),
        ("s", "set"),
        "what if: another value for a weight, input or target; nothing: as at the start",
        lambda s, text: s.what_if(text),
        "what if",
        "what if, as in {setting} (nothing: as at the start): ",
        "[NAME=VALUE]",
        predicts=False,
    ),
    Command(("r",), ("r", "rows"), "go by row, or by step", lambda s, _: s.switch_unit(), "rows", predicts=False),
    Command(
        ("f",), ("f", "formula"), "rules with numbers, with names, or both", lambda s, _: s.switch_columns(), "formula"
    ),
    Command(("d",), ("d", "decimals"), "fractions, or decimals where they end", lambda s, _: s.switch_numbers()),
    Command(
        ("e",),
        ("e", "export"),
        "write the rows so far to a file, as its suffix says",
        lambda s, text: s.write(text),
        "export",
        f"export to ({', '.join(view.suffixes[0] for view in VIEWS.values())}): ",
        "FILE",
    ),
    Command(("?",), ("?", "h", "help"), "these keys", lambda s, _: s.open(HELP), "help", prompted=True),
    Command(
        ("q", "escape"), ("q", "quit"), "close what is open, or quit", lambda s, _: s.leave(), "quit", prompted=True
    ),
)
"""Every command; the help lists them in this order, the footer those with a label."""


def meant(word: str, answering: bool) -> Command | None:
    """The command that a word means, where a value is asked for or not."""
    found = [command for command in COMMANDS if word in command.words]
    return next(iter(sorted(found, key=lambda command: command.asked is not answering)), None)


def goes_on(command: Command, line: str) -> bool:
    """Whether a line that begins with a command's word goes on as a formula: `w * x + b`, but not `w z1`."""
    word, _, rest = line.partition(" ")
    return bool(rest) and not (command.takes and (len(word) > 1 or NO_SIGN.match(rest)))
