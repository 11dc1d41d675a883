"""The command, `bptrace` or `python -m bptrace`: from the first line on, Ctrl-C ends it quietly."""

import os

try:
    import signal

    from bptrace.cli.exits import end_by

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_by)
except KeyboardInterrupt:
    os._exit(130)  # at once: Ctrl-C may come again


def start() -> None:
    """Run `bptrace`; once it has come to its end, Ctrl-C comes too late."""
    from bptrace.cli.main import main

    try:
        main()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    start()
