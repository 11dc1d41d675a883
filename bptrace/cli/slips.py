"""`bptrace slips`: what people get wrong in a working, one slip or all of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bptrace.errors import BptraceError, shortened, suggestion

if TYPE_CHECKING:
    from bptrace.marking.slip import Slip


def _begun(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from bptrace.marking.slips import SLIPS

    return [slip.name for slip in SLIPS if slip.name.casefold().startswith(incomplete.casefold())]


@click.command(epilog='\b\nExamples:\n  bptrace slips\n  bptrace slips "slope twice"\n  bptrace slips skip')
@click.argument("name", nargs=-1, shell_complete=_begun)
def slips(name: tuple[str, ...]) -> None:
    """List the slips that people make in a working; with NAME, explain one.

    NAME is a slip's name, its beginning or some of its words, in capitals or not; of several with those words, all are
    listed. What is explained is shown on a small network: the right rule and the wrong one, with their numbers.
    """
    from bptrace.marking.slips import SLIPS
    from bptrace.views.slips import write_slip, write_slips

    found = _called(" ".join(name)) if name else SLIPS
    if len(found) == 1:
        write_slip(found[0], sys.stdout)
    else:
        write_slips(found, sys.stdout)


def _called(name: str) -> Sequence[Slip]:
    """The slips that a name means. Raises BptraceError: there is none."""
    from bptrace.marking.slips import BY_NAME, slips_called

    found = slips_called(name)
    if not found:
        hints = [*suggestion(name, BY_NAME), "'bptrace slips' lists them"]
        raise BptraceError("\n   ".join([f"error: no slip is called {shortened(name)}", *hints]))
    return found
