"""Rules as people write them beside a value, read as trees over the register's names: `dL/dz1*x1`, `-2*1`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial

from bptrace.engine.quantity import of_sample, sample_of
from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.marking.answers import MASK
from bptrace.marking.decimal_comma import with_points
from bptrace.marking.names import INDEX, PRINTED_ROWS
from bptrace.marking.numerals import NEAR_ZERO, is_worked_out, with_products
from bptrace.marking.sheet_rows import COMPARED, SheetRow, WrittenCell, only_told
from bptrace.marking.spelling import LOSSES, Spellings, plain_formula
from bptrace.marking.verdicts import Answer
from bptrace.numbers.arrays import Index
from bptrace.numbers.exact import Rational, rational
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, Number, children, nodes, rebuilt, shape_text
from bptrace.ops.table import OPS
from bptrace.spec.equation import parse
from bptrace.spec.spellings import BASE
from bptrace.spec.tokens import NAME, tokens
from bptrace.spec.vocabulary import Vocabulary

MEMORY = 20_000
SLOT = "_number"
SLOTTED = re.compile(rf"{SLOT}[0-9]+")
NUMERAL = re.compile(
    r"(?P<left>[^\W\d]\w*(?:\[[^\]]{0,24}\]|\([0-9]{1,9}\))*|(?:\^|\*\*)[-+({\s]*[0-9.]+)"
    r"|(?<![\w.])(?P<number>(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?)(?![\w.(])"
)
"""A number that a rule may have another in place of, so that the rest is read once; names and exponents stay."""
DERIVATIVE = re.compile(r"(?<!\w)(?P<top>[d∂][^\W\d]\w*)\s*/\s*[d∂](?=\w)")


class WrittenRules:
    """The rules that are written with the quantities of a working; where only numbers differ, one is read for all."""

    def __init__(self, spellings: Spellings) -> None:
        self.spellings = spellings
        self._forms: dict[tuple[str, int | None], Expr | None] = {}

    def beside(self, answer: Answer, source: Source, row: SheetRow) -> Answer:
        """The answer with the rules of its row: the last one, and the last that has names.

        A value that is a formula, `-2*1`, is the rule as well. A comparison, `z1=2>0`, is text alone.
        """
        cells = row.rules
        if row.value and not is_worked_out(row.value.text):
            cells = (*cells, row.value)
        if not cells:
            return answer
        answer, sample = answer._replace(said=cells[-1].text), sample_of(answer.name)[1]
        formula: Expr | None = None
        for cell in reversed(cells[-2:]):
            try:
                is_rule = _is_rule(cell.text) and not self._is_chain_rule(cell.text)
                rule = self.rule(source, cell, row.commas, sample) if is_rule else None
            except SpecError as problem:
                answer = answer._replace(rule_problem=answer.rule_problem or only_told(problem))
                continue
            formula = formula or (rule if rule and _has_names(rule) else None)
            answer = answer._replace(rule=rule) if cell is cells[-1] else answer
        return answer._replace(formula=formula)

    def _is_chain_rule(self, text: str) -> bool:
        """Whether a text is the chain rule alone, `∂L/∂z * ∂z/∂w`: the derivative of what is no loss has no number."""
        known = {f"d{loss}" for loss in (self.spellings.loss, *LOSSES)}
        own = (self.spellings.working.lines, self.spellings.working.givens)
        tops = (found["top"].replace("∂", "d") for found in DERIVATIVE.finditer(text))
        return any(top not in known and not any(top in names for names in own) for top in tops)

    def rule(self, source: Source, cell: WrittenCell, commas: bool = False, sample: int | None = None) -> Expr:
        """The tree of a rule; what a sample has is that sample's. Raises SpecError, with its place."""
        text = NEAR_ZERO.sub(_as_zero, plain_formula(with_points(cell.text) if commas else cell.text))
        numbers: list[str] = []

        def slot(found: re.Match[str]) -> str:
            if found["left"]:
                return found[0]
            numbers.append(found[0])
            return f"{SLOT}{len(numbers) - 1}"

        form = self._form(NUMERAL.sub(slot, text), sample) if SLOT not in text else None
        if form:
            with suppress(ZeroDivisionError):
                return _filled(form, list(map(rational, numbers)))
        try:
            return self._parsed(text, sample)
        except SpecError as problem:
            if (full := with_products(text)) != text:
                with suppress(SpecError):
                    return self._parsed(full, sample)
            place = problem.mark.offset if problem.mark else 0
            raise SpecError(problem.message, Mark(source, cell.offset + place), *problem.hints) from None

    def _form(self, text: str, sample: int | None) -> Expr | None:
        """A rule with places for its numbers; None where it cannot be read without knowing them."""
        if (text, sample) in self._forms:
            return self._forms[text, sample]
        form: Expr | None = None
        with suppress(SpecError):
            form = self._parsed(text, sample)
        if form and any(map(_needs_numbers, nodes(form))):
            form = None
        if len(self._forms) < MEMORY:
            self._forms[text, sample] = form
        return form

    def _parsed(self, text: str, sample: int | None) -> Expr:
        whole = Mark(Source("", text), 0)
        find = partial(self._find, sample)
        vocabulary = Vocabulary(find, self._is_taken, lambda: None, token=self._token, rows=PRINTED_ROWS)
        tree = parse(text, lambda offset: Mark(whole.source, offset), vocabulary)
        if tree.shape:
            raise SpecError(f"a rule that gives {shape_text(tree.shape)}", whole, "a rule gives one number")
        return self._with_values(tree)

    def _with_values(self, tree: Expr) -> Expr:
        if isinstance(tree, Call) and not OPS[tree.op].scalar:  # a function by what it means, a sum by its terms
            tree = expander(tree, _Names())(())
        if isinstance(tree, Name):
            return tree if tree.key.startswith(SLOT) else self.spellings.working.leaf(tree.key)
        parts = children(tree)
        return rebuilt(tree, [self._with_values(part) for part in parts]) if parts else tree

    def _find(self, sample: int | None, text: str, mark: Mark) -> Expr:
        if SLOTTED.fullmatch(text):
            return Name(text, ())
        own = self.spellings.meant(of_sample(text, sample)) if sample else []
        found = own or self.spellings.meant(text)
        if not found:
            raise self.spellings.unknown(text, mark)
        if len(found) > 1:
            raise self.spellings.ambiguous(text, found, mark)
        if len(found[0].names) > 1:
            raise SpecError(f"{shortened(text)} is a whole array", mark, f"an element of it, as in {found[0].names[0]}")
        return Name(found[0].names[0], ())

    def _is_taken(self, text: str) -> bool:
        return self.spellings.is_base(text) if text == BASE else bool(self.spellings.meant(text))

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


def _has_slot(tree: Expr) -> bool:
    return any(isinstance(node, Name) for node in nodes(tree))


def _needs_numbers(node: Expr) -> bool:
    """Whether a part of a rule hangs on its numbers: an exponent is worked out as it is read, and cases are chosen."""
    return isinstance(node, Cases) or (isinstance(node, Call) and node.op == "^" and _has_slot(node.args[1]))


class _Names:
    """Each name as it stands."""

    def __getitem__(self, key: str) -> Mapping[Index, Expr]:
        return {(): Name(key, ())}


def _as_zero(found: re.Match[str]) -> str:
    """A 0 in as many characters, for what is known to be near it alone."""
    return "0".ljust(len(found[0]))


def _filled(form: Expr, numbers: Sequence[Rational]) -> Expr:
    """The tree that the parser makes of the rule with its numbers, folded as it folds. Raises ZeroDivisionError."""
    if isinstance(form, Name):
        return Number(numbers[int(form.key.removeprefix(SLOT))])
    if not isinstance(form, Call) or not form.args:  # pi has none
        return form
    args = tuple([_filled(arg, numbers) for arg in form.args])
    first, last = args[0], args[-1]
    if form.op == "neg" and isinstance(first, Number):
        return Number(-first.value, (), first.decimal)
    if form.op == "/" and isinstance(last, Number):
        if not last.value:
            raise ZeroDivisionError
        if isinstance(first, Number):
            return Number(first.value / last.value, (), False if first.value.q == last.value.q == 1 else None)
    return Call(form.op, args, form.shape, form.extra)
