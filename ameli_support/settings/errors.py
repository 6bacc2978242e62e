"""What is wrong with a setting, as a sentence that names file, key and the nearest valid key."""

from collections.abc import Iterable

from ameli_support.i18n import _


class SettingsError(Exception):
    """A setting that cannot be used; `sentence` is for the person, `nearest` a valid key or None."""

    def __init__(self, file: str, key: str, sentence: str, nearest: str | None = None) -> None:
        self.file = file
        self.key = key
        self.nearest = nearest
        self.sentence = sentence
        super().__init__(sentence)


def nearest(word: str, known: Iterable[str], prefix: str = "") -> str | None:
    """The known name that is most like a word, behind `prefix`; None when none is."""
    import difflib

    close = difflib.get_close_matches(word.lower(), {name.lower(): name for name in known}, n=1, cutoff=0.5)
    if not close:
        return None
    name = next(name for name in known if name.lower() == close[0])
    return prefix + name


def unknown(file: str, key: str, near: str | None, what: str) -> SettingsError:
    """The error of a name that does not exist; `what` says so with `{key}`."""
    sentence = f"{file} : " + what.format(key=key)
    if near:
        sentence += _(" ; la plus proche est {nearest}").format(nearest=near)
    return SettingsError(file, key, sentence + ".", near)


def wrong(file: str, key: str, expected: str) -> SettingsError:
    """The error of a value that cannot be used. It is not repeated: it may be a secret."""
    sentence = _("{file} : {key} doit être {expected}.").format(file=file, key=key, expected=expected)
    return SettingsError(file, key, sentence, key)
