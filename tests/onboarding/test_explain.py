"""Verdicts in words: hints, sentences and consequences with real values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ameli_support.onboarding import explain
from ameli_support.onboarding.acts import Act, Effect, Reason
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import link_end
from ameli_support.onboarding.procedure import Moment
from ameli_support.onboarding.wording import (
    clock_time,
    countdown,
    elapsed,
    fill,
    plain,
    short_date,
    spans,
    spoken_day,
    spoken_time,
    written_date,
)
from tests.onboarding.model import DAY, T0, P

AT = T0 + 11 * DAY
ENDS = datetime(2026, 12, 3, 8, 14, tzinfo=UTC)
LATEST = datetime(2026, 12, 23, 22, 59, 59, tzinfo=UTC)


def text(french: str) -> str:
    return french.replace("\u00a0", " ")


def test_hints_are_those_of_the_drawings() -> None:
    def hint(act: Act, **known: object) -> str:
        return text(explain.hint(P, act, "fr", at=AT, **known))  # type: ignore[arg-type]

    assert hint(Act.RESEND, effect=Effect.NEW_LINK_SAME_ADDRESS) == "lien neuf, même adresse"
    assert hint(Act.RESEND, effect=Effect.SAME_LINK) == "même lien, même adresse"
    assert hint(Act.REISSUE, reason=Reason.LEVEL_2_FIRST) == "niveau 2 d’abord"
    assert hint(Act.REISSUE, reason=Reason.PHASE_INACTIVE, until=ENDS) == "× inutile avant le 03/12"
    assert hint(Act.REISSUE, reason=Reason.PHASE_LIVE, until=ENDS) == "× inutile : lien actif"
    closed = {"reason": Reason.PHASE_CLOSED, "window_closes_at": T0 + 7 * DAY}
    assert hint(Act.RESEND, **closed) == "× fini depuis le 19/11"
    assert hint(Act.RESEND, reason=Reason.PHASE_ACTIVE) == "× rien à envoyer"
    assert hint(Act.CORRECT, reason=Reason.PHASE_ACTIVE) == "× dans son compte ameli"
    waiting = {"reason": Reason.COOLDOWN, "until": AT + timedelta(seconds=117, microseconds=1)}
    assert hint(Act.RESEND, **waiting) == "× encore 1 min 58 s"
    assert hint(Act.SUSPEND, reason=Reason.PHASE_SUSPENDED) == "× déjà suspendue"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_has_a_hint_of_24_characters_and_a_sentence(
    reason: Reason, act: Act, language: str
) -> None:
    told = {"at": AT, "reason": reason, "until": LATEST, "window_closes_at": LATEST}
    if reason is Reason.COOLDOWN:
        told["until"] = AT + timedelta(seconds=119)
    hint = explain.hint(P, act, language, **told)  # type: ignore[arg-type]
    assert len(hint) <= 24, hint
    by_the_check = reason in (Reason.LEVEL_1_FIRST, Reason.LEVEL_2_FIRST)
    assert hint.startswith("× ") != by_the_check
    sentence = explain.refusal(P, act, language, **told)  # type: ignore[arg-type]
    assert sentence.endswith(".")
    assert "{" not in sentence + hint


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("effect", Effect)
def test_every_effect_has_a_hint_of_24_characters_and_a_consequence(effect: Effect, language: str) -> None:
    assert len(explain.hint(P, Act.RESEND, language, at=AT, effect=effect)) <= 24
    told = explain.consequence(P, effect, language, at=AT, address="a•••@orange.fr")
    assert told.endswith(".")
    assert "{" not in told


def test_a_consequence_names_the_address_and_the_end_of_the_link() -> None:
    ends = T0 + 20 * DAY
    same = explain.consequence(
        P, Effect.SAME_LINK, "fr", at=AT, address="a•••@orange.fr", link_expires_at=ends
    )
    assert text(same) == "Le même lien repart vers a•••@orange.fr, valable jusqu’au 02/12 à 09:14."
    new = explain.consequence(
        P, Effect.NEW_LINK_SAME_ADDRESS, "fr", at=AT, address="a•••@orange.fr", link_expires_at=ends
    )
    assert f"{short_date(link_end(AT, P))} à {clock_time(link_end(AT, P))}" in new


def test_the_words_of_another_scheme_or_fund() -> None:
    assert explain.elsewhere(P, "fr", scheme="msa")["contact"] == "votre caisse MSA, sur msa.fr"
    assert explain.elsewhere(P, "fr", scheme="?") == {
        "scheme": "un autre régime",
        "contact": "votre propre régime",
    }
    assert explain.elsewhere(P, "fr", fund="691") == {"contact": "CPAM du Rhône"}
    assert explain.elsewhere(P, "en", fund="?") == {"contact": "your own fund"}


def test_the_values_of_a_script_are_the_instants_known() -> None:
    assert explain.spoken("fr") == {}
    values = explain.spoken("fr", sent_at=T0, link_ends_at=ENDS)
    assert {name: text(str(value)) for name, value in values.items()} == {
        "sent_day": "jeudi 12 novembre",
        "sent_time": "9 h 14",
        "link_day": "jeudi 3 décembre",
        "link_time": "9 h 14",
    }


def test_instants_in_words() -> None:
    assert text(spoken_time(datetime(2026, 11, 12, 8, 0, tzinfo=UTC), "fr")) == "9 h"
    assert spoken_time(T0, "en") == "9:14"
    assert text(spoken_day(T0, "en")) == "Thursday 12 November"
    assert (written_date(T0), short_date(T0), clock_time(T0)) == ("12/11/2026", "12/11", "09:14")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-1, "0 s"), (0, "0 s"), (59, "59 s"), (118, "1 min 58 s"), (3600, "1 h 00 min"), (5100, "1 h 25 min")],
)
def test_time_left_in_words(seconds: int, expected: str) -> None:
    assert text(countdown(seconds)) == expected


@pytest.mark.parametrize(
    ("by", "french", "english"),
    [
        (timedelta(seconds=59), "moins d’une minute", "less than a minute"),
        (timedelta(minutes=1), "1 minute", "1 minute"),
        (timedelta(minutes=59), "59 minutes", "59 minutes"),
        (timedelta(hours=1), "1 heure", "1 hour"),
        (timedelta(hours=47), "47 heures", "47 hours"),
        (timedelta(hours=48), "2 jours", "2 days"),
        (timedelta(days=4, hours=23), "4 jours", "4 days"),
    ],
)
def test_time_passed_in_words(by: timedelta, french: str, english: str) -> None:
    assert text(elapsed(by, "fr")) == french
    assert text(elapsed(by, "en")) == english


def test_stressed_words_are_kept_apart_from_the_rest() -> None:
    sentence = "Il sera valable **sept jours**."
    assert list(spans(sentence)) == [("Il sera valable ", False), ("sept jours", True), (".", False)]
    assert plain(sentence) == "Il sera valable sept jours."
    assert list(spans("**tout**")) == [("tout", True)]


def test_only_named_values_are_filled_and_braces_in_them_stay() -> None:
    assert fill("{a} {B} { a }", {"a": "{b}"}) == "{b} {B} { a }"
    with pytest.raises(KeyError):
        fill("{a}", {})


def test_the_script_of_day_11_is_the_drawings() -> None:
    said = P.says(
        "inactive", Level.SIMPLE, Moment.POSSIBLE, "fr", supervisor=False, **explain.spoken("fr", sent_at=T0)
    )
    assert [text(line) for line in said] == [
        "Votre compte est créé, mais votre adresse mail n’est pas encore confirmée.",
        "Le lien du **jeudi 12 novembre** n’est plus actif.",
        "Je vous en renvoie un à la même adresse.",
        "Il sera valable **sept jours**.",
    ]


def test_a_sentence_without_its_value_is_refused_by_name() -> None:
    rules = replace(P)
    with pytest.raises(Exception, match=r"says\.inactive\.level_1\.possible: 'sent_day' is missing"):
        rules.says("inactive", Level.SIMPLE, Moment.POSSIBLE)


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (AT - timedelta(minutes=90), "depuis 07:44"),
        (AT - timedelta(days=1), "depuis hier à 09:14"),
        (AT - timedelta(days=3), "depuis le 20/11, il y a 3 jours"),
    ],
)
def test_a_sign_up_tells_since_when_it_stands(since: datetime, told: str) -> None:
    assert text(explain.stopped_since(P, "fr", since=since, at=AT)) == told
