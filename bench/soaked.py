"""The app, which on SIGUSR1 writes its counts (widgets, tasks, threads) into the file named first."""

import asyncio
import gc
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType

FILE = Path(sys.argv[1])
POOL = "desk_"  # the desk's worker threads: made as they are needed, four at most


def counts() -> dict[str, int]:
    """What must not grow, after a garbage collection; widgets by their class too."""
    from textual.widget import Widget

    gc.collect()
    found = gc.get_objects()
    return {
        "widgets": sum(isinstance(one, Widget) for one in found),
        "tasks": sum(isinstance(one, asyncio.Task) and not one.done() for one in found),
        "threads": sum(not thread.name.startswith(POOL) for thread in threading.enumerate()),
        "pool": sum(thread.name.startswith(POOL) for thread in threading.enumerate()),
        "objects": len(found),
        **Counter(f"<{type(one).__name__}>" for one in found if isinstance(one, Widget)),
    }


def _write(_number: int, _frame: FrameType | None) -> None:
    part = FILE.with_suffix(".part")
    part.write_text(json.dumps(counts()))
    os.replace(part, FILE)


if __name__ == "__main__":
    from ameli_support.__main__ import main

    signal.signal(signal.SIGUSR1, _write)
    sys.exit(main(sys.argv[2:]))
