"""`banner` and `provider`: what a supervisor tells every agent's screen; anybody may read it."""

from typing import Annotated

import typer

from ameli_support.casework.bulletins import LONGEST_BANNER, Banner, Provider
from ameli_support.casework.desk import Desk
from ameli_support.cli import ask, out
from ameli_support.cli.app import add, group
from ameli_support.cli.calls import desk
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _, language


def register(app: typer.Typer) -> None:
    """Adds the group and the command."""
    banner = group("banner", _("Le message d’incident, sur l’écran de tous les agents."))
    banner.callback()(lambda: None)
    _register_set(banner)
    _register_clear(banner)
    _register_show(banner)
    app.add_typer(banner)
    _register_provider(app)


def _at(metavar_text: str, option: str) -> typer.models.OptionInfo:
    made: typer.models.OptionInfo = typer.Option(option, metavar=_("'JJ/MM/AAAA HH:MM'"), help=metavar_text)
    return made


def _register_set(banner: typer.Typer) -> None:
    def put(
        start: Annotated[str, _at(_("début, heure de Paris ; sinon maintenant"), "--from")] = "",
        end: Annotated[str, _at(_("fin, heure de Paris ; sinon jusqu’à « clear »"), "--to")] = "",
        provider: Annotated[
            str, typer.Option("--provider", metavar=_("NOM"), help=_("fournisseur d’identité concerné"))
        ] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        starts_at = ask.paris_time(start, "--from") if start else None
        ends_at = ask.paris_time(end, "--to") if end else None
        given = ask.answers({"text": _("Message : "), "reason": _("Motif : ")})
        with desk() as opened:
            opened.set_banner(
                given.get("text", ""), given.get("reason", ""), starts_at, ends_at, provider or None
            )
            _tell(opened, opened.coming_banner(), json)
        return ExitCode.DONE

    add(
        banner,
        "set",
        put,
        _(
            "Affiche un message d’incident, à la place du précédent (superviseur).\n"
            "Demande le message, {most} caractères au plus, et le motif ; "
            "ou lit text=… et reason=… sur l’entrée."
        ).format(most=LONGEST_BANNER),
    )


def _register_clear(banner: typer.Typer) -> None:
    def clear(json: Annotated[bool, json_option()] = False) -> int:
        why = ask.free_text("reason", _("Motif : "))
        with desk() as opened:
            opened.clear_banner(why)
            _tell(opened, None, json)
        return ExitCode.DONE

    add(
        banner,
        "clear",
        clear,
        _("Retire le message d’incident (superviseur).\nDemande le motif, ou le lit sur l’entrée."),
    )


def _register_show(banner: typer.Typer) -> None:
    def show(json: Annotated[bool, json_option()] = False) -> int:
        with desk() as opened:
            opened.bulletin()  # in the demo, this brings the time
            _tell(opened, opened.coming_banner(), json)
        return ExitCode.DONE

    add(banner, "show", show, _("Dit le message d’incident affiché ou prévu, qui l’a mis et pourquoi."))


def _tell(opened: Desk, banner: Banner | None, json: bool) -> None:
    if json:
        out.one({"banner": banner})
    elif banner is None:
        out.lines([_("Aucun message d’incident.")])
    else:
        label = opened.procedure.text(f"providers.{banner.provider}", language()) if banner.provider else ""
        about = f"{label}{ask.colon()}" if label else ""
        until = (
            _("jusqu’au {end}").format(end=out.when(banner.ends_at))
            if banner.ends_at
            else _("jusqu’à ce qu’il soit retiré")
        )
        out.lines(
            [
                f"▲ {about}{banner.text}",
                _("Du {start}, {until}.").format(start=out.when(banner.starts_at), until=until),
                _("Mis par l’agent {agent} le {at} ; motif : {reason}").format(
                    agent=banner.set_by, at=out.when(banner.set_at), reason=banner.reason
                ),
            ]
        )


# ── identity providers ──────────────────────────────────────────────────────


def _register_provider(app: typer.Typer) -> None:
    def provider(
        name: Annotated[str, typer.Argument(metavar=_("[NOM]"), help=_("sans nom : la liste"))] = "",
        state: Annotated[str, typer.Argument(metavar="[on|off]", help=_("disponible, ou non"))] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        if name in ("", "list") and not state:
            with desk() as opened:
                _tell_providers(opened.providers(), json)
            return ExitCode.DONE
        if state not in ("on", "off"):
            raise BadInput(_("Attendu : provider NOM on, ou provider NOM off."))
        why = ask.free_text("reason", _("Motif : "))
        with desk() as opened:
            _tell_providers((opened.set_provider(name, state == "on", why),), json)
        return ExitCode.DONE

    add(
        app,
        "provider",
        provider,
        _(
            "Dit quels fournisseurs d’identité sont disponibles ; un superviseur le change.\n"
            "Pour changer, demande le motif, ou le lit sur l’entrée."
        ),
    )


def _tell_providers(providers: tuple[Provider, ...], json: bool) -> None:
    for one in providers:
        if json:
            out.one(one)
        else:
            said = _("√ disponible") if one.available else _("× indisponible")
            out.lines([f"{one.name:<16}{one.label:<32}{said}"])
