"""An address as it is read back on the telephone, and the domain that was probably meant."""

from ameli_support.i18n import _

COMMON = (
    "gmail.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "hotmail.fr",
    "hotmail.com", "outlook.fr", "outlook.com", "yahoo.fr", "yahoo.com", "icloud.com", "live.fr",
    "bbox.fr", "neuf.fr", "protonmail.com",
)  # fmt: skip


def spelled(address: str) -> str:
    """« a, point, d u b o i s, arobase, o r a n g e, point, f r »; empty for an empty text."""
    names = {".": _("point"), "@": _("arobase"), "-": _("tiret"), "_": _("tiret bas"), "+": _("plus")}
    pieces: list[str] = []
    letters: list[str] = []
    for character in address.strip():
        if character in names:
            pieces += [" ".join(letters)] if letters else []
            pieces.append(names[character])
            letters = []
        else:
            letters.append(character)
    pieces += [" ".join(letters)] if letters else []
    return _("« {text} »").format(text=", ".join(pieces)) if pieces else ""


def likely_domain(address: str) -> str | None:
    """A common domain one slip away from the one typed; None when it is common itself or far from all."""
    __, at, domain = address.strip().lower().rpartition("@")
    if not at or "." not in domain or domain in COMMON:
        return None
    close = [common for common in COMMON if _one_slip(domain, common)]
    return close[0] if close else None


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, lost, changed, or two neighbours swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return len(typed) != len(meant)
    rest_typed, rest_meant = typed[start:], meant[start:]
    swapped = rest_typed[:2] == rest_meant[1::-1] and rest_typed[2:] == rest_meant[2:]
    return swapped or rest_meant[1:] in (rest_typed, rest_typed[1:]) or rest_typed[1:] == rest_meant
