"""The order of asking, on the callers of checks/population.toml: expected seconds of five orders.

A caller has one cause, or two by the file's share. A question finds a cause that is there unless its answer
is wrong, and a wrong one costs a remedy in vain. A call ends when its causes are found, else it is escalated.
The expectation is exact for callers of one kind (provider and signals). What is left then depends on the set
of questions asked, not on their order: the least cost over all orders is exact by recursion over sets (a test
compares it with all permutations). An order is not changed when the first of two causes is found.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from math import prod

from ameli_support.mail.providers import load as providers
from ameli_support.onboarding.identity import Level
from bench.measure import line, title
from checks import asking, priors
from checks.asking import Question
from checks.beliefs import weights
from checks.checklist import Checklist
from checks.checklist import load as checklist
from checks.evidence import Evidence
from checks.priors import Priors

# kinds of callers that are measured, the most frequent first, and draws of priors that are off
KINDS, DRAWS = 60, 5
# what the service's record answers by itself: no question is left of these
BY_EVIDENCE = frozenset({"already_active", "not_handed_over", "refused_or_bounced", "sender_refused"})
Order = Sequence[Question]
Kind = tuple[str, tuple[tuple[str, str], ...]]


class Callers:
    """The callers of one kind: their causes' true probabilities and what any order costs them."""

    def __init__(self, truth: Priors, kind: Kind, questions: Order) -> None:
        self.truth, self.questions = truth, tuple(questions)
        self.bits = {one.id: 1 << at for at, one in enumerate(self.questions)}
        family, signals = kind
        first = _normal(
            {
                cause: weight
                * truth.times(cause, family)
                * prod(truth.likelihood(signal, value, cause) for signal, value in signals)
                for cause, weight in truth.weights.items()
            }
        )
        second = _normal({cause: w * truth.times(cause, family) for cause, w in truth.weights.items()})
        self.first, self.second = first, second
        self.left = lru_cache(maxsize=None)(self._left)

    def _left(self, asked: int) -> float:
        """The share of callers with a cause that is not found, once a set of questions was asked."""
        wrong = self.truth.wrong_answers
        seen = {
            cause: 1.0
            - wrong ** sum(cause in one.finds for one in self.questions if asked & self.bits[one.id])
            for cause in self.first
        }
        one = sum(self.first[cause] * seen[cause] for cause in self.first)
        spread = sum(self.second[cause] * seen[cause] for cause in self.second)
        two = sum(
            self.first[cause]
            * seen[cause]
            * (spread - self.second[cause] * seen[cause])
            / (1.0 - self.second[cause])
            for cause in self.first
        )
        share = self.truth.two_causes
        return 1.0 - (1.0 - share) * one - share * two

    def seconds(self, order: Order) -> float:
        """The expected seconds of an order."""
        asked, opened, total = 0, set[str](), 0.0
        for one in order:
            total += self.left(asked) * (one.seconds + self._opening(one, opened))
            opened.add(one.place)
            asked |= self.bits[one.id]
        return total + self.left(asked) * self.truth.escalate

    def _opening(self, one: Question, opened: set[str]) -> float:
        return 0.0 if one.place in opened else self.truth.open[one.place]

    def least(self) -> float:
        """The least expected seconds over all orders."""
        every = (1 << len(self.questions)) - 1
        after = {every: self.left(every) * self.truth.escalate}
        for asked in range(every - 1, -1, -1):
            opened = {one.place for one in self.questions if asked & self.bits[one.id]}
            left = self.left(asked)
            after[asked] = min(
                left * (one.seconds + self._opening(one, opened)) + after[asked | self.bits[one.id]]
                for one in self.questions
                if not asked & self.bits[one.id]
            )
        return after[0]


def _normal(table: Mapping[str, float]) -> dict[str, float]:
    total = sum(table.values())
    return {name: value / total for name, value in table.items()}


def draw(truth: Priors) -> list[tuple[Kind, frozenset[str]]]:
    """The callers of the file, seeded: the kind that the programme sees and the hidden causes."""
    dice = random.Random(truth.seed)
    callers = []
    for _caller in range(truth.callers):
        family = _one(dice, truth.shares)
        table = {cause: w * truth.times(cause, family) for cause, w in truth.weights.items()}
        cause = _one(dice, table)
        causes = {cause}
        if dice.random() < truth.two_causes:
            causes.add(_one(dice, {other: w for other, w in table.items() if other != cause}))
        signals = tuple(
            (name, _one(dice, {value: truth.likelihood(name, value, cause) for value in tables["usual"]}))
            for name, tables in truth.signals.items()
        )
        callers.append(((family, signals), frozenset(causes)))
    return callers


def _one(dice: random.Random, table: Mapping[str, float]) -> str:
    return dice.choices(list(table), list(table.values()))[0]


def off(truth: Priors, dice: random.Random) -> Priors:
    """The same with every prior wrong by up to the file's share, either way."""
    part = truth.priors_off
    return replace(
        truth, weights={cause: w * dice.uniform(1 - part, 1 + part) for cause, w in truth.weights.items()}
    )


def evidence(kind: Kind) -> Evidence:
    """What the programme sees of callers of a kind."""
    family, signals = kind
    return Evidence(level=Level.REINFORCED, family=providers().families.get(family), signals=dict(signals))


def left_to_ask(known: Checklist, believed: Priors, seen: Evidence) -> list[Question]:
    """The questions that the evidence leaves, in the document's order."""
    return [
        asking.question(check.at(seen.level), believed)
        for check in known.checks.values()
        if check.id not in BY_EVIDENCE and check.applies(seen) is None
    ]


def orders(believed: Priors, kind: Kind) -> dict[str, list[Question]]:
    """Each order for callers of a kind, by what is believed of them."""
    known, seen = checklist(), evidence(kind)
    questions = left_to_ask(known, believed, seen)
    now = weights(known, believed, seen, {})
    return {
        "document order": questions,
        "by probability": asking.by_probability(questions, now),
        "by p/c": asking.by_ratio(questions, now),
        "ours": asking.cheapest(questions, now, believed),
    }


def paper(truth: Priors, kind: Kind) -> float:
    """The document's list on paper: nothing is found out before asking, every check is a question."""
    everything = [asking.question(check, truth) for check in checklist().checks.values()]
    return Callers(truth, kind, everything).seconds(everything)


def run() -> None:
    """Prints the expected seconds of each order, with the priors right and with priors off."""
    truth = priors.load()
    title("The order of asking, expected seconds a call")
    kinds = Counter(kind for kind, _causes in draw(truth)).most_common(KINDS)
    share = sum(number for _kind, number in kinds) / truth.callers
    line("kinds of callers measured, and their share of all", f"{len(kinds)}, {share:.0%}")
    best = {kind: Callers(truth, kind, orders(truth, kind)["ours"]).least() for kind, _n in kinds}
    optimum = _mean(kinds, best.__getitem__)
    line("least over all orders that know the truth, s", f"{optimum:.0f}")
    line("the document's list on paper, s", f"{_mean(kinds, lambda kind: paper(truth, kind)):.0f}")
    _table(truth, kinds, optimum, [truth], "priors right")
    dice = random.Random(truth.seed)
    _table(truth, kinds, optimum, [off(truth, dice) for _draw in range(DRAWS)], "priors off")


def _table(
    truth: Priors, kinds: list[tuple[Kind, int]], optimum: float, believed: list[Priors], label: str
) -> None:
    aims = {"priors right": "aim: ≤ +2 %", "priors off": "aim: ≤ +8 %"}
    names = ("document order", "by probability", "by p/c", "ours")
    costs = {name: _mean_of_all(truth, kinds, believed, name) for name in names}
    for name, cost in costs.items():
        excess = f"{cost:.0f} (+{cost / optimum - 1:.1%})"
        line(f"{label}: {name}, s (over the least)", excess, aims[label] if name == "ours" else "")
    line(f"{label}: saved against the document order", f"{1 - costs['ours'] / costs['document order']:.0%}")


def _mean_of_all(truth: Priors, kinds: list[tuple[Kind, int]], believed: list[Priors], name: str) -> float:
    means = [_mean(kinds, partial(_cost, truth, one, name)) for one in believed]
    return sum(means) / len(means)


def _cost(truth: Priors, believed: Priors, name: str, kind: Kind) -> float:
    order = orders(believed, kind)[name]
    return Callers(truth, kind, order).seconds(order)


def _mean(kinds: list[tuple[Kind, int]], cost: Callable[[Kind], float]) -> float:
    return sum(number * cost(kind) for kind, number in kinds) / sum(number for _kind, number in kinds)
