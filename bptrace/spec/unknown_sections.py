"""What is said of a section that no file has: the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bptrace.engine.optimizers import ALIASES, FLAGS, GRID, SETTINGS
from bptrace.errors import Mark, SpecError, shortened, suggestion
from bptrace.spec.draft import SPELLINGS
from bptrace.spec.nodes import Nodes
from bptrace.spec.tokens import NAME
from bptrace.spec.update import RATES
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode

BIASES = ("bias", "biases", "b")
MEANT = {
    "input": ("data", "features", "given", "givens", "inp"),
    "weights": ("parameters", "params", "parameter", "param", "w", "kernel", "kernels"),
    "target": ("label", "labels", "output", "outputs", "expected", "truth", "y", "t"),
    "forward": ("equations", "equation", "model", "network", "net", "graph", "forward_pass", "activations", "hidden"),
    "loss": ("cost", "error", "objective", "criterion", "l", "j", "e"),
    "update": ("optimizer", "optimiser", "optim", "training", "train", "rule", "step"),
    "samples": ("batch", "examples", "dataset", "rows"),
    "reduce": ("reduction",),
    "title": ("name", "description", "heading"),
    "gradients": ("grad", "grads", "backward", "derivatives", "wrt"),
}
"""Words that people write for a section, in small letters."""


def unknown_section(
    nodes: Nodes, key: ScalarNode, node: Node, above: Mapping[str, Node], known: Sequence[str]
) -> SpecError:
    """The complaint about a key that names none of the `known` sections; `above` are those that stand above it."""
    mistake = nodes.mistake_in(key) or _without_colon(nodes, key, known)
    if mistake:
        return mistake
    hints = list(_meant(key.value, node, known))
    listed = [] if hints else [f"known sections: {', '.join(known)}"]
    return nodes.error(f"unknown section {shortened(key.value)}", key, *hints, *listed, *_indented(key, above))


def _without_colon(nodes: Nodes, key: ScalarNode, known: Sequence[str]) -> SpecError | None:
    """In `input {x: 1}` YAML takes `input {x` for the key."""
    word = NAME.match(key.value)
    if not word or key.style or word.group() not in (*known, *SPELLINGS) or "{" not in key.value:
        return None
    place = key.start + word.end()
    return SpecError(
        f"a ':' is missing after '{word.group()}'", Mark(nodes.source, place), f"as in {word.group()}: {{x: 1}}"
    )


def _meant(word: str, node: Node, known: Sequence[str]) -> Iterator[str]:
    value = shortened(node.value)[1:-1] if isinstance(node, ScalarNode) and node.value else "1/10"
    low = word.lower()
    if low in RATES or ALIASES.get(low, low) == "lr":
        yield f"the learning rate is a setting of update: {{lr: {value}}}"
    elif ALIASES.get(low, low) in (*SETTINGS, *FLAGS, GRID):
        yield f"'{word}' is a setting of update: {{lr: 1/10, {word}: {value}}}"
    elif low in BIASES:
        yield "biases are weights: weights: {b: [0, 0]}"
    else:
        section = next((section for section, words in MEANT.items() if low in words), "")
        yield from [f"did you mean '{section}'?"] if section else suggestion(word, [*known, *SPELLINGS])


def _indented(key: ScalarNode, above: Mapping[str, Node]) -> list[str]:
    """Below a section of one name a line, a name that is not indented is perhaps one of that section's."""
    section, node = next(reversed([*above.items()]), ("", None))
    in_block = isinstance(node, MappingNode) and not node.flow_style and NAME.fullmatch(key.value)
    return [f"indent it where it belongs to {section}:"] if in_block else []
