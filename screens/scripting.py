"""What the person sees and what to say, as the blocks of the call screen draw them."""

from typing import TYPE_CHECKING

from ameli_support.casework.script import Script, script
from ameli_support.i18n import _, language, typeset
from ameli_support.onboarding.steps import Route, Step

if TYPE_CHECKING:
    from screens.telling import Scene


def say(scene: "Scene") -> tuple[str, ...]:
    """The script of the place, the level and what is possible now."""
    return tuple(typeset(line) for line in _script(scene).says(scene.words.procedure, language()))


def seen(scene: "Scene") -> tuple[str, ...]:
    """What the person has in front of them: sentences, then the buttons."""
    found = _script(scene).sees(scene.words.procedure, language()) if scene.view is not None else None
    if found is None:
        return (_("Rien n’est montré : le dossier n’est pas ouvert."),)
    lines = tuple(typeset(line) for line in found.lines) + _away(scene)
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


def _script(scene: "Scene") -> Script:
    return script(scene.words.procedure, scene.state, scene.look, language(), purposeful=scene.supervisor)
