"""The measure: is the slip named that was made, by how many names, and is nobody wronged whose register is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from random import Random
from typing import NamedTuple

from bptrace.errors import shortened
from bptrace.marking.judge import Judge
from bptrace.marking.verdicts import EVERYWHERE, SLIP, WRONG, Marked, Naming
from bptrace.ops.expr import Expr
from tests.bench.marking.networks import toy
from tests.bench.marking.registers import (
    EXACT,
    FIRST_LAYER,
    NEW_WEIGHTS,
    PARTS,
    STYLE_NAMED,
    STYLES,
    WHOLE,
    Sheet,
    Written,
    names_in,
)
from tests.bench.marking.slipped import Mistake, Study

DIGITS = ("exact", "4", "3", "2")
"""To how many digits each mistake is written."""


class Case(NamedTuple):
    """One register that is marked, and how to have it again."""

    kind: str
    seed: int
    style: str
    part: str
    mistake: Mistake | None = None

    @property
    def digits(self) -> str:
        """What its style is counted under: how many digits, or its first word."""
        return self.style.split()[0].rstrip(",")

    def __str__(self) -> str:
        made = f" · {self.mistake}" if self.mistake else ""
        return f"{self.kind} {self.seed} · {self.style} · {self.part}{made}"


class Found(NamedTuple):
    """What was said of a case.

    `named`: the slip is what explains a row; `besides`: it is said beside what may be rounded. `alike`: one is named
    that nothing on this network tells from it. `names`: how many are named, those that nothing tells apart counted as
    one; `said` are all of them. `blamed`: the first row that is called a slip or wrong. `failure`: what the judge
    failed with.
    """

    case: Case
    named: bool = False
    besides: bool = False
    alike: bool = False
    names: int = 0
    said: tuple[str, ...] = ()
    blamed: str = ""
    failure: str = ""

    @property
    def is_named(self) -> bool:
        """Whether the slip is named at all."""
        return self.named or self.besides

    def __str__(self) -> str:
        said = f"named: {', '.join(self.said)}" if self.said else "nothing is named"
        return f"{self.case}: {self.failure or said}{f' (first: {self.blamed})' if self.blamed else ''}"


class Bench:
    """A network with its judge."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind, self.seed = kind, seed
        self.study = Study(toy(kind, seed))

    @cached_property
    def judge(self) -> Judge:
        """Its judge."""
        return Judge(self.study.working)

    def sheet(self, case: Case) -> Sheet:
        """What is handed in. Raises ArithmeticError where a row has no value."""
        return Sheet(self._rows(self._register(case, case.mistake), case.part))

    def _register(self, case: Case, mistake: Mistake | None) -> dict[str, Written]:
        return self.study.register(STYLE_NAMED[case.style], Random(str(case[:4])), mistake)

    def _rows(self, register: dict[str, Written], part: str) -> dict[str, Written]:
        names = names_in(part, self.study.working, self.study.toy.first)
        return {name: register[name] for name in names}

    def changes(self, case: Case, sheet: Sheet) -> bool:
        """Whether the mistake changes what is written."""
        try:
            right = self._rows(self._register(case, None), case.part)
        except ArithmeticError:
            return True
        return any(right[name].text != written.text for name, written in sheet.rows.items())

    def found(self, case: Case) -> Found | None:
        """What is said of a case; None where there is nothing to say anything of."""
        try:
            sheet = self.sheet(case)
        except ArithmeticError:
            return None
        if not sheet.rows or (case.mistake and not self.changes(case, sheet)):
            return None
        try:
            marked = self.judge.mark(sheet.answers(), "answers.csv")
        except Exception as problem:  # whatever it is, it is a figure
            return Found(case, failure=f"{type(problem).__name__}: {shortened(str(problem))}")
        return self._said(case, marked)

    def _said(self, case: Case, marked: Marked) -> Found:
        namings = [naming for row in marked.rows for naming in row.slips]
        besides = [naming for row in marked.rows for naming in row.besides]
        made = case.mistake.slip if case.mistake else ""
        groups = self._groups(namings or besides)
        blamed = next((row for row in marked.rows if row.verdict in (SLIP, WRONG)), None)
        return Found(
            case,
            named=made in {naming.slip for naming in namings},
            besides=made in {naming.slip for naming in besides},
            alike=case.mistake is not None and self.study.outcome(self.study.wrong(case.mistake)) in groups,
            names=len(set(groups.values())),
            said=tuple(dict.fromkeys(naming.slip for naming in namings or besides)),
            blamed=f"{blamed.name} {blamed.verdict}" if blamed else "",
        )

    def _groups(self, namings: Iterable[Naming]) -> dict[object, str]:
        """What the network comes to by each of the slips that are named, and the first name of those that are alike."""
        found: dict[object, str] = {}
        first: dict[str, str] = {}
        for naming in {(naming.slip, naming.place, naming.rule): naming for naming in namings}.values():
            outcome = self.study.outcome(self._wrong(naming)) or (naming.slip, naming.place)
            found.setdefault(outcome, first.setdefault(naming.slip, found.get(outcome, naming.slip)))
        return found

    def _wrong(self, naming: Naming) -> Mapping[str, Expr]:
        """The wrong rules that are followed by what is named."""
        if naming.place != EVERYWHERE:
            return {naming.row: naming.rule}
        rules = self.study.rules(naming.slip).get(naming.row, ())
        return self.study.wrong(
            Mistake(naming.slip, EVERYWHERE, rules.index(naming.rule) if naming.rule in rules else 0)
        )


def right_cases(kind: str, seed: int) -> list[Case]:
    """Of a network its registers that are right: every style whole, and one part of it in each."""
    random = Random(f"right {kind} {seed}")
    cases = []
    for style in STYLES:
        parts = [random.choice((FIRST_LAYER, NEW_WEIGHTS))] if style.is_short else [WHOLE, random.choice(PARTS[1:])]
        cases += [Case(kind, seed, style.name, part) for part in parts]
    return cases


def slip_cases(bench: Bench, slip: str, digits: Sequence[str] = DIGITS) -> Iterator[list[Case]]:
    """The mistakes of a slip on a network, each in every part of the register and to so many digits."""
    random = Random(f"{slip} {bench.kind} {bench.seed}")
    for mistake in bench.study.mistakes(slip, random):
        yield [
            Case(bench.kind, bench.seed, random.choice(WRITTEN_TO[count]), part, mistake)
            for part, count in product(PARTS, digits)
        ]


WRITTEN_TO = {"exact": [EXACT.name]} | {count: [f"{count} digits", f"{count} digits, carried"] for count in DIGITS[1:]}
"""The styles of so many digits in which mistakes are written."""


def kept(case: Case, folder: Path) -> None:
    """Write a case into a folder: the network, what is handed in, and what is right."""
    bench = Bench(case.kind, case.seed)
    folder.mkdir(parents=True, exist_ok=True)
    settings = "".join(f"# --set {setting}\n" for setting in bench.study.toy.settings)
    (folder / "network.yaml").write_text(settings + bench.study.toy.text, encoding="utf-8")
    (folder / "answers.csv").write_text(bench.sheet(case).text, encoding="utf-8")
    right = bench.sheet(case._replace(mistake=None))
    (folder / "right.csv").write_text(right.text, encoding="utf-8")
    (folder / "case.txt").write_text(f"{case}\n", encoding="utf-8")
