"""Stepping: a keypress of `bptrace step` on a register of about 10,000 rows, in a window of 120 x 40 cells.

The window runs as on a terminal, but for the terminal: keys come through a pipe, and what is drawn goes into a
buffer. The time is from the key's being sent to the last character's being written: the loop, the step, the frame,
what of it has changed. Then, in one window that stays open, the same keys are pressed over and over, and `tracemalloc`
counts what a press leaves behind. Nothing but the window itself collects garbage meanwhile.
"""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from statistics import median

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

import bptrace
from bptrace.engine.network import Network
from bptrace.ops.notation import TERMS
from bptrace.stepping.stepper import Stepper
from bptrace.stepping.window import FullScreen
from tests.bench.dense import dense, name
from tests.bench.figure import Figure, duration

SIZES = (100, 96, 1)
WINDOW = Size(rows=40, columns=120)
PRESSES = 200
ONCE = ("\x1b[F", "\x1b[H", "f", "r", "d", "w", "?")
KEYS = {"n": 5, "b": 2, "\t": 2, "\x1b[A": 2, "\x1b[B": 2, **dict.fromkeys(ONCE, 1)}
"""next, back, pass, up, down; end, home, formula, rows, decimals, why, help: what a terminal sends, how often."""
SECONDS = 0.016
ROUNDS = 10
GROWTH = 100
"""Bytes a press. A frame takes thousands, so that even one of a hundred kept would show."""


def figures() -> Iterator[Figure]:
    stepper = stepping(dense(SIZES).text)
    times, growth = sorted(Presses(stepper, keys(PRESSES)).times), grown(stepper, keys(PRESSES), ROUNDS)
    what = f"{name(SIZES)}, {stepper.trace.count:,} rows, {PRESSES} keys"
    middle, worst = median(times), times[-1]
    yield Figure(what, f"median {duration(middle)}", f"worst {duration(worst)}", "", "<= 16 ms", worst <= SECONDS)
    what = f"{ROUNDS * PRESSES:,} more presses"
    yield Figure(what, f"{growth:,.0f} B a press", "", "", f"<= {GROWTH:,} B", growth <= GROWTH)


def stepping(text: str) -> Stepper:
    """A stepper of a network, at its beginning."""
    network = bptrace.loads(text)
    return Stepper(network, network.trace().shortened(TERMS), Network.trace, lambda trace, path: None)


def keys(count: int) -> list[str]:
    """So many keys, mixed."""
    return Random(count).choices(list(KEYS), list(KEYS.values()), k=count)


def grown(stepper: Stepper, keys: Sequence[str], rounds: int) -> float:
    """How many bytes a press leaves behind in a window that stays open, after as many rounds to fill what is kept."""
    left: list[int] = []

    def pressed() -> Iterator[str]:
        for _ in range(2):
            for _ in range(rounds):
                yield from keys
            left.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    Presses(stepper, pressed())
    tracemalloc.stop()
    return (left[1] - left[0]) / (rounds * len(keys))


class Presses:
    """A window in which keys are pressed, each as soon as the one before is drawn; `times` in seconds."""

    def __init__(self, stepper: Stepper, keys: Iterable[str]) -> None:
        self.waiting = iter(keys)
        self.times: list[float] = []
        self.sent = 0.0
        self.sink = io.StringIO()
        target = Vt100_Output(self.sink, lambda: WINDOW, term="xterm-256color", enable_cpr=False)
        with create_pipe_input() as self.source:
            self.screen = FullScreen(stepper, self.source, target)
            self.screen.application.after_render += self.drawn
            self.screen.run()

    def drawn(self, _: object) -> None:
        """A key has been drawn, or the first frame: press the next."""
        if self.sent:
            self.times.append(time.perf_counter() - self.sent)
        key = next(self.waiting, None)
        if key is None:
            self.sent = 0.0
            self.screen.leave(None)
        else:
            self.sink.seek(0)
            self.sink.truncate()
            self.sent = time.perf_counter()
            self.source.send_text(key)
