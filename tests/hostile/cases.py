"""One case: a command, or `from_json`, with the files it meets, its standard input, and what befalls it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from random import Random
from typing import NamedTuple

import click

from bptrace.cli.group import COMMANDS, bptrace
from tests.hostile.answers import NAMES, hostile_answers, registered
from tests.hostile.large import large
from tests.hostile.mutations import CODE, LOOK_ALIKES, ODD_NUMBERS, as_bytes, mutated, spliced
from tests.hostile.networks import TABLE, drawn, texts
from tests.hostile.tables import hostile_table
from tests.hostile.traces import hostile_trace

NET = "net.yaml"
FROM_JSON = "from_json"
"""In place of a command: the file that is named next is read by `Trace.from_json`."""
OPERATIONS = "operations"
"""In place of a command: how many operations the network in the file that is named next takes by bptrace's count."""


class Interrupt(NamedTuple):
    """A signal in the midst: before line number `line` of those in files whose paths have `within`."""

    signal: str
    within: str
    line: int


class Case(NamedTuple):
    """What is run, all that it depends on, and what it may do."""

    words: tuple[str, ...]
    files: Mapping[str, bytes] = {}
    stdin: bytes = b""
    environment: Mapping[str, str] = {}
    output: str = "file"
    """What standard output is: a file, a pipe that is closed, or a device that is full."""
    interrupt: Interrupt | None = None
    signals: tuple[tuple[float, str], ...] = ()
    """Signals to a real process, each after so many seconds: what they meet is another line each time."""
    writes: tuple[str, ...] = ()
    """The files that it may make or replace, and the folders that it may fill."""


def network_of(case: Case) -> bytes:
    """The network that a case's command reads; nothing where it reads none."""
    read = {word for option, word in pairwise(case.words) if option != "--output"}
    return case.stdin if "-" in read else case.files.get(NET, b"") if NET in read else b""


def asked_of(case: Case, option: str) -> int:
    """How many steps of training or variants a command is asked for; one where nothing is said."""
    asked = [word for name, word in pairwise(case.words) if name == option]
    return int(asked[-1]) if asked and asked[-1].isdecimal() else 1


def updates(case: Case) -> int:
    """How many updates of a training count together: all of them but where the register of each is shown."""
    return 1 if _shows_all(case) else asked_of(case, "--steps")


def _shows_all(case: Case) -> bool:
    return ("--show", "all") in pairwise(case.words)


def looked_through(case: Case) -> int:
    """How many files or registers a command goes through: answers to mark, networks to lint, those of a training."""
    if _shows_all(case):
        return asked_of(case, "--steps")
    if case.words[:1] not in (("check",), ("lint",)):
        return 1
    named = [word for before, word in pairwise(case.words) if not before.startswith("-") and word in case.files]
    return max(len([name for name in named if name != NET or "lint" in case.words]), 1)


FIRST = 3
"""Before so many lines of the program nothing can be caught: they are those up to its first `try`."""
LARGE = 0.02
"""How many networks are large: each may take seconds."""
COMMAND_WEIGHTS = {
    "run": 10,
    "export": 9,
    "derive": 6,
    "check": 8,
    "train": 3,
    "step": 3,
    "why": 2,
    "graph": 4,
    "lint": 3,
    "vary": 2,
    "worksheet": 3,
    "new": 1,
}
FILES = (
    "out.csv", "out.json", "out.md", "out.tex", "out.txt", "out", "-", "", "no/out.csv", ".", NET, "out.csv/",
    "../out.csv", "table.csv", "/dev/null", "/dev/full", "/dev/stdout", "out\x1b[31m.csv", "o" * 300 + ".csv",
    "out.html", "out.xlsx", "out.svg", "out.dot",
    "nul\udcff.csv",
)  # fmt: skip
ASSIGNED = (
    "w=1", "w11=3", "x=[2,1]", "lr=0", "x=[1,2,3]", "x(2)=[1,0]", "q=1", "=", "w", "w=", "w=1e9999", "w=1/0", "L=1",
    "b=[[1]]", "v_w11=6", "w=1e100000", "y=-1/3", "w=\x1b[31m", "w=__import__('os').system('touch pwned')",
    "x=" + "[" * 2000,
)  # fmt: skip
QUANTITIES = (
    "w", "L", "dL/dw", "dL/dw11", "z1", "x", "w11_new", "dL/dw11(2)", "W1", "dL/d", "q", "", "b[1]", "dL/dw[1,2]",
    "ReLU'(z1)", "dL/dL", "\x1b[31m", "w" * 5000, "yhat", "h1",
)  # fmt: skip
VALUES = {
    "--set": ASSIGNED,
    "--from": QUANTITIES,
    "--why": QUANTITIES,
    "quantities": QUANTITIES,
    "--output": FILES,
    "--scheme": ("scheme.csv", "table.csv", *FILES),
    "--ignore": ("broadcast", "unread", "all", "x", ""),
    "--layers": (
        "2,2,1",
        "1",
        "3,1",
        "2,0,1",
        "1,1,1,1,1",
        "999999999,2",
        "9" * 5000 + ",2",
        ",",
        "-1,2",
        "2,x",
        "1e3,2",
        "٣,2",
        "20,20",
    ),
    "--activation": ("relu", "tanh", "elu", "leaky_relu", "softmax", "x", "", "sum", "silu", "identity"),
    "--loss": ("squared_error", "cross_entropy", "hinge", "nll", "x", "", "huber", "sum", "kl_divergence"),
    "--example": ("xor", "lstm", "generic_skip", "x", "", "../xor", "\x1b[31m"),
    "--round": ("1/1000", "0.1", "0", "-1", "1e-50", "x", "1e9999", "3"),
    "--step": ("1", "2", "5", "7", "0", "-1", "99", "x"),
}
"""What is tried of an option or an argument that takes any text."""
MODEST = {"--steps": 12, "--digits": 60, "--seed": 10**6, "--count": 3}
"""How far numbers are drawn where the whole range would be long work, and rightly so."""
NUMBERS = ("0", "-1", "x", "", "1e3", "1.5", "9" * 30, "٣", "0x10", " 2 ", "+2", "1_0")
SCRIPT = (
    "n", "", "b", "first", "last", "tab", "g 3", "go dL/dw11", "go 99", "/ dL", "search \x1b[31m", "N", "up", "down",
    "w", "why dL/dw", "why q", "v", "show w", "show q", "s w11=3", "set w=0", "set x=[1,2]", "set lr=2", "set", "r",
    "f", "d", "e out.csv", "e out.json", "e no/out.csv", "e " + NET, "e /dev/full", "e", "?", "help", "h", "hint",
    "skip", "s", "1", "-2", "1/3", "0,25", "none", "2*3+w11", "max(1,5)", "1/0", "9^9^9", "10^1000000", "exp(1)",
    "((((((", "set w=" + "9" * 300, "\x00", "\x1b]0;pwned\x07", "é" * 200, "q",
)  # fmt: skip


def drawn_case(seed: int, number: int) -> Case:
    """Case `number` of a seed; it depends on nothing else."""
    rng = Random(f"{seed}:{number}")
    kind = rng.random()
    if kind < 0.12:
        return Case((FROM_JSON, "trace.json"), {"trace.json": as_bytes(rng, hostile_trace(rng))})
    if kind < 0.14:
        return _other_command(rng)
    return _signalled(rng) if kind > 0.9975 else _command(rng)


def _command(rng: Random) -> Case:
    name = rng.choices(list(COMMAND_WEIGHTS), list(COMMAND_WEIGHTS.values()))[0]
    if name == "check":
        return _checked(rng)
    options, arguments = _options(rng, name), _arguments(rng, name)
    words = [*options, *arguments]
    files = {NET: _network(rng), "table.csv": as_bytes(rng, hostile_table(rng) if rng.random() < 0.5 else TABLE)}
    script = "\n".join(rng.choices(SCRIPT, k=rng.randint(0, 12))) if name == "step" else ""
    stdin = files[NET] if "-" in words and name != "new" else as_bytes(rng, script)
    if rng.random() < 0.3:
        files["out.csv"] = b"what was there before\n"
    exported = _exported(stdin) if script else set()
    reads = NET in arguments and name != "new"
    return Case((name, *words), files, stdin, {}, *_fate(rng), writes=_written(words, reads, exported))


def _checked(rng: Random) -> Case:
    """A network, mostly as it is, and answers, mostly of that network."""
    network, rows = registered(rng)
    rows = rows if rng.random() < 0.9 else registered(rng)[1]
    files = {name: as_bytes(rng, text) for name, text in hostile_answers(rng, rows).items()}
    files[NET] = as_bytes(rng, mutated(rng, network)) if rng.random() < 0.2 else network.encode()
    files["scheme.csv"] = as_bytes(rng, mutated(rng, "".join(f"{row[0]},{rng.choice(NUMBERS)}\n" for row in rows[:9])))
    files["table.csv"] = TABLE.encode()
    asked = rng.choices((*NAMES, "-", "no.csv", ".", NET), (9, 9, 9, 9, 3, 1, 1, 1), k=rng.choice((1, 1, 1, 2, 3)))
    net = NET if rng.random() < 0.95 else "-"
    words = [*_options(rng, "check"), net, *asked]
    stdin = files[NET] if NET not in words else files[rng.choice(NAMES)]
    return Case(("check", *words), files, stdin, {}, *_fate(rng), writes=_written(words, net == NET or NET in asked))


def _network(rng: Random) -> bytes:
    """A network as bytes: mutated, spliced, drawn, or as it is."""
    kind, text = rng.random(), rng.choice(texts())
    if kind < LARGE:
        return large(rng).encode()
    if kind < 0.35:
        text = drawn(rng)
    elif kind < 0.42:
        text = spliced(rng, text, rng.choice(texts()))
    return as_bytes(rng, mutated(rng, text) if rng.random() < 0.75 else text)


def _written(words: list[str], reads: bool, exported: AbstractSet[str] = frozenset()) -> tuple[str, ...]:
    """The files that a command may write: those that it or its script names, but for the network's if it reads that."""
    named = {*words} & {*FILES, *(word for option, word in pairwise(words) if option in ("-o", "--output"))}
    named |= exported
    return tuple(sorted(named - {NET} if reads else named))


def _exported(script: bytes) -> set[str]:
    """The files that a script may name: whatever stands behind a command, or on the line after it."""
    lines = re.split(r"\r\n?|\n", script.decode("utf-8", "surrogateescape"))
    return {name.strip() for line in lines for name in (line, line.strip().partition(" ")[2])}


def _fate(rng: Random) -> tuple[str, Interrupt | None]:
    """What standard output is, and what interrupts: mostly nothing."""
    kind = rng.random()
    if kind < 0.02:
        return rng.choice(["closed", "full"]), None
    if kind > 0.04:
        return "file", None
    within, most = rng.choice([("cli/", 400), ("cli/files", 60), ("bptrace/", 100_000)])
    line = FIRST + int(most ** rng.random())
    return "file", Interrupt(rng.choice(["SIGINT", "SIGINT", "SIGTERM", "SIGHUP"]), within, line)


def _signalled(rng: Random) -> Case:
    """Good work, and one signal, or Ctrl-C again and again."""
    commands = (
        ("export", NET, "-o", "out.csv"),
        ("run", NET, "--explain"),
        ("train", NET, "--steps", "20"),
        ("derive", NET),
    )
    files = {NET: rng.choice(texts()).encode(), "table.csv": TABLE.encode(), "out.csv": b"what was there before\n"}
    signals = [(rng.random() * 0.8, rng.choice(["SIGINT", "SIGTERM", "SIGHUP"]))]
    if rng.random() < 0.5:
        signals = [(rng.random() * 0.8, "SIGINT"), *((rng.random() / 20, "SIGINT") for _ in range(rng.randint(1, 5)))]
    return Case(rng.choice(commands), files, signals=tuple(signals), writes=("out.csv",))


@cache
def _parameters(name: str) -> tuple[list[click.Option], list[click.Argument]]:
    """What a command takes, as it says itself."""
    command = bptrace.get_command(click.Context(bptrace), name)
    parameters = command.params if command else []
    options = [part for part in parameters if isinstance(part, click.Option) and part.name != "help"]
    return options, [part for part in parameters if isinstance(part, click.Argument)]


def _options(rng: Random, name: str) -> list[str]:
    options = _parameters(name)[0]
    chosen = rng.sample(options, min(len(options), rng.choice((0, 0, 1, 1, 2, 3, 5))))
    needed = [option for option in options if option.required and option not in chosen]
    return [word for option in [*needed, *chosen] for word in _option(rng, option)]


def _option(rng: Random, option: click.Option) -> list[str]:
    if option.is_flag:
        return [option.opts[0]]
    return [max(option.opts, key=len), _value(rng, option)]


def _value(rng: Random, option: click.Parameter) -> str:
    name = max(option.opts, key=len)
    odd = (*NUMBERS, *LOOK_ALIKES, *CODE, *ODD_NUMBERS)
    if rng.random() < 0.05:
        return rng.choice(odd).replace("\0", "")
    if isinstance(option.type, click.Choice):
        return str(rng.choice([*option.type.choices]))
    if isinstance(option.type, click.IntRange):
        most = min(option.type.max or 100, MODEST.get(name, 1000))
        return str(rng.choice([option.type.min or 0, most, int(most ** rng.random())]))
    return rng.choice(VALUES.get(name, odd)).replace("\0", "")


def _arguments(rng: Random, name: str) -> list[str]:
    if name == "new":
        return [rng.choice(FILES)]
    net = rng.choices([NET, "-", "example:xor", "no.yaml", ".", "example:x", "\x1b[31m.yaml"], [60, 6, 1, 1, 1, 1, 1])[
        0
    ]
    several = [part for part in _parameters(name)[1] if part.name == "quantities"]
    if name == "worksheet" and rng.random() < 0.15:
        return []
    if name == "lint" and rng.random() < 0.1:
        return [net, rng.choice([NET, "example:xor", "no.yaml"])]
    return [net, *(_value(rng, part) for part in several for _ in range(rng.randint(0, 3)))]


def _other_command(rng: Random) -> Case:
    """Commands that read no network, words that are none, and a shell that completes."""
    words = tuple(
        word.replace("\0", "")
        for word in rng.sample([*COMMANDS, "rnu", "--help", "-V", "-x", *CODE, *QUANTITIES], k=rng.randint(0, 3))
    )
    if words[:1] == ("new",):
        words = ("new", "-", *words[1:])
    environment = {}
    if rng.random() < 0.4:
        environment["_BPTRACE_COMPLETE"] = rng.choice(
            ["bash_complete", "zsh_complete", "fish_complete", "bash_source", "x", "bash_", ""]
        )
        asked = {
            "COMP_WORDS": f"bptrace {' '.join(words)}",
            "COMP_CWORD": rng.choice(["0", "1", "2", "99", "-1", "x", ""]),
        }
        environment |= {name: value for name, value in asked.items() if rng.random() < 0.8}
    return Case(
        words, {NET: mutated(rng, rng.choice(texts())).encode("utf-8", "replace")}, b"", environment, *_fate(rng)
    )
