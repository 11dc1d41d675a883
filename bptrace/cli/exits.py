"""Exit statuses: what a shell or a script is told."""

from __future__ import annotations

BAD_INPUT = 2
INTERNAL = 70
INTERRUPTED = 130
PIPE_CLOSED = 141
