"""The family of one answer of a mail server: provider's code, then SMTP code and words, then enhanced code.

Rules and codes are data (`bounce_rules.toml`). What none of them knows stays unknown.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ameli_support.mail.families import NEVER_TEMPORARY, Family, Reason, family_of
from ameli_support.mail.senses import sense_of

# longer texts are cut: what matters stands at the head of an answer
MAX_READ = 4000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why, whose matter it is, and whether trying again can help (None when nothing says it)."""

    reason: Reason
    family: Family
    permanent: bool | None


@dataclass(frozen=True, slots=True)
class Codes:
    """The reply code (RFC 5321) and the enhanced code (RFC 3463) that a text bears."""

    reply: int | None
    enhanced: str | None

    @property
    def kind(self) -> int | None:
        """2 done, 4 for now, 5 for good; the reply's own class wins."""
        if self.reply is not None:
            return self.reply // 100
        return int(self.enhanced[0]) if self.enhanced else None


# a three-digit code where an answer begins, or after what announces one
_REPLY = re.compile(
    r"(?:^[\s<>*'\"]*|smtp ?; ?|said:? ?|reason: ?|to me: ?|error: ?|code: ?|[:;] )"
    r"([245][0-5]\d)(?=[ :;,#-]|$)"
)
_REPLY_BEFORE_ENHANCED = re.compile(r"(?<![\d.])([245][0-5]\d)[ -]#?(?=[245]\.[0-7]\.\d)")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?!\d|\.\d)")


_ADDRESS = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?")


def codes_in(text: str) -> Codes:
    """The codes of an answer; an IP address is none, nor an enhanced code of another class."""
    text = text[:MAX_READ].lower()
    found = _REPLY.search(text) or _REPLY_BEFORE_ENHANCED.search(text)
    reply = int(found[1]) if found else None
    for enhanced in _ENHANCED.findall(text):
        if reply is None or int(enhanced[0]) == reply // 100:
            return Codes(reply, enhanced)
    return Codes(reply, None)


def read(text: str, *, reply: int | None = None, enhanced: str | None = None) -> Verdict:
    """The verdict on one answer; `reply` and `enhanced` override the codes that the text bears."""
    own = codes_in(text)
    return _judge(fold(text), Codes(reply or own.reply, enhanced or own.enhanced))


def read_words(text: str) -> Verdict:
    """The verdict on prose about a delivery, of which only the words count."""
    return _judge(fold(text), Codes(None, None))


def fold(text: str) -> str:
    """Lower case without accents or control characters, ß as ss, one space between words, cut to size."""
    text = text[:MAX_READ].lower().replace("ß", "ss").replace("’", "'").replace("`", "'")
    flat = unicodedata.normalize("NFKD", text)
    marks = (c for c in flat if not unicodedata.combining(c))
    flat = "".join(c if c.isprintable() else " " for c in marks)
    return " ".join(flat.split())[:MAX_READ]


def _judge(text: str, codes: Codes) -> Verdict:
    if codes.kind == 2:
        return _verdict(Reason.DELIVERED, codes)
    rules = _rules()
    reason = rules.reason_of(text, _ADDRESS.sub(" ", text), codes)
    if reason is not None:
        proven = not (codes.kind == 4 and _proves_nothing(reason, text))
        return _verdict(reason if proven else Reason.TEMPORARY, codes)
    return _verdict(Reason.TEMPORARY if codes.kind == 4 else Reason.UNKNOWN, codes)


def _proves_nothing(reason: Reason, text: str) -> bool:
    """What a server tries again later is no dead address, and no closed mailbox if it says "for now"."""
    return family_of(reason) in NEVER_TEMPORARY and (reason is not Reason.INACTIVE or "temporar" in text)


def _verdict(reason: Reason, codes: Codes) -> Verdict:
    family = family_of(reason)
    permanent: bool | None
    if family in (Family.MAILBOX_FULL, Family.TEMPORARY_OR_TECHNICAL):
        permanent = False
    elif family in (Family.COMPLAINT, Family.AUTO_REPLY, Family.DELIVERED):
        permanent = None
    else:
        permanent = {4: False, 5: True}.get(codes.kind or 0, None if family is Family.UNKNOWN else True)
    return Verdict(reason, family, permanent)


# ── rules ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: Reason
    fits: re.Pattern[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Rules:
    french: re.Pattern[str]
    french_codes: Mapping[str, Reason]
    provider: Sequence[_Rule]
    words: Sequence[_Rule]
    later: Sequence[_Rule]
    enhanced: Mapping[str, Reason]
    enhanced_late: Mapping[str, Reason]
    smtp: Mapping[int, Reason]

    def reason_of(self, text: str, words: str, codes: Codes) -> Reason | None:
        """The first reason that codes and words give, in the order of the sources.

        `words`: the text without addresses, which stand between the words of a sentence.
        """
        return (
            self._of_french(text)
            or _first(self.provider, text)
            or _first(self.words, text)
            or _first(self.words, words)
            or _of_enhanced(self.enhanced, codes)
            or _first(self.later, text)
            or _first(self.later, words)
            or _of_enhanced(self.enhanced_late, codes)
            or sense_of(words)
            or self._of_reply(codes)
        )

    def _of_reply(self, codes: Codes) -> Reason | None:
        """What the SMTP code says alone; an enhanced code about content or policy contradicts it."""
        if codes.enhanced is not None and codes.enhanced[2:3] in ("6", "7"):
            return None
        return self.smtp.get(codes.reply or 0)

    def _of_french(self, text: str) -> Reason | None:
        found = self.french.search(text)
        if found is None:
            return None
        return self.french_codes.get(found[1]) or self.french_codes.get(found[1][:2] + "x")


def _first(rules: Sequence[_Rule], text: str) -> Reason | None:
    for rule in rules:
        if rule.fits.search(text) and not (rule.unless and rule.unless.search(text)):
            return rule.reason
    return None


def _of_enhanced(table: Mapping[str, Reason], codes: Codes) -> Reason | None:
    if codes.enhanced is None:
        return None
    detail = codes.enhanced[2:]
    reason = table.get(detail) or table.get(detail.partition(".")[0] + ".x")
    # a server that tries again later has proved nothing by such a code
    return None if reason and codes.kind == 4 and family_of(reason) in NEVER_TEMPORARY else reason


@cache
def _rules() -> _Rules:
    data = tomllib.loads((files("ameli_support.mail") / "bounce_rules.toml").read_text("utf-8"))
    french = data["french"]
    return _Rules(
        french=re.compile(french.pop("pattern")),
        french_codes=_by_code(french),
        provider=[_rule(one) for one in data["provider"]],
        words=[_rule(one) for one in data["words"]],
        later=[_rule(one) for one in data["later"]],
        enhanced=_by_code(data["enhanced"]),
        enhanced_late=_by_code(data["enhanced_late"]),
        smtp={code: Reason(reason) for reason, codes in data["smtp"].items() for code in codes},
    )


def _by_code(table: Mapping[str, Sequence[str]]) -> dict[str, Reason]:
    return {code.lower(): Reason(reason) for reason, codes in table.items() for code in codes}


def _rule(one: Mapping[str, Any]) -> _Rule:
    unless = one.get("unless")
    return _Rule(
        Reason(one["reason"]),
        re.compile("|".join(f"(?:{pattern})" for pattern in one["any"])),
        re.compile(unless) if unless else None,
    )
