"""Markdown: a document with a title, the givens, the equations, and a heading and a table a step."""

from __future__ import annotations

from typing import TextIO

from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.trace import Step, Trace
from bptrace.explain import sentences
from bptrace.ops.notation import TERMS

SECTION_NAMES = {"input": "input", "weights": "weight", "target": "target", "state": "state before the update"}
HEADER = "| quantity | formula | rule | value |\n| --- | --- | --- | ---: |\n"
SYMBOLIC_HEADER = "| quantity | formula |\n| --- | --- |\n"


def write_markdown(trace: Trace, out: TextIO, heading: str = "") -> None:
    """Write the register as a Markdown document, under its title or another heading; rows stream."""
    out.write(f"# {prose(heading or trace.title or 'Backpropagation, step by step')}\n\n## Givens\n\n")
    out.write("| name | kind | value |\n| --- | --- | --- |\n")
    for given in trace.givens:
        kind = SETTINGS[given.key].about if given.section == "update" else SECTION_NAMES[given.section]
        out.write(f"| {code(given.key)} | {kind} | {code(trace.text(given.key))} |\n")
    out.write("\n## Equations\n\n")
    out.writelines(f"- {code(equation)}\n" for equation in trace.equations)
    told = trace.shortened(TERMS)
    for step in trace.steps:
        _write_step(step, trace.symbolic, out)
        if trace.symbolic:
            continue
        out.writelines(f"\n{prose(sentence)}\n" for sentence in sentences.of_step(told, told.steps[step.number - 1]))


def _write_step(step: Step, symbolic: bool, out: TextIO) -> None:
    out.write(f"\n## {step.number}. {step.phase.capitalize()}: {prose(step.title)}\n\n")
    out.write(SYMBOLIC_HEADER if symbolic else HEADER)
    notes: list[str] = []
    for row in step:
        out.write("| " + " | ".join(map(code, row.texts()[: 2 if symbolic else 4])) + " |\n")
        notes += row.notes
    out.writelines(f"\n*{prose(note)}*\n" for note in dict.fromkeys(notes))


def code(text: str) -> str:
    """The text as code within a table: nothing in it is read as Markdown."""
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text}{ticks}".replace("|", "\\|")


def prose(text: str) -> str:
    """The text with every character that Markdown would read escaped."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~$&" else char for char in text)
