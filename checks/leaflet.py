"""The leaflet for the caller: what to do at home, as text to copy or print, with nothing about the person.

Only the mailbox's provider, the end of the link and the sentences of checks and procedure stand in it.
"""

import textwrap
from collections.abc import Iterator
from datetime import datetime

from ameli_support.i18n import Language, language
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.wording import fill, spoken_day, spoken_time
from checks.check import CANNOT, Check, Place, Text
from checks.run import Run
from checks.wording import said

WIDTH = 76
_TITLE = Text(
    "RETROUVER LE MAIL DE CONFIRMATION DE VOTRE COMPTE AMELI",
    "FINDING THE CONFIRMATION MAIL OF YOUR COMPTE AMELI",
)
_THE_MAIL = Text("Le mail à chercher", "The mail to look for")
_SUBJECT = Text("Objet : {subject}", "Subject: {subject}")
_SENDER = Text("Expéditeur : {sender}", "Sender: {sender}")
_BUTTON = Text("Bouton à presser : {button}", "Button to press: {button}")
_ENDS = Text(
    "Le lien marche jusqu'au {day} à {time} (heure de Paris).",
    "The link works until {day} at {time} (Paris time).",
)
_NO_LINK = Text(
    "Le lien du dernier mail n'est plus actif : il en faut un nouveau, au {call_centre}.",
    "The link of the last mail is no longer active: a new one is needed, from the {call_centre}.",
)
_ACTIVE = Text(
    "Votre compte est déjà activé : connectez-vous sur {site}, il n'y a plus de mail à chercher.",
    "Your account is already active: log in at {site}, there is no mail left to look for.",
)
_FIRST = Text("D'abord", "First")
_STEPS = Text("À faire, dans cet ordre", "To do, in this order")
_THEN = Text("Ensuite, dans cet ordre", "Then, in this order")
_OPEN = Text(
    "Ouvrez votre messagerie dans un navigateur ({webmail}).", "Open your mailbox in a browser ({webmail})."
)
_TAKE_CARE = Text("À savoir", "Good to know")
_CARE = (
    Text(
        "Ne donnez à personne ce lien ni vos codes, et ne transférez pas ce mail : nul agent ne les demande.",
        "Give nobody this link or your codes, and do not forward this mail: no agent asks for them.",
    ),
    Text(
        "Le bouton ouvre une page de l'Assurance Maladie ; là aussi, pressez « {button} ».",
        "The button opens a page of the Assurance Maladie; there too, press “{button}”.",
    ),
    Text(
        "Toujours rien ? Appelez le {call_centre} (de l'étranger {call_centre_abroad}).",
        "Still nothing? Call the {call_centre} (from abroad {call_centre_abroad}).",
    ),
)


def leaflet(
    run: Run, procedure: Procedure, *, ends: datetime | None = None, wanted: Language | None = None
) -> str:
    """The leaflet of a run: plain text, lines of at most 76 characters, by default in the language in force.

    `ends` is the end of the link that now works, where the agent may tell it. What the caller has already
    done in the call is left out; the cause found comes first.
    """
    tongue = wanted or language()
    return "\n".join(_lines(run, procedure, ends, tongue)) + "\n"


def _lines(run: Run, procedure: Procedure, ends: datetime | None, tongue: Language) -> Iterator[str]:
    values = _values(procedure, ends, tongue)

    def one(text: Text) -> str:
        return fill(text.text(tongue), values)

    yield one(_TITLE)
    yield ""
    if run.evidence.phase is Phase.ACTIVE:
        yield from _wrapped(one(_ACTIVE))
    else:
        yield one(_THE_MAIL)
        for text in (_SUBJECT, _SENDER, _BUTTON, *_of_the_link(run, ends)):
            yield from _wrapped(one(text), "  ")
        yield from _to_do(run, procedure, tongue)
    yield ""
    yield one(_TAKE_CARE)
    for text in _CARE:
        yield from _wrapped(one(text), "  - ")


def _of_the_link(run: Run, ends: datetime | None) -> tuple[Text, ...]:
    if ends is not None:
        return (_ENDS,)
    return (_NO_LINK,) if run.evidence.phase in (Phase.INACTIVE, Phase.CLOSED) else ()


def _to_do(run: Run, procedure: Procedure, tongue: Language) -> Iterator[str]:
    first, steps = _split(run)
    family = run.evidence.family
    if first is not None:
        yield ""
        yield _FIRST.text(tongue)
        yield from _wrapped(said(first.at_home or first.remedy, first, family, procedure, tongue), "  ")
    yield ""
    yield (_STEPS if first is None else _THEN).text(tongue)
    sentences = [said(_OPEN, run.check("junk_folder"), family, procedure, tongue)]
    sentences += [said(step.at_home, step, family, procedure, tongue) for step in steps if step.at_home]
    for number, sentence in enumerate(sentences, 1):
        yield from _wrapped(sentence, f"{number:3}. ")


def _split(run: Run) -> tuple[Check | None, list[Check]]:
    """The check whose cause was found, and those that the caller can still do alone: the order's, then
    those that were skipped or not told."""
    cause = run.conclusion.cause if run.conclusion is not None else ""
    unsure = [name for name, key in run.answers if key == CANNOT]
    names = [*run.order, *(name for name, _reason in run.skipped), *unsure]
    steps = [run.check(name) for name in dict.fromkeys(names) if name != cause]
    found = run.check(cause) if cause in run.checklist.checks else None
    if found is not None and found.at_home is None and found.place is Place.AGENT:
        found = None
    return found, [check for check in steps if check.at_home is not None]


def _values(procedure: Procedure, ends: datetime | None, tongue: Language) -> dict[str, object]:
    contacts, mail = procedure.contacts, procedure.mail
    return {
        "subject": mail.subject,
        "sender": mail.sender_name,
        "button": mail.button,
        "site": contacts.site,
        "call_centre": contacts.call_centre,
        "call_centre_abroad": contacts.call_centre_abroad,
        "day": spoken_day(ends, tongue) if ends is not None else "",
        "time": spoken_time(ends, tongue) if ends is not None else "",
    }


def _wrapped(text: str, head: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
