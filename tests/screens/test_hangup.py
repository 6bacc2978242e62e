"""A terminal that goes away takes the app with it, also where nobody sends SIGHUP."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

from screens.hangup import ENDED

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def test_the_app_ends_with_its_terminal(tmp_path: Path) -> None:
    """The terminal does not control the process, so that only the app itself can notice."""
    ours, theirs = pty.openpty()
    app = subprocess.Popen(
        [sys.executable, "-m", "ameli_support"],
        cwd=ROOT,
        env={**os.environ, "AMELI_HOME": str(tmp_path), "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        seen = b""
        while b"Qui appelle" not in seen:
            assert select.select([ours], [], [], PATIENCE)[0], "home never showed"
            seen += os.read(ours, 65536)
        os.close(ours)
        assert app.wait(PATIENCE) == ENDED
    finally:
        app.kill()
        app.wait()
