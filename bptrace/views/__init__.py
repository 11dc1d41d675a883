"""The formats of the register: one file a format, one line each in `VIEWS`. Views read a trace and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from bptrace.engine.budget import RowLimit
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError, Mark

if TYPE_CHECKING:
    from bptrace.engine.training import Moment


class View(NamedTuple):
    """A format that `export` writes: the suffixes of its files, and the function of a module here that makes it.

    `limit`: how many rows it takes, where there is a most; `work_limit`: how many whose rules are worked out stage by
    stage, where those are fewer.
    `part`: the function that makes the body alone, where the format has one; `table` and `registers`: those that make
    a table of a training, and every register of it, where a file can hold more than one. `one`: the function that makes
    the whole report on one marked register, where the format has it. `noted`: people read it, and
    so it has the notes. `worded`: it tells each step in words, in few where it is asked to be `brief`. `whole`: what
    it is, where it cannot hold some steps alone, as `steps` asks of the others; `bare`:
    options that show how a rule is worked out, which it has no place for. `binary`: it is bytes. `valued`: it needs
    values. `decimals`: it has numbers as plain decimals too, so
    that more digits are to be proven than are shown. `alone`: a file holds one worksheet, or
    one marked register.
    """

    suffixes: tuple[str, ...]
    module: str
    function: str
    limit: RowLimit | None = None
    work_limit: RowLimit | None = None
    part: str = ""
    noted: bool = True
    worded: bool = False
    table: str = ""
    registers: str = ""
    decimals: bool = False
    whole: str = ""
    bare: Sequence[str] = ()
    binary: bool = False
    valued: bool = False
    one: str = ""
    alone: bool = False

    def check_rows(self, rows: int, mark: Mark | None, stages: bool = False) -> None:
        """Refuse a register of so many rows before it is worked out; `mark` is that of the loss. Raises SpecError.

        `stages`: with all stages of its rules.
        """
        for limit in (self.limit, self.work_limit if stages else None):
            if limit:
                limit.check(rows, mark)

    def write(self, trace: Trace, out: TextIO, **options: Any) -> None:
        """Write a trace, with options of the function's own, which is imported when it is first needed.

        Bytes are written beneath the text. Raises UndefinedError of a trace that lacks a value: what others read is
        whole; BptraceError where bytes would go to a terminal.
        """
        if trace.problem:
            raise trace.problem
        if self.binary and out.isatty():
            raise BptraceError(
                f"error: {self.module} is not for a terminal\n   -o FILE{self.suffixes[0]} writes a file"
            )
        self._made_by(self.function)(trace, out.buffer if self.binary else out, **options)

    def training(self, show: str) -> Callable[[Iterable[Moment], TextIO], None]:
        """What writes a training, as its `table` or with `all` its registers."""
        return self._made_by(self.table if show == "table" else self.registers)

    def marking(self) -> Callable[..., None]:
        """What writes the report on one marked register."""
        return self._made_by(self.one)

    def markings(self) -> Callable[..., None]:
        """What writes marked registers as records, one or many."""
        return self._made_by(self.function)

    def worksheets(self) -> Callable[..., None]:
        """What writes worksheets and their keys."""
        return self._made_by(self.function)

    def linting(self) -> Callable[..., None]:
        """What writes the findings in one network file, or many."""
        return self._made_by(self.function)

    def drawing(self) -> Callable[..., None]:
        """What writes a graph."""
        return self._made_by(self.function)

    def _made_by(self, function: str) -> Callable[..., None]:
        found: Callable[..., None] = getattr(import_module(f"bptrace.views.{self.module}"), function)
        return found

    def fragment(self) -> View | None:
        """The view that writes the body alone, or None."""
        return self._replace(function=self.part, part="") if self.part else None


PART = "--phase or --step exports a part; the register as csv has any number"
DOCUMENT = RowLimit(4_000, "a typeset document holds", PART)
WORKED = RowLimit(2_000, "a typeset document with --work holds", f"leave --work out; {PART}")
DERIVATION = RowLimit(20_000, "derive writes", "name some: bptrace derive NET QUANTITY...")
NUMBERED = RowLimit(6_000, "derive --values writes", "name some: bptrace derive NET --values QUANTITY...")
"""With numbers a row stands there three times: by names, with those of the gradients, and with all of them."""
FORMULAS = RowLimit(
    300_000,
    "typeset, whole as they are, they have",
    "name some: bptrace derive NET QUANTITY...; on a screen long sums are cut",
    "formulas of {:,} operations",
)
GRIDS = RowLimit(20_000, "typeset arrays have", PART)
GRIDS_WORKED = RowLimit(4_000, "typeset arrays with --work have", f"leave --work out; {PART}")
SPREADSHEET = RowLimit(6_000, "a spreadsheet gets", "csv has any number")
MARKDOWN = RowLimit(8_000, "a document in Markdown holds", PART)
PAGE = RowLimit(2_000, "a page holds", "csv and json have any number")
"""A page with more rows would keep a browser busy."""
VIEWS = {
    "beamer": View((".beamer.tex",), "beamer", "write_beamer", limit=DOCUMENT, work_limit=WORKED, worded=True),
    "csv": View(
        (".csv",),
        "csv",
        "write_csv",
        noted=False,
        table="write_csv_table",
        registers="write_csv_registers",
        decimals=True,
    ),
    "html": View((".html",), "html", "write_html", limit=PAGE, worded=True, whole="page"),
    "json": View((".json",), "json", "write_json", noted=False, whole="trace", bare=("--work", "--cases")),
    "latex": View(
        (".tex",), "latex", "write_latex", limit=DOCUMENT, work_limit=WORKED, part="write_fragment", worded=True
    ),
    "markdown": View(
        (".md", ".markdown"),
        "markdown",
        "write_markdown",
        limit=MARKDOWN,
        worded=True,
        table="write_markdown_table",
        registers="write_markdown_registers",
    ),
    "xlsx": View(
        (".xlsx",),
        "xlsx",
        "write_xlsx",
        limit=SPREADSHEET,
        whole="spreadsheet",
        bare=("--work",),
        binary=True,
        valued=True,
    ),
}
OF_TRAININGS = {name: view for name, view in VIEWS.items() if view.table}
MATRIX_VIEWS = {
    "beamer": View((".beamer.tex",), "beamer", "write_matrix_beamer", limit=GRIDS, work_limit=GRIDS_WORKED),
    "markdown": View(
        (".md", ".markdown"), "matrix_markdown", "write_matrix_markdown", limit=GRIDS, work_limit=GRIDS_WORKED
    ),
    "latex": View(
        (".tex",),
        "matrix_latex",
        "write_matrix_latex",
        limit=GRIDS,
        work_limit=GRIDS_WORKED,
        part="write_matrix_fragment",
    ),
}
"""The formats of the matrix form; `write` takes `shapes` as well."""
DERIVATIONS = {
    "text": View((".txt",), "derivation_text", "write_derivation_text", limit=DERIVATION),
    "markdown": View((".md", ".markdown"), "derivation_math", "write_derivation_markdown", limit=DERIVATION),
    "latex": View((".tex",), "derivation_math", "write_derivation_latex", limit=DERIVATION),
}
"""The formats of the chain rule with no numbers; `write` takes a `request` as well."""
MATRIX_DERIVATIONS = {"text": View((".txt",), "matrix_text", "write_matrix_text"), **MATRIX_VIEWS}
"""The formats of a derivation in the matrix form, which is all of it; `write` takes `shapes` as well."""
MARKINGS = {
    "csv": View((".csv",), "marking_csv", "write_csv_markings"),
    "html": View(
        (".html",),
        "marking_html",
        "write_html_marking",
        limit=PAGE,
        one="write_html_marking",
        alone=True,
    ),
    "json": View((".json",), "marking_json", "write_json_markings"),
    "markdown": View((".md", ".markdown"), "marking_markdown", "write_markdown_markings", one="write_markdown_marking"),
    "text": View((".txt",), "marking", "write_markings", one="write_marking"),
}
"""The formats of marked registers."""
WORKSHEETS = {
    "csv": View((".csv",), "worksheet_csv", "write_csv_worksheets", noted=False, alone=True),
    "latex": View((".tex",), "worksheet_latex", "write_latex_worksheets"),
    "markdown": View((".md", ".markdown"), "worksheet_markdown", "write_markdown_worksheets"),
}
"""The formats of worksheets."""
LINTINGS = {
    "json": View((".json",), "lint_json", "write_json_lint"),
    "text": View((".txt",), "lint", "write_lint"),
}
"""The formats of what lint finds."""
GRAPHS = {
    "dot": View((".dot", ".gv"), "graph_dot", "write_graph_dot"),
    "mermaid": View((".mmd", ".mermaid"), "graph_mermaid", "write_graph_mermaid"),
    "svg": View((".svg",), "graph_svg", "write_graph_svg"),
    "text": View((".txt",), "graph_terminal", "write_graph_terminal"),
    "tikz": View((".tex",), "graph_tikz", "write_graph_tikz", part="write_tikz_picture"),
}
"""The formats of graphs."""
