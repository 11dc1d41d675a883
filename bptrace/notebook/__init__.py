"""What a notebook shows: networks, traces, arrays and numbers with their mathematics, and cells that are networks."""
