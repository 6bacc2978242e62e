"""`verify`: records who speaks and has the service compare what the caller says (rules §8)."""

from typing import Annotated

import typer

from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import ActRefused
from ameli_support.casework.script import Script, script
from ameli_support.casework.views import Checked
from ameli_support.cli import ask, out, words
from ameli_support.cli.app import add
from ameli_support.cli.calls import as_command_error, desk
from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, coded, json_option
from ameli_support.i18n import _, language
from ameli_support.onboarding.identity import (
    Direction,
    Fact,
    Level,
    Representation,
    Speaker,
    may_be_compared,
)
from ameli_support.onboarding.journey import Place
from ameli_support.onboarding.wording import plain


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def verify(
        case: Annotated[str, case_option()],
        level: Annotated[
            str, typer.Option("--level", metavar="0|1|2", help=_("niveau recherché (1 d’abord)"))
        ] = "1",
        speaker: Annotated[str, coded("--speaker", Speaker, _("qui parle ; demandé sur le terminal"))] = "",
        direction: Annotated[str, coded("--direction", Direction, _("sens du contact"))] = "incoming",
        representation: Annotated[
            str, coded("--representation", Representation, _("ce que détient un représentant"))
        ] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number, wanted = ask.case_number(case), _level(level)
        who = ask.choice(speaker or _who(), Speaker, "--speaker")
        how = ask.choice(direction, Direction, "--direction")
        held = ask.choice(representation, Representation, "--representation") if representation else None
        with desk() as opened:
            state = opened.speak(number, how, who, held)
            if wanted is Level.NOTHING:
                opened.level_0(number)
                return _chosen_level_0(number, json)
            if wanted > opened.highest_level(number):
                raise CommandError(words.level_out_of_reach(who, how), ExitCode.REFUSED, kind="refused")
            levels = [level for level in (Level.SIMPLE, Level.REINFORCED) if level <= wanted]
            known = [fact for level in levels for fact in may_be_compared(level, how)]
            done = may_be_compared(Level.SIMPLE, how) if state.level >= Level.SIMPLE else ()
            facts = _facts(known, done if wanted > Level.SIMPLE else ())
            try:
                checked = opened.verify(number, wanted, facts)
            except ActRefused as error:
                raise _with_script(error, opened, number) from error
            return _told(opened, checked, wanted, number, json)

    add(
        app,
        "verify",
        verify,
        _(
            "Note qui parle, puis fait comparer par le service ce que dit l’appelant.\n"
            "Les réponses sont demandées, ou lues sur l’entrée sous la forme {facts}. "
            "Le contrôle reste attaché au dossier : les commandes suivantes l’emploient."
        ).format(facts=", ".join(f"{fact.value}=…" for fact in Fact)),
    )


def _level(text: str) -> Level:
    if text not in ("0", "1", "2"):
        raise BadInput(_("Niveau non compris. Valeurs possibles : 0, 1, 2."))
    return Level(int(text))


def _who() -> str:
    if not ask.at_terminal():
        raise BadInput(_("Il manque --speaker : qui parle est noté avant tout contrôle."))
    return ask.line(_("Qui parle ({values}) : ").format(values=", ".join(Speaker)))


def _facts(known: list[Fact], done: tuple[Fact, ...]) -> dict[Fact, str]:
    """What the caller says; what this call has compared already is not asked again, nor sent."""
    asked = [fact for fact in known if fact not in done]
    given = ask.answers(
        {fact.value: words.fact(fact) + ask.colon() for fact in asked}, [fact.value for fact in known]
    )
    facts = {Fact(name): value for name, value in given.items() if Fact(name) in asked}
    if not facts:
        raise BadInput(_("Aucune réponse à comparer."))
    return facts


def _with_script(error: ActRefused, opened: Desk, case: int) -> CommandError:
    """Nothing is compared in this contact, or on this record: why, and what to say instead."""
    told = as_command_error(error)
    found = script(opened.procedure, opened.call_state(case), opened.look(case), language())
    if found.place.is_the_persons or found.place is Place.UNIDENTIFIED:
        return told
    said = _said(opened, found)
    return CommandError("\n".join([told.sentence, *_to_say(said)]), told.code, **told.details, say=said)


def _said(opened: Desk, found: Script) -> list[str]:
    return [plain(sentence) for sentence in found.says(opened.procedure, language())]


def _to_say(said: list[str]) -> list[str]:
    return [_("À dire :"), *(f"  {sentence}" for sentence in said)]


def _chosen_level_0(number: int, json: bool) -> int:
    if json:
        out.one({"case": number, "level": 0})
    else:
        out.lines([_("Niveau 0 choisi : conseils généraux, rien du dossier.")])
    return ExitCode.DONE


def _told(opened: Desk, checked: Checked, wanted: Level, number: int, json: bool) -> int:
    """The level; from level 1 on also why nothing of a closed record is told, and what to say instead."""
    look = opened.look(number) if checked.level else None
    closed = look.view.closed_because if look is not None and look.view is not None else None
    said: list[str] = []
    if closed is not None:
        said = _said(opened, script(opened.procedure, opened.call_state(number), look, language()))
    if json:
        why = {"closed_because": closed, "say": said} if closed is not None else {}
        out.one({"case": number, **out.as_json(checked), **why})
    elif closed is not None:
        reason = opened.procedure.text(f"reasons.{closed}.sentence", language(), date="", time="")
        out.lines([reason, *_to_say(said)])
    else:
        out.lines(words.checked(checked, wanted, number))
    return ExitCode.DONE if checked.level >= wanted else ExitCode.REFUSED
