"""Methods of public classes that rooms above those classes carry out; the one place where imports point up."""

from __future__ import annotations

TYPE_CHECKING = False  # that of `typing` takes longer to import than all else here, and the command waits
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bptrace.engine.network import Network
    from bptrace.engine.trace import Trace
    from bptrace.engine.training import Moment
    from bptrace.graph.graph import Graph
    from bptrace.notebook.pictures import Page


class NotebookMethods:
    """How a notebook shows a thing of bptrace's; what that takes is imported when one does."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Mapping[str, str]:
        """What IPython asks for: the thing as HTML, as Markdown, as LaTeX and as plain text."""
        from bptrace.notebook.bundles import bundle

        return bundle(self)


class NetworkMethods(NotebookMethods):
    """What a `Network` offers that rooms above it carry out; each is imported when it is called."""

    def given(self, values: Mapping[str, object]) -> Network:
        r"""The network with other values for some givens, by name: `{"x": [2, 0.5], "w11": "1/3"}`.

        Values are numbers, texts, lists, or NumPy's arrays; a float is its shortest decimal. Raises SpecError: an
        unknown name, another shape, no number.

        >>> import bptrace
        >>> network = bptrace.loads("weights: {w: [1, 2]}\nloss: w@w")
        >>> print(network.given({"w": [0.5, 3]}).trace()["L"])
        37/4
        """
        from bptrace.spec.overrides import with_python_values

        return with_python_values(self, values)  # type: ignore[arg-type]  # a Network

    def train(
        self, steps: int, numbers: str = "auto", digits: int = 10, *, decimals: int | None = None
    ) -> Iterator[Moment]:
        r"""The network before each of so many updates, and after the last: one moment more than there are steps.

        `numbers`, `digits` and `decimals` are those of `trace`. Raises BptraceError: no update, too many, a
        division by zero.

        >>> import bptrace
        >>> network = bptrace.loads("weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4}")
        >>> for moment in network.train(2):
        ...     print(moment.updates, moment.loss, moment.trace["w"])
        0 4 2
        1 1 1
        2 1/4 1/2
        """
        from bptrace.engine.training import trained

        return trained(self, steps, numbers, digits=digits, decimals=decimals)  # type: ignore[arg-type]  # a Network


class TraceMethods(NotebookMethods):
    """What a `Trace` offers that rooms above the engine carry out; each is imported when it is called."""

    @staticmethod
    def from_json(text: str | bytes, name: str = "<json>") -> Trace:
        """The trace that `to_json` or `bptrace export` wrote as JSON, worked out anew; complaints quote it by `name`.

        Raises SpecError where the text is not such JSON, or where anything in it is not what comes out.
        """
        from bptrace.spec.trace_restore import restored

        return restored(text, name)

    def __reduce__(self) -> tuple[object, ...]:
        """How it is pickled and copied: as JSON, which is worked out anew."""
        return TraceMethods.from_json, (self.to_json(),)

    def to_json(self) -> str:
        """The whole trace as JSON. Raises BptraceError where it is not of a network that was loaded."""
        return self._as_text("json")

    def to_csv(self) -> str:
        """The register as CSV, a line a row, as `bptrace export` writes it."""
        return self._as_text("csv")

    def to_markdown(self) -> str:
        """The working as Markdown, as `bptrace export` writes it."""
        return self._as_text("markdown")

    def to_latex(self, *, fragment: bool = False) -> str:
        r"""The working as a LaTeX document, or as a `fragment` for one: what stands in `\begin{document}`."""
        return self._as_text("latex", fragment)

    def to_html(self) -> str:
        """The working as one page to step through in a browser, as `bptrace export` writes it.

        Raises BptraceError of a register that is too long for a page.
        """
        return self._as_text("html")

    def graph(
        self,
        nodes: str = "auto",
        *,
        values: bool = False,
        gradients: bool = False,
        why: str = "",
        sample: int | None = None,
        digits: int = 4,
    ) -> Graph:
        r"""A picture of the network, as `bptrace graph` draws it: `trace.graph().to_svg()`.

        `nodes`: a `unit` of a layer is a node, or a `quantity` with its equation; `auto`: units where the network
        consists of layers. `values`, `gradients`: they are written at nodes and edges. `why`: the gradient whose paths
        are drawn, `dL/dw11`. `sample`: which is drawn, counted from 1. `digits`: at most so many of what is not
        rational. Raises SpecError where there are no layers, no such sample or no paths.

        >>> import bptrace
        >>> graph = bptrace.loads("weights: {w: 2}\nforward: {h: w + 1}\nloss: w*h").trace().graph()
        >>> [(edge.source, edge.target) for edge in graph.edges]
        [('n_w', 'n_h'), ('n_w', 'n_L'), ('n_h', 'n_L')]
        """
        from bptrace.graph.drawing import graph_of
        from bptrace.graph.graph import Content

        content = Content(values, gradients, why)
        return graph_of(self, nodes, content, sample, digits)  # type: ignore[arg-type]  # a Trace

    def page(self) -> Page:
        """The page of `to_html`, which a notebook shows in place. Raises BptraceError of a register too long for it."""
        from bptrace.notebook.pictures import Page

        return Page(self.to_html(), self.title)  # type: ignore[attr-defined]  # a Trace has a title

    def to_xlsx(self) -> bytes:
        """The working as a spreadsheet whose rules are live formulas, as `bptrace export` writes it.

        Raises BptraceError where XlsxWriter is not installed, or where no spreadsheet holds the register.
        """
        from io import BytesIO

        from bptrace.views.xlsx import write_xlsx

        out = BytesIO()
        write_xlsx(self, out)  # type: ignore[arg-type]  # a Trace
        return out.getvalue()

    def _as_text(self, name: str, fragment: bool = False) -> str:
        from io import StringIO

        from bptrace.views import VIEWS

        out = StringIO()
        view = VIEWS[name].fragment() if fragment else VIEWS[name]
        view.write(self, out)  # type: ignore[arg-type, union-attr]  # a Trace; every view has a fragment or needs none
        return out.getvalue()


class GraphMethods(NotebookMethods):
    """What a `Graph` offers that rooms above its own carry out."""

    def to_svg(self) -> str:
        """The picture in SVG."""
        return self._as_text("svg")

    def to_dot(self) -> str:
        """The picture in DOT, for Graphviz."""
        return self._as_text("dot")

    def to_text(self) -> str:
        """The picture in boxes and lines of characters; of a large one a list."""
        return self._as_text("text")

    def to_mermaid(self) -> str:
        """The picture in Mermaid, for Markdown files."""
        return self._as_text("mermaid")

    def _as_text(self, name: str) -> str:
        from io import StringIO

        from bptrace.views import GRAPHS

        out = StringIO()
        GRAPHS[name].drawing()(self, out)
        return out.getvalue()
