"""The op table: every row of the files beside it. It is asked from here, so that it is full.

A row says how an operation acts on scalars (`scalar`) and on whole arrays (`kernel`), what one element of
its result is (`expand`), and what each argument's gradient is: an expression in the upstream gradient, the
arguments and the output. A function row is a `definition` in terms of other rows and needs nothing else;
an activation adds the title its slope has in the register, and the slope itself where a kink needs a
convention. Conventions at a kink are PyTorch's.
"""

from __future__ import annotations

from bptrace.ops import (
    activations,
    arithmetic,
    array_ops,
    classes,
    convolution,
    elementary,
    losses,
    pooling,
    products,
    reductions,
)
from bptrace.ops.op import (
    OPS,
    Op,
    all_nodes,
    arities,
    call,
    expansion,
    function,
    function_names,
    inner_nodes,
    result_shape,
)

__all__ = [
    "OPS",
    "ROWS",
    "Op",
    "all_nodes",
    "arities",
    "call",
    "expansion",
    "function",
    "function_names",
    "inner_nodes",
    "result_shape",
]

ROWS: tuple[Op, ...] = (
    *arithmetic.ROWS,
    *products.ROWS,
    *array_ops.ROWS,
    *convolution.ROWS,
    *pooling.ROWS,
    *reductions.ROWS,
    *elementary.ROWS,
    *activations.ROWS,
    *classes.ROWS,
    *losses.ROWS,
)
"""In the order in which the list of functions has them."""
OPS.update({row.name: row for row in ROWS})
