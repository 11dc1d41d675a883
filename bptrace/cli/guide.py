"""`bptrace guide`: the pages of the guide, a topic each."""

from __future__ import annotations

import re
import sys

import click

from bptrace.errors import BptraceError, shortened, suggestion

TOPICS = (
    *("file", "functions", "optimizers", "samples", "symbols", "rules", "exact", "commands", "step", "derive"),
    *(
        "matrix",
        "check",
        "slips",
        "worksheet",
        "lint",
        "train",
        "export",
        "library",
        "examples",
        "speed",
        "contributing",
    ),
)
"""The pages in the order in which one would read them; each is `bptrace/guide/TOPIC.md`."""
WIDEST = 96


def _begun(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [topic for topic in TOPICS if topic.startswith(incomplete)]


@click.command(epilog="\b\nExample:\n  bptrace guide file")
@click.argument("topic", required=False, shell_complete=_begun)
def guide(topic: str | None) -> None:
    """Show a page of the guide; without TOPIC, list the pages.

    On a terminal a page is laid out to be read; elsewhere it is the Markdown that it is written in.
    """
    if topic is None:
        _list_pages()
    elif sys.stdout.isatty():
        _show(page(topic))
    else:
        print(page(topic).replace("\\*", "*"), end="")


def page(topic: str) -> str:
    """The Markdown of a page, without the marks of what is generated. Raises BptraceError: there is no such page."""
    if topic not in TOPICS:
        hints = [*suggestion(topic, list(TOPICS)), "'bptrace guide' lists them"]
        raise BptraceError("\n   ".join([f"error: the guide has no page {shortened(topic)}", *hints]))
    from importlib.resources import files

    text = (files("bptrace") / "guide" / f"{topic}.md").read_text(encoding="utf-8")
    return re.sub(r"<!-- .*? -->\n", "", text)


def summary(text: str) -> str:
    """The line that a page is listed with: its first under the heading."""
    return text.split("\n\n")[1]


def _list_pages() -> None:
    for topic in TOPICS:
        print(f"{topic:<14}{_plain_text(summary(page(topic)))}")
    if sys.stdout.isatty():
        print("\nbptrace guide file    shows the first of them")


def _plain_text(text: str) -> str:
    return text.replace("`", "")


def _show(text: str) -> None:
    """Print a page for a terminal: laid out to its width, links as the words that they stand on."""
    from rich.markdown import Markdown
    from rich.theme import Theme

    from bptrace.views.sheet import Sheet

    screen = Sheet(sys.stdout).console
    screen.push_theme(Theme({"markdown.code": "cyan", "markdown.code_block": "none"}))
    words = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)
    screen.print(Markdown(words, code_theme="ansi_dark"), width=min(screen.width, WIDEST))
