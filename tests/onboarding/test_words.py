"""The words of procedure.toml: the screens' budgets, typography, one sentence a line, placeholders."""

import re
import textwrap
from itertools import product

import pytest

from ameli_support.casework.case import Outcome
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.journey import Place, sees
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import Moment
from ameli_support.onboarding.wording import fill, placeholders, plain
from tests.onboarding.model import P

LANGUAGES = ("fr", "en")
# the longest that can stand in each place, by language
LONGEST: dict[str, dict[str, object]] = {
    "fr": {
        "sent_day": "mercredi 23 septembre",
        "sent_time": "23\u00a0h\u00a059",
        "link_day": "mercredi 23 septembre",
        "link_time": "23\u00a0h\u00a059",
        "scheme": "Cavimac (régime des cultes)",
        "contact": "votre caisse MSA, sur msa.fr",
        "resume": "Reprenez sur **assure.ameli.fr**, avec le code provisoire.",
    },
    "en": {
        "sent_day": "Wednesday 23 September",
        "sent_time": "23:59",
        "link_day": "Wednesday 23 September",
        "link_time": "23:59",
        "scheme": "Cavimac (clergy scheme)",
        "contact": "your MSA fund, on msa.fr",
        "resume": "Go on at **assure.ameli.fr**, with your personal code.",
    },
}
NEVER_BREAKS = "\ue000"
NEWLINE = "\n"
ALL = [
    (key, language, line)
    for key, cell in P.cells.items()
    for language in LANGUAGES
    for line in cell.lines(language)
]
FRENCH = [(key, line) for key, cell in P.cells.items() for line in cell.fr]


def rows(lines: tuple[str, ...], width: int = 57) -> list[str]:
    """As a screen sets them: a sentence a line, in « », never broken at a no-break space."""
    said = NEWLINE.join(plain(line) for line in lines)
    quoted = f"«\u00a0{said}\u00a0»".replace("\u00a0", NEVER_BREAKS)
    wrap = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False).wrap
    return [row for line in quoted.split(NEWLINE) for row in wrap(line)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", Place)
def test_every_script_fits_five_rows_of_57(place: Place, language: str) -> None:
    for level, moment, own in product(Level, Moment, (False, True)):
        set_out = rows(P.says(place, level, moment, language, supervisor=own, **LONGEST[language]))
        assert len(set_out) <= 5, set_out
        assert max(map(len, set_out)) <= 57


def test_a_line_of_a_script_is_one_sentence() -> None:
    for key, language, line in ALL:
        if key.startswith("says."):
            spoken = fill(plain(line), {**P.values[language], **LONGEST[language]})
            assert re.search(r"[.?!]$", spoken), key
            assert not re.search(r"[.?!]\u00a0?[ ][A-ZÀÉ]", spoken), key


@pytest.mark.parametrize(("place", "moment"), product([p for p in Place if p.is_the_persons], Moment))
def test_at_level_0_nothing_of_the_record_is_told(place: Place, moment: Moment) -> None:
    said = P.says(place, Level.NOTHING, moment)
    general = {
        P.says(known, Level.NOTHING, some)
        for known in (Place.UNIDENTIFIED, Place.NO_RECORD)
        for some in Moment
    }
    assert said in general
    after_an_address = place.value in {*Phase} or place.value.startswith("live")
    if after_an_address and place is not Place.ENDED:
        assert said == P.says(Place.UNIDENTIFIED, Level.NOTHING, moment)


def test_who_must_not_be_told_is_told_the_same_whatever_the_level() -> None:
    for place in (Place.LOCKED, Place.DECEASED, Place.RESTRICTED, Place.MINOR):
        assert len({P.says(place, level, moment) for level in Level for moment in Moment}) == 1
    assert P.says(Place.LOCKED, Level.NOTHING, Moment.POSSIBLE) == (P.text("reminders.cannot_continue"),)


def test_while_a_mail_is_queued_nobody_says_that_it_left() -> None:
    for language, left in (("fr", r"parti\b|envoyé"), ("en", r"\bleft on\b|was sent")):
        for level, moment in product(Level, Moment):
            said = P.says(Place.LIVE_QUEUED, level, moment, language, supervisor=False, **LONGEST[language])
            assert not re.search(left, " ".join(said).replace("pas encore parti", "")), said
    for page in ("newer_queued", "login_queued", "resent", "read_your_mail"):
        assert "envoyé" not in " ".join(P.pages[page].sentences)


def test_no_act_band_or_hint_says_sent() -> None:
    for key, line in FRENCH:
        if key.startswith(
            ("acts.", "bands.", "effects.", "hints.", "outcomes.", "phases.", "provisional_code.")
        ):
            assert "envoyé" not in line, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("where", [place for place in Place if place.is_the_persons])
def test_what_the_person_sees_fits_three_rows(where: Place, language: str) -> None:
    screenful = sees(where, P, language, fund=None, **LONGEST[language])
    buttons = (f"Boutons « {' », « '.join(screenful.buttons)} »",) if screenful.buttons else ()
    set_out = [row for line in (*screenful.lines, *buttons) for row in textwrap.wrap(line, 57)]
    assert len(set_out) <= 3, set_out


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_the_rail_have_18_characters(language: str) -> None:
    for name in P.names("steps"):
        assert len(P.text(f"steps.{name}", language)) <= 18


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", P.names("bands"))
def test_the_short_band_leaves_room_at_80_columns(name: str, language: str) -> None:
    longest = {"date": "23/12", "time": "23:59", "step": "Code personnel", "step_number": 4}
    values = {**longest, "since": "20 jours", "ended": "conditions refusées", "reason": "Dossier verrouillé"}
    right = P.text(f"bands.{name}.right", language, **values)
    if name != "stale":
        assert len(P.text(f"bands.{name}.short", language, **values)) + len(right) <= 75
        assert len(P.text(f"bands.{name}.left", language, **values)) + len(right) <= 100


@pytest.mark.parametrize(
    "fault",
    [
        r"'|\u202f|^\s|\s$",
        r"(?<!\u00a0)[;!?»]",
        r"«(?!\u00a0)",
        r"(?<![\u00a0\d]):|(?<!\u00a0):(?!\d)",
    ],
)
def test_french_typography(fault: str) -> None:
    """A typographic apostrophe; a no-break space before ; : ! ? » and after «, but in a time of day."""
    blank = re.compile(r"\{[a-z_]+\}")
    assert [(key, line) for key, line in FRENCH if re.search(fault, blank.sub("x", plain(line)))] == []


@pytest.mark.parametrize("fault", [r"'", r"(?<!oublié)(?<!vous)[ \u00a0][:;!?]", r"[«»]"])
def test_english_typography(fault: str) -> None:
    """French labels keep their own space before ?."""
    english = [(key, line) for key, cell in P.cells.items() for line in cell.en]
    assert [(key, line) for key, line in english if re.search(fault, line)] == []


def test_only_the_persons_own_words_have_no_english() -> None:
    untranslated = {key.split(".")[0] for key, cell in P.cells.items() if not cell.en}
    assert untranslated == {"mail", "pages", "forms", "contacts"}


KNOWN = {
    *("sent_day", "sent_time", "link_day", "link_time", "scheme", "contact", "countdown"),
    *("address", "date", "time", "since", "step", "step_number", "ended", "reason", "providers"),
    *("resume", "rule", "subject", "sender_name", "mail_button", "provider", "code", "stage"),
}


def test_only_known_values_are_named() -> None:
    for key, language, line in ALL:
        assert placeholders(line) <= KNOWN | P.values[language].keys(), key
        assert line.count("{") == line.count("}") == len(re.findall(r"\{[a-z_]+\}", line)), key
        assert line.count("**") % 2 == 0, key


def test_both_languages_name_the_same_values() -> None:
    for key, cell in P.cells.items():
        if cell.en:
            assert placeholders(" ".join(cell.fr)) == placeholders(" ".join(cell.en)), key


def test_numbers_as_they_are_said() -> None:
    words = {"fr": {7: "sept jours"}, "en": {7: "seven days"}}
    for language in LANGUAGES:
        assert P.text("spoken.link_days_spoken", language) == words[language][P.numbers.link_days]


def test_outcomes_causes_reasons_and_queues_are_those_of_the_rules() -> None:
    assert P.names("outcomes") == tuple(outcome.value for outcome in Outcome)
    assert P.names("causes")[-4:] == ("link_inactive", "window_closed", "none", "unknown")
    assert P.names("reissue_reasons") == ("mail_not_found", "absent", "clicked_too_late", "other")
    assert P.names("correct_reasons") == ("typo", "test_other_address", "mailbox_lost", "other")
    assert P.names("queues") == ("fund", "technical", "fraud", "bereavement")
    for queue in P.names("queues"):
        assert all(P.text(f"queues.{queue}.{part}") for part in ("label", "owner", "delay"))
