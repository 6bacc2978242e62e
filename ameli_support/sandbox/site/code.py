"""The personal code: step 2 of 3, and wherever else one is chosen (rules §1 step 4, §5)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.onboarding.personal_code import CodeRule, failures, strength
from ameli_support.onboarding.procedure import Procedure
from ameli_support.sandbox import hashing, signing_up
from ameli_support.sandbox.signing_up import NotAtThisStep
from ameli_support.sandbox.site import forms, looks, paths
from ameli_support.sandbox.site.arriving import leave, onward, standing
from ameli_support.sandbox.site.forms import Fault
from ameli_support.sandbox.site.serving import Ask, Site


@dataclass(frozen=True, slots=True)
class Chosen:
    """A code typed twice, checked: every fault at once, and the broken rules in the document's order."""

    code: str
    faults: tuple[Fault, ...]
    broken: tuple[CodeRule, ...]


def routes(site: Site) -> list[WebRoute]:
    """The page and its form."""
    return [site.get(paths.CODE, show), site.post(paths.CODE, choose)]


def show(ask: Ask) -> Response:
    """The page, to whoever stands at this step."""
    there = standing(ask.site.world, ask.session)
    return _page(ask, None) if there.path == paths.CODE else onward(ask, there)


async def choose(ask: Ask) -> Response:
    """CONTINUER with a code; RETOUR leaves, and the request waits here."""
    world = ask.site.world
    there = await run_in_threadpool(standing, world, ask.session)
    if there.path != paths.CODE:
        return onward(ask, there)
    if ask.typed("leave"):
        return await run_in_threadpool(leave, ask)
    assert there.dossier is not None
    chosen = read(ask, there.dossier.person)
    if chosen.faults:
        return await run_in_threadpool(_page, ask, chosen, 422)
    code_hash = await hashing.hashed(chosen.code)
    return await run_in_threadpool(_keep, ask, there.row.id, code_hash)


def read(ask: Ask, person: Any) -> Chosen:
    """The two fields of a form against the rules; `person`: a row of `insured_person`."""
    procedure = ask.site.world.procedure
    code, again = ask.secret("new_code"), ask.secret("new_code_again")
    born = date.fromisoformat(person.birth_date)
    broken = failures(code, person.nir, born, procedure) if code else ()
    faults = [Fault("new_code", _rule(procedure, rule)) for rule in broken]
    if not code:
        faults.append(forms.fault(procedure, "new_code", "code_missing"))
    if code != again:
        faults.append(forms.fault(procedure, "new_code_again", "code_differs"))
    return Chosen(code, tuple(faults), broken)


def content(procedure: Procedure, chosen: Chosen | None) -> Mapping[str, Any]:
    """What `code.html` shows besides a title: the rules, those that were broken, the strength."""
    page = procedure.pages["personal_code"]
    parts = {part: procedure.cells[f"pages.personal_code.{part}"].fr for part in ("fields", "strength")}
    advice, head, star = (looks.text(procedure, sentence) for sentence in page.sentences)
    value = strength(chosen.code, procedure) if chosen is not None else 0
    levels = [procedure.text(f"strength.level_{level}") for level in range(5)]
    broken = chosen.broken if chosen is not None else ()
    return {
        "advice": advice,
        "rules_head": head,
        "rules": [
            {"words": looks.text(procedure, procedure.text(f"code_rules.{rule}")), "broken": rule in broken}
            for rule in CodeRule
        ],
        "broken_word": procedure.text("forms.rule_broken"),
        "star": star,
        "labels": [looks.text(procedure, label) for label in parts["fields"]],
        "strength_head": looks.text(procedure, parts["strength"][0]),
        "strength": levels[value] if chosen is not None and chosen.code else "–",
        "strength_value": value,
        "levels": levels,
        "bits": procedure.numbers.strength_bits,
        "errors": chosen.faults if chosen is not None else (),
        "old_label": "",
        "stage": 0,
        "stages": [looks.text(procedure, stage) for stage in procedure.cells["pages.terms.stages"].fr],
    }


def _keep(ask: Ask, enrolment: str, code_hash: str) -> Response:
    with suppress(NotAtThisStep):  # the same form, sent twice at once
        signing_up.keep_code(ask.site.world, enrolment, code_hash)
    return ask.go(standing(ask.site.world, ask.session).path)


def _rule(procedure: Procedure, rule: CodeRule) -> str:
    """A broken rule as a sentence; « doit : ne pas … » of the document’s list is « ne doit pas … » in one."""
    words = procedure.text(f"code_rules.{rule}")
    if words.startswith("ne "):
        _ne, _space, verb = words.partition(" ")
        sentence = procedure.text("forms.code_must_not", rule=verb)
    else:
        sentence = procedure.text("forms.code_must", rule=words)
    return looks.text(procedure, sentence)


def _page(ask: Ask, chosen: Chosen | None, status: int = 200) -> Response:
    shown = {**content(ask.site.world.procedure, chosen), "stage": 2, "here": paths.CODE}
    return ask.page("code.html", "personal_code", status=status, **shown)
