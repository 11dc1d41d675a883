"""Rules as people write them beside a value, read as trees over the register's names: `dL/dz1*x1`, `-2*1`."""

from __future__ import annotations

import re
from functools import cached_property, partial

from bptrace.engine.quantity import of_sample, sample_of
from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.marking.answers import MASK
from bptrace.marking.decimal_comma import with_points
from bptrace.marking.names import INDEX, PRINTED_ROWS
from bptrace.marking.numerals import is_worked_out
from bptrace.marking.sheet_rows import COMPARED, SheetRow, WrittenCell
from bptrace.marking.spelling import LOSSES, Spellings
from bptrace.marking.verdicts import Answer
from bptrace.ops.expr import Expr, Leaf, Name, children, nodes, rebuilt
from bptrace.spec.equation import parse
from bptrace.spec.tokens import NAME, tokens
from bptrace.spec.vocabulary import Vocabulary

MEMORY = 100_000
LENGTH_LIMIT = 2_000


class WrittenRules:
    """The rules that are written with the quantities of a working, each text read once."""

    def __init__(self, spellings: Spellings) -> None:
        self.spellings = spellings
        self._known: dict[tuple[str, int | None], Expr | SpecError] = {}

    def beside(self, answer: Answer, source: Source, row: SheetRow) -> Answer:
        """The answer with the rules of its row: the last one, and the last that has names.

        A value that is a formula, `-2*1`, is the rule as well. A comparison, `z1=2>0`, is text alone.
        """
        cells = row.rules
        if row.value and not is_worked_out(row.value.text):
            cells = (*cells, row.value)
        if not cells:
            return answer
        said = cells[-1].text
        if not _is_rule(said):
            return answer._replace(said=said)
        try:
            sample = sample_of(answer.name)[1]
            read = [self.rule(source, cell, row.commas, sample) for cell in cells[-2:] if _is_rule(cell.text)]
        except SpecError as problem:
            return answer._replace(said=said, rule_problem=problem)
        formula = next((rule for rule in reversed(read) if _has_names(rule)), None)
        return answer._replace(said=said, rule=read[-1], formula=formula)

    def rule(self, source: Source, cell: WrittenCell, commas: bool = False, sample: int | None = None) -> Expr:
        """The tree of a rule; what a sample has is that sample's. Raises SpecError, with its place."""
        text = with_points(cell.text) if commas else cell.text
        found = self._known.get((text, sample))
        if found is None:
            try:
                found = self._parsed(text, sample)
            except SpecError as problem:
                found = problem
            if len(self._known) < MEMORY:
                self._known[text, sample] = found
        if isinstance(found, SpecError):
            place = found.mark.offset if found.mark else 0
            raise SpecError(found.message, Mark(source, cell.offset + place), *found.hints)
        return found

    def _parsed(self, text: str, sample: int | None) -> Expr:
        whole = Mark(Source("", text), 0)
        if len(text) > LENGTH_LIMIT:
            raise SpecError(
                f"a rule of {len(text):,} characters; at most {LENGTH_LIMIT:,} are read", whole, "a shorter one"
            )
        vocabulary = Vocabulary(
            partial(self._find, sample), self._is_taken, lambda: None, token=self._token, rows=PRINTED_ROWS
        )
        return self._with_values(parse(text, lambda offset: Mark(whole.source, offset), vocabulary))

    def _with_values(self, tree: Expr) -> Expr:
        if isinstance(tree, Name):
            return self.spellings.working.leaf(tree.key)
        parts = children(tree)
        return rebuilt(tree, [self._with_values(part) for part in parts]) if parts else tree

    def _find(self, sample: int | None, text: str, mark: Mark) -> Expr:
        own = self.spellings.meant(of_sample(text, sample)) if sample else []
        found = own or self.spellings.meant(text)
        if not found:
            raise self.spellings.unknown(text, mark)
        if len(found) > 1:
            raise self.spellings.ambiguous(text, mark)
        if len(found[0].names) > 1:
            raise SpecError(f"{shortened(text)} is a whole array", mark, f"an element of it, as in {found[0].names[0]}")
        return Name(found[0].names[0], ())

    def _is_taken(self, text: str) -> bool:
        return bool(self.spellings.meant(text))

    @cached_property
    def _token(self) -> re.Pattern[str]:
        """The tokens of a rule: what is spelled with a sign or brackets is one name."""
        name, loss = NAME.pattern, self.spellings.loss
        losses = "|".join(re.escape(word) for word in dict.fromkeys([loss, *LOSSES]))
        element = rf"{name}(?:{INDEX})?"
        sample = r"(?:\([1-9][0-9]{0,8}\))?" if self.spellings.working.trace.samples else ""
        return tokens(
            "|".join(
                [
                    rf"[d∂](?:{losses})/[d∂]{element}(?:_\w+)?{sample}",
                    rf"{name}'\((?:[^()]|\([^()]*\))*\){sample}",
                    rf"{element}\.grad\b",
                    rf"{name}{INDEX}(?:_\w+)?{sample}",
                    *([rf"{name}\([1-9][0-9]{{0,8}}\)"] if sample else []),
                    name,
                ]
            )
        )


def _is_rule(text: str) -> bool:
    """Whether a text can be a tree: no comparison, nothing masked."""
    return not COMPARED.search(text) and not MASK.search(text)


def _has_names(rule: Expr) -> bool:
    return any(isinstance(node, Leaf) for node in nodes(rule))
