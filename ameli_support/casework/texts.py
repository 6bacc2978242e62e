"""What somebody wrote, as it may be sent and kept: no link's token, nothing that no database holds."""

import re

from ameli_support.casework.errors import DeskError
from ameli_support.i18n import _

LONGEST_NOTE = 10_000
LONGEST_REASON = 2_000  # the account service takes no longer one
LONGEST_FACT = 320
_TOKEN = re.compile(r"[A-Za-z0-9_-]{60,}")


def storable(text: str, most: int = LONGEST_NOTE) -> str:
    """`text` without NUL and lone surrogates, `[jeton]` for a link's token; `DeskError` when too long."""
    clean = text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    if len(clean) > most:
        raise DeskError(_("Le texte est trop long : {most} caractères au plus.").format(most=most))
    return _TOKEN.sub("[jeton]", clean)


def reason(text: str) -> str:
    """A reason or purpose in words; `DeskError` for none, and for one that is too long."""
    clean = storable(text, LONGEST_REASON).strip()
    if not clean:
        raise DeskError(_("Indiquez un motif."))
    return clean
