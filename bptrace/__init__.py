"""bptrace: backpropagation step by step, exactly."""

from bptrace.errors import BptraceError, SpecError
from bptrace.network import Network
from bptrace.spec import load, loads
from bptrace.trace import Array, Row, Step, Trace

__version__ = "0.1.0"

__all__ = ["Array", "BptraceError", "Network", "Row", "SpecError", "Step", "Trace", "load", "loads"]
