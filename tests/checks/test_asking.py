"""The order of asking: near the least cost on the callers of population.toml, sure of nothing, explained."""

import random
from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.i18n import set_language
from ameli_support.mail.providers import load as providers
from bench import asking as bench
from checks import asking
from checks.asking import Question
from checks.beliefs import beliefs, weights
from checks.checklist import load as checklist
from checks.evidence import Evidence
from checks.priors import load as priors

TRUTH = priors()
KINDS = [kind for kind, _number in Counter(kind for kind, _causes in bench.draw(TRUTH)).most_common(8)]


def small(kind: bench.Kind) -> list[Question]:
    """Seven questions, of every place."""
    wanted = ("address_exact", "junk_folder", "other_address", "provider_block_list", "old_mail",
              "other_device", "mailbox_full")  # fmt: skip
    return [asking.question(checklist()[name], TRUTH) for name in wanted]


@pytest.mark.parametrize("kind", KINDS[:3], ids=str)
def test_the_least_cost_is_that_of_the_best_of_all_permutations(kind: bench.Kind) -> None:
    questions = small(kind)
    callers = bench.Callers(TRUTH, kind, questions)
    brute = min(callers.seconds(order) for order in permutations(questions))
    assert callers.least() == pytest.approx(brute)


def test_the_expected_cost_is_the_mean_of_callers_played_one_by_one() -> None:
    kind = KINDS[0]
    order = bench.orders(TRUTH, kind)["ours"]
    expected = bench.Callers(TRUTH, kind, order).seconds(order)
    callers = bench.Callers(TRUTH, kind, order)
    dice = random.Random(5)
    total, played = 0.0, 20_000
    for _caller in range(played):
        missing = {bench._one(dice, callers.first)}
        if dice.random() < TRUTH.two_causes:
            others = {cause: w for cause, w in callers.second.items() if cause not in missing}
            missing.add(bench._one(dice, others))
        opened: set[str] = set()
        for one in order:
            total += one.seconds + (0 if one.place in opened else TRUTH.open[one.place])
            opened.add(one.place)
            missing -= {c for c in missing & one.finds if dice.random() >= TRUTH.wrong_answers}
            if not missing:
                break
        else:
            total += TRUTH.escalate
    assert total / played == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_our_order_is_near_the_least_and_never_behind_the_others(kind: bench.Kind) -> None:
    orders = bench.orders(TRUTH, kind)
    cost = {name: bench.Callers(TRUTH, kind, order).seconds(order) for name, order in orders.items()}
    least = bench.Callers(TRUTH, kind, orders["ours"]).least()
    assert cost["ours"] <= 1.02 * least
    assert cost["ours"] <= 1.01 * min(cost.values())
    assert cost["ours"] < cost["document order"]


@pytest.mark.parametrize("kind", KINDS[:3], ids=str)
def test_with_priors_off_and_wrong_answers_it_stays_near_the_truth(kind: bench.Kind) -> None:
    dice = random.Random(TRUTH.seed)
    least = bench.Callers(TRUTH, kind, bench.orders(TRUTH, kind)["ours"]).least()
    costs = []
    for _draw in range(5):
        order = bench.orders(bench.off(TRUTH, dice), kind)["ours"]
        costs.append(bench.Callers(TRUTH, kind, order).seconds(order))
    assert sum(costs) / len(costs) <= 1.08 * least


def test_no_documented_check_is_dropped_by_any_order() -> None:
    for kind in KINDS:
        orders = bench.orders(TRUTH, kind)
        assert {frozenset(one.id for one in order) for order in orders.values()} == {
            frozenset(one.id for one in orders["document order"])
        }


names = st.sampled_from(sorted(checklist().checks))


@given(
    st.dictionaries(names, st.floats(0, 1), min_size=1),
    st.sets(st.sampled_from(["agent", "webmail", "program"])),
)
def test_the_cheapest_order_asks_each_question_once(known: dict[str, float], opened: set[str]) -> None:
    questions = [asking.question(checklist()[name], TRUTH) for name in known]
    order = asking.cheapest(questions, known, TRUTH, opened)
    assert sorted(one.id for one in order) == sorted(known)


def test_where_a_place_is_open_it_costs_nothing_more() -> None:
    costs = replace(TRUTH, open={"agent": 0.0, "webmail": 60.0, "program": 120.0})
    questions = [
        Question("old_mail", "webmail", 30, frozenset({"old_mail"})),
        Question("other_device", "program", 30, frozenset({"other_device"})),
    ]
    known = {"old_mail": 0.2, "other_device": 0.25}
    assert next(one.id for one in asking.cheapest(questions, known, costs)) == "old_mail"
    assert next(one.id for one in asking.cheapest(questions, known, costs, {"program"})) == "other_device"


# ── what is believed ────────────────────────────────────────────────────────


def test_probabilities_sum_to_one_and_an_answer_moves_them() -> None:
    known, seen = checklist(), Evidence(family=providers().families["orange"])
    before = weights(known, TRUTH, seen, {})
    assert sum(before.values()) == pytest.approx(1)
    no = {"junk_folder": known["junk_folder"].answer("no")}
    after = weights(known, TRUTH, seen, no)
    assert after["junk_folder"] < before["junk_folder"] / 5
    assert after["provider_block_list"] > before["provider_block_list"]
    assert after["junk_folder"] > 0  # an answer may be wrong
    cannot = {"junk_folder": known["junk_folder"].answer("cannot_tell")}
    assert weights(known, TRUTH, seen, cannot) == before


def test_each_cause_has_its_reason_in_one_line() -> None:
    set_language("fr")
    known = checklist()
    seen = Evidence(
        family=providers().families["orange"], signals={"links": "several", "send": "refused_full"}
    )
    answers = {"old_mail": known["old_mail"].answer("no"), "junk_folder": known["junk_folder"].answer("yes")}
    told = {one.cause: one.why for one in beliefs(known, TRUTH, seen, answers, ["link_blocked"])}
    assert told["provider_block_list"] == "plus fréquent chez Orange"
    assert told["mailbox_full"] == "le serveur dit la boîte pleine"
    assert told["old_mail"] == "écarté par une réponse"
    assert told["junk_folder"] == "prouvé par une réponse"
    assert told["link_blocked"] == "remède essayé, sans effet"


def test_evidence_brings_the_full_mailbox_to_the_front() -> None:
    seen = Evidence(family=providers().families["yahoo"], signals={"send": "refused_full"})
    assert beliefs(checklist(), TRUTH, seen, {})[0].cause == "mailbox_full"
