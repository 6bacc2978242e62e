"""The files of the project, as git would commit them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def files(*patterns: str) -> list[Path]:
    """Every file that is tracked, or would be, and fits one of git's path patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    return sorted(path for name in listed.decode().split("\0") if name and (path := ROOT / name).exists())


def name(path: Path) -> str:
    """The path inside the project."""
    return str(path.relative_to(ROOT))
