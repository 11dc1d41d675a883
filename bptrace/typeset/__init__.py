"""Mathematics as it is written: names, formulas, matrices, derivations."""
