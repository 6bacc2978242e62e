"""`make bench`: every figure of the README, or those named on the command line."""

import importlib
import sys

PARTS = ("cycle", "mails", "scale", "desk", "asking", "journeys")


def main() -> None:
    """Runs the named parts, all by default, in order."""
    for part in sys.argv[1:] or PARTS:
        if part not in PARTS:
            sys.exit(f"no such part: {part}; there are {', '.join(PARTS)}")
        importlib.import_module(f"bench.{part}").run()


if __name__ == "__main__":
    main()
