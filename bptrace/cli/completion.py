"""What a shell completes beside commands, options and files: `example:` and the names behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bptrace.errors import shortened
from bptrace.spec.examples import PREFIX, example_names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def networks(incomplete: str) -> list[CompletionItem]:
    """What may stand where a network is read: files, or `example:` names if that is what is being typed."""
    if not incomplete.isprintable():  # a shell would write it back to the terminal
        return []
    from glob import escape, iglob

    from click.shell_completion import CompletionItem

    named = incomplete.startswith(PREFIX)
    begun = bool(incomplete) and PREFIX.startswith(incomplete) and not any(iglob(f"{escape(incomplete)}*"))
    if not named and not begun:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(word) for name in example_names() if (word := PREFIX + name).startswith(incomplete)]


def matching_examples(incomplete: str) -> list[str]:
    """The examples whose names begin so."""
    return [name for name in example_names() if name.startswith(incomplete)]


def matching_rows(net: str | None, incomplete: str) -> list[CompletionItem]:
    """The rows of a network whose names begin so; none where there is no such network."""
    from click.shell_completion import CompletionItem

    from bptrace.errors import BptraceError
    from bptrace.spec.reader import load

    try:
        names = load(net or "").derived().quantities()
    except (BptraceError, OSError):
        return []
    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]


def check_asked(variable: str, environment: Mapping[str, str]) -> None:
    """Raise UsageError where a variable asks for what no shell does, or where nothing says what to complete."""
    import click
    from click.shell_completion import get_completion_class

    asked = environment[variable]
    shell, _, what = asked.partition("_")
    if not get_completion_class(shell) or what not in ("source", "complete"):
        raise click.UsageError(f"{variable} is {shortened(asked)}\n   as in: {variable}=bash_source")
    word = environment.get("COMP_CWORD")
    told = "COMP_WORDS" in environment and word is not None and (shell == "fish" or word.isdecimal())
    if what == "complete" and not told:
        message = f"{variable} is {asked}, but COMP_WORDS and COMP_CWORD do not say what to complete"
        raise click.UsageError(f"{message}\n   a shell sets them, once it has run {variable}={shell}_source")


def install() -> None:
    """Have bash complete `example:xor` as one word. It takes the colon for the end of a word, other shells do not."""
    from click.shell_completion import BashComplete, add_completion_class

    class WithColons(BashComplete):
        """Bash, told of words with `example:` in them."""

        def get_completion_args(self) -> tuple[list[str], str]:
            before, last = super().get_completion_args()
            *args, incomplete = joined([*before, last])
            self.behind_colon = incomplete.startswith(PREFIX)
            return args, incomplete

        def format_completion(self, item: CompletionItem) -> str:
            if self.behind_colon:
                item.value = item.value.removeprefix(PREFIX)
            return super().format_completion(item)

    add_completion_class(WithColons)


def joined(words: list[str]) -> list[str]:
    """The words of a line with `example`, `:` and what follows put together again."""
    found: list[str] = []
    for word in words:
        if found and (found[-1] == PREFIX or found[-1] + word == PREFIX):
            found[-1] += word
        else:
            found.append(word)
    return found
