"""The order of asking: the document's, or the cheapest expected one by block-greedy (facts/mail.md §6.4).

A place costs time to open, once a call. The cheapest next question is the best ratio of what it may find to
what it costs, where a closed place counts with the best beginning of its own questions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from checks.check import Check
from checks.priors import Priors

ADDED_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Question:
    """A check as the order sees it: where, its seconds (false alarms included), the causes that it finds."""

    id: str
    place: str
    seconds: float
    finds: frozenset[str]


def question(check: Check, priors: Priors) -> Question:
    """The check with its expected seconds."""
    seconds = priors.ask.get(check.id, ADDED_SECONDS) + priors.wrong_answers * priors.remedy_in_vain
    finds = frozenset(cause for answer in check.answers for cause in answer.proves)
    return Question(check.id, check.place, seconds, finds)


def cheapest(
    questions: Sequence[Question],
    weights: Mapping[str, float],
    priors: Priors,
    opened: Collection[str] = (),
) -> list[Question]:
    """All the questions in the order of least expected seconds, as if each answer were no."""
    left, known, places = list(questions), dict(weights), set(opened)
    order = []
    while left:
        first = _first(left, known, priors, places)
        order.append(first)
        left.remove(first)
        places.add(first.place)
        for cause in first.finds:
            known[cause] = known.get(cause, 0.0) * priors.wrong_answers
    return order


def _first(
    left: Sequence[Question], weights: Mapping[str, float], priors: Priors, opened: Collection[str]
) -> Question:
    """The next question: of the place whose best beginning finds most a second."""
    best: tuple[float, Question] | None = None
    for place in dict.fromkeys(one.place for one in left):
        here = sorted((one for one in left if one.place == place), key=lambda one: -ratio(one, weights))
        gain, seconds = 0.0, 0.0 if place in opened else priors.open[place]
        for one in here:
            gain, seconds = gain + found(one, weights), seconds + one.seconds
            if best is None or gain / seconds > best[0]:
                best = gain / seconds, here[0]
            if place in opened:
                break
    assert best is not None
    return best[1]


def found(one: Question, weights: Mapping[str, float]) -> float:
    """How likely the question finds a cause."""
    return sum(weights.get(cause, 0.0) for cause in one.finds)


def ratio(one: Question, weights: Mapping[str, float]) -> float:
    """What it may find, a second of asking."""
    return found(one, weights) / one.seconds


def by_probability(questions: Sequence[Question], weights: Mapping[str, float]) -> list[Question]:
    """The likeliest first: for comparison."""
    return sorted(questions, key=lambda one: -found(one, weights))


def by_ratio(questions: Sequence[Question], weights: Mapping[str, float]) -> list[Question]:
    """The classic p/c, which knows no places: for comparison."""
    return sorted(questions, key=lambda one: -ratio(one, weights))
