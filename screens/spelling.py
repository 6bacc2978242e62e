"""An address as it is read back on the telephone, and the domain that was probably meant."""

from ameli_support.i18n import _

_TOGETHER = "\u00a0"  # a word that is spelled breaks no line


def spelled(address: str) -> str:
    """« a, point, d u b o i s, arobase, o r a n g e, point, f r »; empty for an empty text."""
    names = {".": _("point"), "@": _("arobase"), "-": _("tiret"), "_": _("tiret bas"), "+": _("plus")}
    pieces: list[str] = []
    letters: list[str] = []
    for character in address.strip():
        if character in names:
            pieces += [_TOGETHER.join(letters)] if letters else []
            pieces.append(names[character])
            letters = []
        else:
            letters.append(character)
    pieces += [_TOGETHER.join(letters)] if letters else []
    return _("« {text} »").format(text=", ".join(pieces)) if pieces else ""


def likely_domain(address: str) -> str | None:
    """The domain that was probably meant, or None; in a worker, the list of providers is long."""
    from ameli_support.mail.typos import suggest

    __, at, domain = address.strip().lower().rpartition("@")
    return suggest(domain) if at and "." in domain else None
