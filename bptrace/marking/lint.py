"""What the numbers of a network would hide from whoever marks its working, each finding with its place in the file."""

from __future__ import annotations

import re
from typing import NamedTuple

from bptrace.engine.network import Network
from bptrace.engine.sentence_parts import Sentence, plain, sentence
from bptrace.errors import Mark, Source, pointed, shortened, suggestion
from bptrace.marking.discrimination import Unseen
from bptrace.marking.draws import LINT_COMMENT
from bptrace.marking.findings import KINDS, Subject

ACCEPTED = "comment"
"""The kind of what is wrong with such a comment."""


class Finding(NamedTuple):
    """What a file would hide: a kind of KINDS, what it is, where, and what would be right."""

    kind: str
    sentence: Sentence
    mark: Mark | None
    hint: str

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return plain(self.sentence)

    def __str__(self) -> str:
        return pointed(self.kind, self.text, self.mark, self.hint)


class Linted(NamedTuple):
    """What is found in a file, in its order. `accepted`: the kinds that its comment accepts.

    `never`: what no numbers that were tried show on this network, which is no finding.
    """

    file: str
    findings: tuple[Finding, ...]
    accepted: tuple[str, ...]
    never: Unseen


def linted(network: Network, file: str) -> Linted:
    r"""What the numbers of a network would hide; nothing where it has none. Raises SpecError: it has no value.

    >>> from bptrace.spec.reader import loads
    >>> text = "input: {x: 1}\nweights: {w: 2}\nforward: {z: w*x}\nloss: z^2 + z"
    >>> [(item.kind, item.mark.column) for item in linted(loads(text), "a.yaml").findings]
    [('ones', 12), ('hidden', 11), ('alike', 14)]
    """
    if network.unvalued:
        return Linted(file, (), (), Unseen((), ()))
    subject = Subject(network)
    text = network.stated.source if network.stated else Source(file, "")
    accepted, wrong = _accepted(text)
    every = [Finding(kind, said, mark, row.hint) for kind, row in KINDS.items() for said, mark in row.find(subject)]
    found = [item for item in every if item.kind not in accepted]
    idle = [kind for kind in accepted if all(item.kind != kind for item in every)]
    wrong += [
        Finding(ACCEPTED, sentence(f"nothing is found of the kind {kind}"), accepted[kind], "leave it out")
        for kind in idle
    ]
    found = sorted([*found, *wrong], key=lambda item: item.mark.offset if item.mark else -1)
    return Linted(file, tuple(found), tuple(accepted), subject.unseen.common(subject.best))


def _accepted(source: Source) -> tuple[dict[str, Mark], list[Finding]]:
    """The kinds that comments accept, by their places; and what is wrong with such a comment."""
    accepted: dict[str, Mark] = {}
    wrong = []
    for comment in LINT_COMMENT.finditer(source.text):
        start = comment.start("kinds")
        for word in re.finditer(r"[^\s,]+", comment["kinds"]):
            mark = Mark(source, start + word.start())
            if word[0] in KINDS:
                accepted[word[0]] = mark
            else:
                hints = [*suggestion(word[0], KINDS), f"known: {', '.join(KINDS)}"]
                wrong.append(Finding(ACCEPTED, sentence(f"unknown kind {shortened(word[0])}"), mark, "; ".join(hints)))
        if not comment["why"]:
            said = sentence("no reason is given")
            wrong.append(Finding(ACCEPTED, said, Mark(source, start), "as in # lint: zeros: a textbook's numbers"))
    return accepted, wrong
