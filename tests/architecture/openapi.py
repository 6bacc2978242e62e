"""The contract as a document: `python -m tests.architecture.openapi` writes docs/openapi.json."""

import json
from typing import Any, cast

from tests.architecture.tree import ROOT

FILE = ROOT / "docs" / "openapi.json"


def document() -> dict[str, Any]:
    """What the account service's code says of itself; no world is opened."""
    from ameli_support.sandbox.api import create_api

    return create_api(cast(Any, None)).openapi()


def text() -> str:
    """The document as it is checked in."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
