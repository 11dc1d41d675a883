"""Cases one after the other; a line a failure, with what makes it again."""

from __future__ import annotations

import gc
import itertools
import math
import random
import re
import shlex
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.hostile.cases import NET, OPERATIONS, Case, asked_of, drawn_case, looked_through, network_of, updates
from tests.hostile.child import SECONDS, Ending, ending, prepare
from tests.hostile.judge import follow_up, is_late, problem
from tests.hostile.pace import MOST, Pace

SHOWN = 20
"""So many failures of one kind are printed; all are counted."""
TRIES = 2
"""So often a case is met that takes too long: another may have taken the machine for itself."""


class Hostility:
    """Cases of one seed, and what came of them."""

    def __init__(self, seed: int, keep: Path | None = None, idle: float | None = None) -> None:
        self.seed, self.keep = seed, keep
        self.cases, self.kinds = 0, Counter[str]()
        prepare()
        gc.collect()
        gc.freeze()
        self.pace = Pace(idle)
        self.excused: list[Ending] = []
        """What took longer than it may on a core left alone, while the machine was as slow."""

    def run(self, numbers: range | itertools.count[int], end: float) -> None:
        for number in numbers:
            if time.monotonic() > end:
                return
            self.meet(number, drawn_case(self.seed, number))

    def meet(self, number: int, case: Case | None) -> None:
        """Run a case and what follows from it, and print what is wrong."""
        again = False
        while case:
            end = self.ended(case)
            self.cases += 1
            wrong = problem(case, end)
            if again and end.status and not wrong:
                wrong = f"what was written is refused: {end.err.decode()[:100]!r}"
            if wrong:
                self.fail(number, case, wrong)
                return
            case, again = follow_up(case, end), True

    def ended(self, case: Case) -> Ending:
        """How a case ends; one that takes too long is met again, with as much time as its operations allow."""
        end = _ended_within(case, SECONDS)
        if end.status == -signal.SIGXCPU or is_late(case, end):
            seconds = allowed(case)
            for _ in range(TRIES):
                end = timed(case, seconds, self.pace)
                if end.status != -signal.SIGXCPU and not is_late(case, end):
                    self.excused += [end] if end.seconds > seconds else []
                    break
        return end

    def fail(self, number: int, case: Case, wrong: str) -> None:
        kind = re.sub(r"\S+:\d+:\d+: |'.*'|\d+", "…", wrong)
        self.kinds[kind] += 1
        if self.kinds[kind] <= SHOWN:
            command = f"python -m tests.explore --hostile --seed {self.seed} --case {number}"
            print(f"{command}  # {_line(wrong)}: {_written(case)}", flush=True)
        if self.keep and self.kinds[kind] <= SHOWN:
            save(case, self.keep / f"{self.seed}-{number}")


def timed(case: Case, seconds: float, pace: Pace) -> Ending:
    """How a case ends in the processor's seconds that it may take on a core left alone, and as much more as it is not.

    How slow the machine is, is measured before the case and behind it.
    """
    before = pace.slowdown()
    end = _ended_within(case, math.ceil(seconds * MOST), alone=True)
    slowdown = (before + pace.slowdown()) / 2
    status = -signal.SIGXCPU if end.seconds > seconds * slowdown else end.status
    return end._replace(status=status, allowed=seconds, slowdown=slowdown)


def _ended_within(case: Case, seconds: int, alone: bool = False) -> Ending:
    room = Path(tempfile.mkdtemp(prefix="bptrace-hostile-"))
    try:
        return ending(case, room, seconds, alone)
    finally:
        shutil.rmtree(room)


def allowed(case: Case) -> float:
    """The processor's seconds that a case may take: some a file, variant or register, and for a million operations."""
    counted = _ended_within(Case((OPERATIONS, NET), {**case.files, NET: network_of(case)}), SECONDS)
    operations = 0 if counted.status else int(counted.out)
    each = 1 + operations * updates(case) / 10**6
    return SECONDS * each * asked_of(case, "--count") * looked_through(case)


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _written(case: Case) -> str:
    """The command as one types it, on one line, cut where it is long."""
    text = _line(ascii(shlex.join(["bptrace", *case.words]))[1:-1])
    return text if len(text) < 200 else f"{text[:150]}…{text[-40:]}"


def save(case: Case, folder: Path) -> None:
    """Keep what a case meets: its files, and its command in `command`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**case.files, "stdin": case.stdin}.items():
        (folder / name).write_bytes(data)
    told = [f"{name}={value}" for name, value in case.environment.items()]
    befalls = {"output": case.output, "interrupt": case.interrupt, "signals": case.signals}
    lines = [shlex.join([*told, "bptrace", *case.words]), *(f"{name}: {what}" for name, what in befalls.items())]
    (folder / "command").write_text("\n".join(lines) + "\n", encoding="utf-8", errors="backslashreplace")


def _excuse(ends: Sequence[Ending]) -> str:
    most = max(ends, key=lambda end: end.seconds / end.allowed)
    text = f"{len(ends):,} took longer than on a core left alone, as the machine was slow: at most"
    return f"{text} {most.seconds:.1f} s of {most.allowed:.1f} s, at {most.slowdown:.1f} times the least time"


def hostile(
    minutes: float, most: float, seed: int | None, number: int | None, keep: Path | None, idle: float | None
) -> int:
    """Meet hostile cases: one, so many, or for so long. Exit status 1 where anything failed."""
    started = time.monotonic()
    hostility = Hostility(random.randrange(10**6) if seed is None else seed, keep, idle)
    if number is not None:
        case = drawn_case(hostility.seed, number)
        save(case, keep or Path(tempfile.mkdtemp(prefix="bptrace-case-")))
        numbers: range | itertools.count[int] = range(number, number + 1)
    else:
        numbers = itertools.count() if most == math.inf else range(int(most))
    hostility.run(numbers, started + 60 * minutes)
    failures = sum(hostility.kinds.values())
    for kind, count in hostility.kinds.most_common():
        print(f"{count:>6,} {_line(kind)}")
    if hostility.excused:
        print(f"{_excuse(hostility.excused)}, {hostility.pace.least:.3f} s")
    print(f"{hostility.cases:,} cases, {time.monotonic() - started:,.0f} seconds, {failures:,} failures")
    return 1 if failures else 0
