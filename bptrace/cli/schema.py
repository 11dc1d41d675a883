"""`bptrace schema`: the JSON Schemas of what bptrace reads and writes."""

from __future__ import annotations

import click

KINDS = ("check", "lint", "network", "trace")


@click.command(epilog="\b\nExample:\n  bptrace schema network")
@click.argument("kind", type=click.Choice(KINDS))
def schema(kind: str) -> None:
    """Print the JSON Schema of network files, or of the JSON that `export`, `check` and `lint` write.

    KIND is network, trace, check or lint. An editor that knows the first, kept as network.schema.json, completes a
    network file and checks it as it is typed. It is told by a first line in the file:
    # yaml-language-server: $schema=network.schema.json
    """
    click.echo(text_of(kind), nl=False)


def text_of(kind: str) -> str:
    """The schema as it stands in the package."""
    from importlib.resources import files

    return (files("bptrace") / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
