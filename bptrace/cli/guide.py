"""`bptrace guide`: the pages of the guide, a topic each."""

from __future__ import annotations

import re
import sys
from functools import partial

import click

from bptrace.cli.files import tell_written, write_as_it_is, write_output
from bptrace.errors import BptraceError, shortened, suggestion

TOPICS = (
    *("file", "functions", "optimizers", "samples", "symbols", "rules", "exact", "commands", "step", "derive"),
    *(
        "matrix",
        "graph",
        "check",
        "slips",
        "worksheet",
        "lint",
        "train",
        "export",
        "page",
        "spreadsheet",
        "library",
        "notebook",
        "examples",
        "speed",
        "contributing",
    ),
)
"""The pages in the order in which one would read them; each is `bptrace/guide/TOPIC.md`."""
WIDEST = 96
NOTEBOOK = "notebook"
"""The page that a notebook comes with."""


def _begun(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [topic for topic in TOPICS if topic.startswith(incomplete)]


@click.command(epilog="\b\nExamples:\n  bptrace guide file\n  bptrace guide notebook -o first.ipynb")
@click.argument("topic", required=False, shell_complete=_begun)
@click.option(
    "-o", "--output", metavar="FILE", help="Write the page to FILE; to one in .ipynb the notebook that comes with it."
)
def guide(topic: str | None, output: str | None) -> None:
    """Show a page of the guide; without TOPIC, list the pages.

    On a terminal a page is laid out to be read; elsewhere it is the Markdown that it is written in.
    """
    if output:
        _write(topic or NOTEBOOK, output)
    elif topic is None:
        _list_pages()
    elif sys.stdout.isatty():
        _show(page(topic))
    else:
        print(_in_markdown(topic), end="")


def page(topic: str) -> str:
    """The Markdown of a page, without the marks of what is generated. Raises BptraceError: there is no such page."""
    if topic not in TOPICS:
        hints = [*suggestion(topic, TOPICS), "'bptrace guide' lists them"]
        raise BptraceError("\n   ".join([f"error: the guide has no page {shortened(topic)}", *hints]))
    return re.sub(r"<!-- .*? -->\n", "", _file(f"{topic}.md"))


def notebook(topic: str) -> str:
    """The notebook that comes with a page. Raises BptraceError: there is none."""
    if topic != NOTEBOOK:
        raise BptraceError(f"error: no notebook comes with {shortened(topic)}\n   one does with '{NOTEBOOK}'")
    return _file(f"{topic}.ipynb")


def _file(name: str) -> str:
    from importlib.resources import files

    return (files("bptrace") / "guide" / name).read_text(encoding="utf-8")


def summary(text: str) -> str:
    """The line that a page is listed with: its first under the heading."""
    return text.split("\n\n")[1]


def _write(topic: str, output: str) -> None:
    """Write a page, or the notebook that comes with it, to a file."""
    text = notebook(topic) if output.endswith(".ipynb") else _in_markdown(topic)
    write_output(output, partial(write_as_it_is, text))
    tell_written(output)


def _in_markdown(topic: str) -> str:
    return page(topic).replace("\\*", "*")


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
