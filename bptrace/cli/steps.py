"""`--phase` and `--step`: which steps of a working a command prints or writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

import click

from bptrace.engine.plans import PHASES, REVERSE
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace

PHASE_ALIASES = {"backward": REVERSE}
"""Other words for a phase."""


class _Phase(click.Choice):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """A phase by its name or by another word for it, in large letters too."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        word = str(value).lower()
        return str(super().convert(PHASE_ALIASES.get(word, word), param, ctx))


class Extent(NamedTuple):
    """Which steps are asked for: those of some phases, a number, or all where neither is given."""

    phases: Sequence[str]
    number: int | None

    @property
    def option(self) -> str:
        """The option by which only a part is asked for; nothing where it is the whole."""
        return "--step" if self.number is not None else "--phase" if self.phases else ""

    def of(self, trace: Trace) -> list[Step]:
        """The steps that are asked for. Raises BadParameter, UsageError where there are none."""
        phases, number = self
        if number is not None and not 1 <= number <= len(trace.steps):
            raise click.BadParameter(f"there are steps 1 to {len(trace.steps)}, not {number}", param_hint="--step")
        steps = [step for step in trace.steps if step.number == (number or step.number)]
        steps = [step for step in steps if not phases or step.phase in phases]
        if not steps:
            there = ", ".join(dict.fromkeys(step.phase for step in trace.steps))
            of = f"step {number} is in another phase: {trace.steps[number - 1].phase}" if number else ""
            raise click.UsageError(of or f"there is no {phases[0]} phase; there are {there}")
        return steps


_phase_option = click.option(
    "--phase",
    "phases",
    type=_Phase(PHASES),
    multiple=True,
    help=f"Only this phase. May repeat. {', '.join(map(' is '.join, PHASE_ALIASES.items()))}.",
)
_step_option = click.option(
    "--step", "number", type=int, metavar="N", help="Only step N, counted from 1 over all phases."
)


def steps_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--phase` and `--step`, which the command takes as one `extent`."""

    @wraps(command)
    def called(*args: Any, phases: Sequence[str], number: int | None, **options: Any) -> None:
        command(*args, extent=Extent(phases, number), **options)

    return _phase_option(_step_option(called))
