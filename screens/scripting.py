"""What the person sees and what to say, as the blocks of the call screen draw them."""

from typing import TYPE_CHECKING

from ameli_support.casework.hindering import hindrances
from ameli_support.casework.script import Script, script
from ameli_support.i18n import _, language, typeset
from ameli_support.onboarding.steps import Route, Step

if TYPE_CHECKING:
    from screens.telling import Scene


# by the line of the providers, by the band or the script, by the row of the mails
_SAID_ELSEWHERE = {
    "provider_away",
    "code_waits",
    "code_void",
    "terms_refused",
    "button_not_pressed",
}


def say(scene: "Scene") -> tuple[str, ...]:
    """The script of the place, the level and what is possible now."""
    return tuple(typeset(line) for line in _script(scene).says(scene.words.procedure, language()))


def seen(scene: "Scene") -> tuple[str, ...]:
    """What the person has in front of them: sentences, then the buttons."""
    found = _script(scene).sees(scene.words.procedure, language()) if scene.view is not None else None
    if found is None:
        return (_("Rien n’est montré : le dossier n’est pas ouvert."),)
    lines = tuple(typeset(line) for line in found.lines) + _away(scene) + _noticed(scene)
    if not found.buttons:
        return lines
    form = _("Bouton « {label} »") if len(found.buttons) == 1 else _("Boutons « {label} »")
    return (*lines, form.format(label=_(" », « ").join(found.buttons)))


def _away(scene: "Scene") -> tuple[str, ...]:
    """At step 2 by FranceConnect: the providers that cannot be used now."""
    view = scene.view
    at_step_2 = view is not None and view.step is Step.IDENTITY and view.route is not Route.FORM
    if not at_step_2 or not scene.away:
        return ()
    return (scene.words.text("reminders.provider_away", providers=", ".join(scene.away)),)


def _noticed(scene: "Scene") -> tuple[str, ...]:
    """What the record shows to be in the way, by its name; the key that says what to do."""
    if scene.view is None:
        return ()
    found = hindrances(scene.words.procedure, scene.state, scene.view, language(), scene.away)
    names = [typeset(one.label) for one in found if one.noticed and one.name not in _SAID_ELSEWHERE]
    if not names:
        return ()
    return (_("▲ {what} : B dit quoi faire").format(what=", ".join(names)),)


def _script(scene: "Scene") -> Script:
    return script(scene.words.procedure, scene.state, scene.look, language(), purposeful=scene.supervisor)
