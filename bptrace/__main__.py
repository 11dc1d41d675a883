"""`python -m bptrace`."""

from bptrace.cli.main import main

main()
