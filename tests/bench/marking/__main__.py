"""`python -m tests.bench.marking --cases N`: how often slips are named that were made, and right registers wronged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from bptrace.marking.slips import BY_NAME
from tests.bench.marking.measure import DIGITS, Found, kept
from tests.bench.marking.networks import KINDS
from tests.bench.marking.sample import Sample, of_right, of_slips
from tests.bench.marking.tally import missed, report, report_of_right


@click.command()
@click.option("--cases", default=20, help="Mistakes of each slip; each is written in every part and with all digits.")
@click.option("--right", default=0, help="Networks of each kind whose right registers are marked, about 100 each.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Networks of this kind only.")
@click.option("--digits", "digits", multiple=True, type=click.Choice(DIGITS), help="Written to so many digits only.")
@click.option("--slip", "slips", multiple=True, type=click.Choice(list(BY_NAME)), help="This slip only.")
@click.option("--seed", default=0, help="The seed of the first network of each kind.")
@click.option("--jobs", default=1, help="Processes.")
@click.option("--worst", default=20, help="How many of the worst are listed.")
@click.option("--keep", type=click.Path(path_type=Path), help="Write what was missed into folders of this one.")
def main(
    cases: int,
    right: int,
    kinds: Sequence[str],
    digits: Sequence[str],
    slips: Sequence[str],
    seed: int,
    jobs: int,
    worst: int,
    keep: Path | None,
) -> None:
    """Measure how a person's register is marked."""
    sample = Sample(tuple(kinds or KINDS), tuple(digits or DIGITS), tuple(slips or BY_NAME), cases, seed)
    bad: list[Found] = []
    if right:
        found = of_right(sample._replace(cases=right), jobs)
        click.echo("\n".join(report_of_right(found, worst)))
        bad += [item for item in found if item.blamed or item.failure]
    if cases:
        found = of_slips(sample, jobs)
        click.echo("\n".join(report(found, worst)))
        bad += missed(found)
        click.echo("\nMissed:\n" + "\n".join(f"  {item}" for item in missed(found)[:worst]))
    for place, item in enumerate(bad[:worst], 1):
        if keep:
            kept(item.case, keep / f"{place:03}")


if __name__ == "__main__":
    main(prog_name="python -m tests.bench.marking")
