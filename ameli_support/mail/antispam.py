"""What the receiving side's filters noted in a mail, in plain French; an owner's rule is no filter."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ameli_support.i18n import _
from ameli_support.mail.parsing import Headers
from ameli_support.mail.tokens import shown


class Verdict(StrEnum):
    """What a filter decided, or whose rule moved the mail."""

    CLEAN = "clean"
    SPAM = "spam"
    PHISHING = "phishing"
    BULK = "bulk"
    OWNER_RULE = "owner_rule"
    OWNER_BLOCKED = "owner_blocked"
    OWNER_JUNK = "owner_junk"
    OWNER_TRUSTED = "owner_trusted"
    JUNK_FOLDER = "junk_folder"
    RELEASED = "released"
    ORGANISATION = "organisation"
    UNKNOWN = "unknown"


# the mailbox's own settings, not the filter, decided
BY_OWNER = {Verdict.OWNER_RULE, Verdict.OWNER_BLOCKED, Verdict.OWNER_JUNK}
AGAINST = {Verdict.SPAM, Verdict.PHISHING, Verdict.JUNK_FOLDER} | BY_OWNER


@dataclass(frozen=True, slots=True)
class Note:
    """One filter's verdict: the field's own words in short, and the agent's sentence as `text`."""

    filter: str
    verdict: Verdict
    detail: str
    text: str


def notes(headers: Headers) -> list[Note]:
    """Every verdict found in a mail."""
    return [*_microsoft(headers), *_others(headers)]


# ── Microsoft ───────────────────────────────────────────────────────────────

_PAIR = re.compile(r"([A-Za-z]{1,8}):([^;\s]{0,80})")
_BY_FILTER: dict[str, Verdict] = {
    "SPM": Verdict.SPAM,
    "SKS": Verdict.SPAM,
    "SKB": Verdict.SPAM,
    "BULK": Verdict.BULK,
    "NSPM": Verdict.CLEAN,
    "SKN": Verdict.CLEAN,
    "BLK": Verdict.OWNER_BLOCKED,
    "SFE": Verdict.OWNER_TRUSTED,
    "SKI": Verdict.ORGANISATION,
    "SKA": Verdict.ORGANISATION,
    "DMS": Verdict.ORGANISATION,
    "SKQ": Verdict.RELEASED,
}


def _microsoft(headers: Headers) -> list[Note]:
    """The report of Forefront (SFV, SCL, CAT) and where the mailbox put the mail (dest, ucf)."""
    report = _pairs(headers.get("x-forefront-antispam-report"))
    delivery = _pairs(headers.get("x-microsoft-antispam-mailbox-delivery"))
    level = report.get("SCL") or headers.get("x-ms-exchange-organization-scl").strip()
    found: list[Note] = []

    def note(verdict: Verdict, detail: str) -> None:
        found.append(_note("Microsoft", verdict, detail))

    sfv = report.get("SFV", "").upper()
    spam = sfv == "SPM" or (not sfv and _number(level) >= 5)
    if sfv in _BY_FILTER:
        note(_BY_FILTER[sfv], f"SFV:{sfv}" + (f" SCL:{level}" if level else ""))
    elif level and level.lstrip("-").isdigit():
        note(Verdict.SPAM if spam else Verdict.CLEAN, f"SCL:{level}")
    category = report.get("CAT", "").upper()
    if category in ("PHSH", "HPHSH", "HPHISH", "SPOOF", "UIMP", "DIMP", "GIMP"):
        note(Verdict.PHISHING, f"CAT:{category}")
    bulk = _pairs(headers.get("x-microsoft-antispam")).get("BCL", "")
    if _number(bulk) >= 6:
        note(Verdict.BULK, f"BCL:{bulk}")
    where = delivery.get("DEST", "").upper()
    if where == "C" or delivery.get("UCF") == "1" or delivery.get("OFR", "").upper() == "CUSTOMRULES":
        note(Verdict.OWNER_RULE, f"dest:{where or '?'} ucf:{delivery.get('UCF', '?')}")
    elif where == "J":
        note(Verdict.JUNK_FOLDER if spam else Verdict.OWNER_JUNK, "dest:J")
    return found


def _pairs(value: str) -> dict[str, str]:
    return {name.upper(): text for name, text in _PAIR.findall(value[:8000])}


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,3}", text) else -1


# ── the others ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Field:
    filter: str
    verdicts: tuple[tuple[Verdict, re.Pattern[str]], ...]
    score: re.Pattern[str] | None


_KNOWN_VERDICTS = (Verdict.PHISHING, Verdict.SPAM, Verdict.BULK, Verdict.CLEAN, Verdict.UNKNOWN)


@cache
def _fields() -> dict[str, _Field]:
    data = tomllib.loads((files("ameli_support.mail") / "antispam.toml").read_text("utf-8"))
    return {
        one["name"]: _Field(
            one["filter"],
            tuple((verdict, re.compile(one[verdict])) for verdict in _KNOWN_VERDICTS if verdict.value in one),
            re.compile(one["score"]) if "score" in one else None,
        )
        for one in data["field"]
    }


def _others(headers: Headers) -> list[Note]:
    found: list[Note] = []
    told: set[tuple[str, Verdict]] = set()
    for name, value in headers.fields:
        known = _fields().get(name)
        if known is None:
            continue
        text = value[:500].strip().lower()
        verdict = next((verdict for verdict, form in known.verdicts if form.search(text)), None)
        if verdict is None or (known.filter, verdict) in told:
            continue
        told.add((known.filter, verdict))
        score = known.score.search(text) if known.score else None
        found.append(_note(known.filter, verdict, score[1] if score else shown(value, 60)))
    return found


def _note(name: str, verdict: Verdict, detail: str) -> Note:
    sentence = {
        Verdict.CLEAN: _("{filter} n’y voit pas de courrier indésirable."),
        Verdict.SPAM: _("{filter} le tient pour du courrier indésirable."),
        Verdict.PHISHING: _("{filter} le tient pour de l’hameçonnage ou une usurpation."),
        Verdict.BULK: _("{filter} le tient pour un envoi en nombre."),
        Verdict.OWNER_RULE: _("Une règle de la personne l’a rangé ailleurs que dans la boîte de réception."),
        Verdict.OWNER_BLOCKED: _("L’expéditeur est dans la liste des bloqués de la personne."),
        Verdict.OWNER_JUNK: _(
            "Le filtre n’y voit rien, mais un réglage de la personne l’a mis en courrier indésirable."
        ),
        Verdict.OWNER_TRUSTED: _("L’expéditeur est dans la liste sûre de la personne."),
        Verdict.JUNK_FOLDER: _("Il a été rangé dans le courrier indésirable : les liens n’y marchent pas."),
        Verdict.RELEASED: _("Il a été retenu en quarantaine, puis libéré."),
        Verdict.ORGANISATION: _("L’organisation de la personne a réglé son passage elle-même."),
        Verdict.UNKNOWN: _("{filter} l’a examiné ; son avis n’est lisible que par lui."),
    }[verdict]
    return Note(name, verdict, detail, sentence.format(filter=name))
