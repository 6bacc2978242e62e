"""The terminal is gone (window closed, remote desktop cut): the app ends instead of working for nobody.

Textual's input thread reads the end of a dead terminal again and again, and its drawing waits
for ever; a system that sends no SIGHUP would keep such a process, with its call open, for days.
"""

import os
import select
import sys
import threading

ENDED = 129  # 128 + SIGHUP: what a shell reports of a program whose terminal hung up


def watch() -> None:
    """From now on, ends this process at once when its terminal hangs up; the next start offers the call.

    Nothing to do without a terminal, or on a system without `poll`.
    """
    if not hasattr(select, "poll") or not sys.stdin.isatty():
        return
    terminal = select.poll()
    terminal.register(sys.stdin.fileno(), 0)  # nothing asked for: only its end is reported
    threading.Thread(target=_wait, args=(terminal,), daemon=True, name="hangup").start()


def _wait(terminal: "select.poll") -> None:
    if any(seen & select.POLLHUP for _fd, seen in terminal.poll()):
        os._exit(ENDED)
