"""bptrace: backpropagation step by step, exactly.

`load(path)` or `loads(text)` gives a `Network`; `network.trace()` gives a `Trace`; `trace.rows()` its rows.

Nothing is imported before it is asked for: this comes before the command can catch Ctrl-C, so it is over at once.
"""

TYPE_CHECKING = False  # that of `typing` takes longer to import than all else here, and the command waits
if TYPE_CHECKING:
    from bptrace.engine.network import Network
    from bptrace.engine.row import Array, Row
    from bptrace.engine.step import Step
    from bptrace.engine.trace import Trace
    from bptrace.engine.training import Moment
    from bptrace.errors import BptraceError, SpecError
    from bptrace.graph.graph import Graph
    from bptrace.numbers.enclosures import UndecidedError
    from bptrace.numbers.public import Enclosure
    from bptrace.spec.reader import load, loads
    from bptrace.version import __version__

__all__ = [
    "Array",
    "BptraceError",
    "Enclosure",
    "Graph",
    "Moment",
    "Network",
    "Row",
    "SpecError",
    "Step",
    "Trace",
    "UndecidedError",
    "__version__",
    "load",
    "loads",
]

_HOMES = {
    "BptraceError": "errors",
    "SpecError": "errors",
    "Enclosure": "numbers.public",
    "UndecidedError": "numbers.enclosures",
    "Graph": "graph.graph",
    "Moment": "engine.training",
    "Network": "engine.network",
    "load": "spec.reader",
    "loads": "spec.reader",
    "Array": "engine.row",
    "Row": "engine.row",
    "Step": "engine.step",
    "Trace": "engine.trace",
    "__version__": "version",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used, so that the command line starts before FLINT is loaded."""
        from importlib import import_module

        if name not in _HOMES:
            raise AttributeError(f"module 'bptrace' has no attribute '{name}'")
        return getattr(import_module(f"bptrace.{_HOMES[name]}"), name)


def load_ipython_extension(shell: object) -> None:
    """What `%load_ext bptrace` calls: cells that are networks, and Fractions as mathematics."""
    from bptrace.notebook.magic import load_extension

    load_extension(shell)


def unload_ipython_extension(shell: object) -> None:
    """What `%unload_ext bptrace` calls."""
    from bptrace.notebook.magic import unload_extension

    unload_extension(shell)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
