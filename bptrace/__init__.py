"""bptrace: backpropagation step by step, exactly.

`load(path)` or `loads(text)` gives a `Network`; `network.trace()` gives a `Trace`; `trace.rows()` its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptrace.version import __version__

if TYPE_CHECKING:
    from bptrace.engine.network import Network
    from bptrace.engine.row import Array, Row
    from bptrace.engine.trace import Step, Trace
    from bptrace.errors import BptraceError, SpecError
    from bptrace.spec.reader import load, loads

__all__ = ["Array", "BptraceError", "Network", "Row", "SpecError", "Step", "Trace", "__version__", "load", "loads"]

_HOMES = {
    "BptraceError": "errors",
    "SpecError": "errors",
    "Network": "engine.network",
    "load": "spec.reader",
    "loads": "spec.reader",
    "Array": "engine.row",
    "Row": "engine.row",
    "Step": "engine.trace",
    "Trace": "engine.trace",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used, so that the command line starts before FLINT is loaded."""
        from importlib import import_module

        if name not in _HOMES:
            raise AttributeError(f"module 'bptrace' has no attribute '{name}'")
        return getattr(import_module(f"bptrace.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
