"""Where a link's token stands in a text, in whatever form, and what is shown instead (rules §3)."""

import re
import unicodedata
from base64 import b64encode

MARK = "[jeton]"
LENGTH = 64

_CHARACTERS = "A-Za-z0-9_-"
# plain, percent-encoded once or more, quoted-printable, Proofpoint's own form
_SLASH = r"(?:/|\\/|%(?:25)*2f|=2f|-2f|_)"
_PAGES = ("confirmer", "renvoyer", "code-oublie")
_PAGE = "|".join(page.replace("-", r"(?:-|%(?:25)*2d|=2d|-2d)") for page in _PAGES)
_IN_PATH = re.compile(
    rf"(?i)((?:{_PAGE}){_SLASH})(?!{re.escape(MARK)})(?:[{_CHARACTERS}]|%(?:25)*[0-9a-f]{{2}}|=\n|=[0-9a-f]{{2}})+"
)
_BARE = re.compile(
    rf"(?:(?<![{_CHARACTERS}])|(?<=[%=][0-9A-Fa-f]{{2}}))"
    rf"(?=[{_CHARACTERS}]{{0,63}}[A-Z])(?=[{_CHARACTERS}]{{0,63}}[a-z])(?=[{_CHARACTERS}]{{0,63}}[0-9])"
    rf"[{_CHARACTERS}]{{{LENGTH}}}(?![{_CHARACTERS}])"
)


def _base64_forms(word: str) -> str:
    """The characters that `word` gives in base64 at each of the three places it can begin."""
    forms = []
    for shift in range(3):
        data = b"\0" * shift + word.encode()
        whole = b64encode(data + b"\0" * (-len(data) % 3)).decode()
        first = (0, 2, 3)[shift]
        forms.append(whole[first : len(data) * 8 // 6])
    return "|".join(re.escape(form) for form in forms)


_IN_BASE64 = re.compile("|".join(_base64_forms(word) for word in _PAGES))
_BASE64_RUN = re.compile(r"(?:[A-Za-z0-9+/_-]|%2[bfBF])+(?:=|%3[dD])*")


def without_tokens(text: str) -> str:
    """`text` with `[jeton]` in the place of every token of ours, plain, escaped or in base64."""
    text = _IN_PATH.sub(rf"\g<1>{MARK}", text)
    text = _BARE.sub(MARK, text)
    return _BASE64_RUN.sub(_masked_run, text) if _IN_BASE64.search(text) else text


def _masked_run(run: re.Match[str]) -> str:
    return MARK if _IN_BASE64.search(run[0]) else run[0]


def shown(text: str, limit: int = 500) -> str:
    """A text of somebody else's as it may be derived and shown: no token, no control character, one line."""
    # first as it stands: a soft line break in the middle of a token would be taken for its end
    text = without_tokens(text[: 20 * limit])
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return without_tokens(" ".join(text.split()))[:limit]
