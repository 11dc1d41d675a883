"""The networks that come with bptrace: `example:xor` names one wherever a network is read."""

from __future__ import annotations

import os
import re

import yaml

from bptrace.errors import SpecError, shortened, suggestion

PREFIX = "example:"
SUFFIX = ".yaml"


def folder() -> str:
    """Where the example networks lie: in the package where it is installed, beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "networks")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "networks")


def example_names() -> list[str]:
    """The names that may stand behind `example:`, in order; none where the networks were left out."""
    try:
        found = os.listdir(folder())
    except OSError:
        return []
    return sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX))


def example_path(name: str) -> str:
    """The file of an example, by its name with or without the prefix. Raises SpecError: there is no such example."""
    name = name.removeprefix(PREFIX)
    known = example_names()
    if name not in known:
        hints = [*suggestion(name, known), "'bptrace examples' lists them"]
        raise SpecError(f"unknown example {shortened(name)}", None, *hints)
    return os.path.join(folder(), name + SUFFIX)


def example_text(name: str) -> str:
    """The text of an example. Raises SpecError: there is no such example."""
    with open(example_path(name), encoding="utf-8", newline="") as file:
        return file.read()


def lesson(name: str) -> str:
    """What an example teaches: its opening comment up to the first full stop or colon. Raises SpecError."""
    comment = re.match(r"(#.*\n)*", example_text(name))
    words = " ".join(line.lstrip("# ") for line in comment[0].splitlines()) if comment else ""
    return re.split(r"[.:](?= |$)", words.removeprefix("Teaches: "))[0]


def table_of(name: str) -> str | None:
    """The CSV file that an example's samples stand in, None where it has none. Raises SpecError."""
    samples = yaml.safe_load(example_text(name)).get("samples")
    file = samples.get("file") if isinstance(samples, dict) else samples
    return os.path.join(folder(), file) if isinstance(file, str) else None
