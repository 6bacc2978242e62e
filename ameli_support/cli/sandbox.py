"""`sandbox serve|clock|inbox|people|provisional-code|addresses|reset`: the small ameli to try."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.cli import ask, demo_addresses, out, sandbox_code
from ameli_support.cli.app import add, group
from ameli_support.cli.demo_world import not_installed
from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option, yes_option
from ameli_support.cli.place import demo_home
from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.sandbox.cast import CastMember
    from ameli_support.sandbox.lock import Lock
    from ameli_support.sandbox.maildirs import Received

_PART = re.compile(r"(\d{1,12})([dhms])")
# what an invented person can say of themselves
_SAID = (
    *("nir", "title", "birth_name", "used_name", "first_names", "birth_date", "postcode", "address"),
    *("mobile", "landline", "status", "scheme", "fund", "file"),
)
_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_FAR = timedelta(days=3650)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    sandbox = group("sandbox", _("Le petit ameli d’essai : personnes, mails et horloge inventés."))
    sandbox.callback()(lambda: None)
    _register_serve(sandbox)
    _register_clock(sandbox)
    _register_inbox(sandbox)
    _register_people(sandbox)
    sandbox_code.register(sandbox)
    demo_addresses.register(sandbox)
    _register_reset(sandbox)
    app.add_typer(sandbox)


def running() -> "Lock":
    """The sandbox that runs; a sentence when none does."""
    try:
        from ameli_support.sandbox import lock
    except ImportError:
        raise not_installed() from None
    found = lock.read(demo_home()) if demo_home().exists() else None
    if found is None:
        raise CommandError(
            _(
                "Aucun bac à sable en cours. "
                "Lancez « ameli-support demo » ou « ameli-support sandbox serve »."
            ),
            ExitCode.UNREACHABLE,
            kind="no_demo",
        )
    return found


def duration(text: str) -> timedelta:
    """`+8d`, `+36h`, `+1d12h`, `+90m`, `+30s`; forward only."""
    plain = text.removeprefix("+")
    parts = _PART.findall(plain)
    if not parts or "".join(number + unit for number, unit in parts) != plain:
        raise BadInput(_("Durée non comprise. Attendu, par exemple : +8d, +36h, +1d12h, +30m."))
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    if seconds > _FAR.total_seconds():
        raise BadInput(_("L’horloge de la démonstration ne va pas aussi loin."))
    total = timedelta(seconds=seconds)
    if not total:
        raise BadInput(_("L’horloge avance d’une seconde au moins."))
    return total


def _register_serve(sandbox: typer.Typer) -> None:
    def serve(
        people: Annotated[str, typer.Option("--people", metavar="N", help=_("nombre de personnes"))] = "60",
        port: Annotated[str, typer.Option("--port", metavar="N", help=_("port ; sinon un port libre"))] = "0",
        fresh: Annotated[bool, typer.Option("--fresh", help=_("repart d’un monde neuf"))] = False,
    ) -> int:
        try:
            from ameli_support.sandbox import lock, server, world
        except ImportError:
            raise not_installed() from None
        number, wanted = _number(people, 1_000_000), _number(port, 65535)
        try:
            server.serve(demo_home(), number=number, port=wanted, fresh=fresh, ready=_tell_address)
        except lock.AlreadyRunning:
            raise CommandError(_("Un bac à sable tourne déjà dans ce dossier."), ExitCode.MACHINE) from None
        except world.OtherSchema:
            raise CommandError(
                _("Ce monde vient d’une autre version. Repartez d’un monde neuf : sandbox serve --fresh"),
                ExitCode.MACHINE,
            ) from None
        return ExitCode.DONE

    add(
        sandbox,
        "serve",
        serve,
        _(
            "Fait tourner le bac à sable jusqu’à Ctrl+C ; "
            "l’application et les commandes le trouvent avec --demo."
        ),
    )


def _tell_address(found: "Lock") -> None:
    out.lines([_("Bac à sable : {address}").format(address=found.base_url)])


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise BadInput(_("Attendu : un nombre de 0 à {most}.").format(most=most))
    return int(text)


def _register_clock(sandbox: typer.Typer) -> None:
    def clock(
        by: Annotated[str, typer.Argument(metavar="[+8d]", help=_("durée : d, h, m, s"))] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        found = running()
        from ameli_support.sandbox import remote

        try:
            state = remote.forward(found, duration(by)) if by else remote.status(found)
        except remote.ControlFailed as failed:
            if failed.status == 400:
                raise BadInput(_("L’horloge de la démonstration ne va pas aussi loin.")) from None
            raise CommandError(_("Le bac à sable ne répond pas."), ExitCode.UNREACHABLE) from None
        if json:
            out.one(state)
        else:
            at = datetime.fromisoformat(state["as_of"])
            out.lines([_("Il est {when} (heure de Paris) dans la démonstration.").format(when=out.when(at))])
        return ExitCode.DONE

    add(
        sandbox, "clock", clock, _("Montre l’heure de la démonstration, ou l’avance ; elle ne recule jamais.")
    )


def _register_inbox(sandbox: typer.Typer) -> None:
    def inbox(
        address: Annotated[str, typer.Argument(metavar="ADRESSE", help=_("adresse inventée"))],
        number: Annotated[str, typer.Argument(metavar="[N]", help=_("montre ce mail en entier"))] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        found = running()
        from ameli_support.sandbox.maildirs import list_mails

        newest_first = reversed(list_mails(Path(found.maildir), address))
        mails = [replace(mail, number=place) for place, mail in enumerate(newest_first, 1)]
        if number:
            chosen = _number(number, len(mails))
            if not chosen:
                raise BadInput(_("Les mails sont numérotés à partir de 1."))
            mails = mails[chosen - 1 : chosen]
        for mail in mails:
            if json:
                out.one(
                    {key: value for key, value in out.as_json(mail).items() if key not in ("raw", "name")}
                )
            elif number:
                out.lines([*_head(mail), "", *mail.text.rstrip().splitlines()])
            else:
                told = (out.when(mail.arrived_at), mail.sender, mail.subject, _folder(mail))
                out.lines([f"{mail.number}. " + " · ".join(filter(None, told))])
        if not json and not number:
            out.lines([_("Boîte vide.")] if not mails else [])
            out.lines([_("Dans un navigateur : {address}").format(address=f"{found.base_url}/webmail/")])
        return ExitCode.DONE if mails else ExitCode.NOT_FOUND

    add(
        sandbox,
        "inbox",
        inbox,
        _("Ouvre la boîte mail d’une personne inventée : liste, ou un mail avec son lien."),
    )


def _head(mail: "Received") -> list[str]:
    return [
        _("De : {sender}").format(sender=mail.sender),
        _("Objet : {subject}").format(subject=mail.subject),
        _("Reçu : {when}").format(when=out.when(mail.arrived_at)),
        *([_folder(mail)] if mail.folder else []),
    ]


def _folder(mail: "Received") -> str:
    """Where the mail lies, unless in the inbox."""
    return _("dossier « {name} »").format(name=mail.folder) if mail.folder else ""


def _register_people(sandbox: typer.Typer) -> None:
    def people(
        key: Annotated[
            str, typer.Argument(metavar="[NOM]", help=_("une seule, par son nom de la liste"))
        ] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        try:
            from ameli_support.sandbox.cast import CAST
        except ImportError:
            raise not_installed() from None
        chosen = [member for member in CAST.values() if key in ("", member.key)]
        if not chosen:
            raise CommandError(
                _("Personne de ce nom. La liste : ameli-support sandbox people"), ExitCode.NOT_FOUND
            )
        for member in chosen:
            person = out.as_json(member.person)
            if json:
                out.one({"key": member.key, "what": _(member.what), **{name: person[name] for name in _SAID}})
            else:
                out.lines([f"{member.key}{ask.colon()}{_(member.what)}", *_sayings(member)])
        return ExitCode.DONE

    add(sandbox, "people", people, _("Présente les personnes inventées, avec ce qu’elles savent dire."))


def _sayings(member: "CastMember") -> list[str]:
    """What she can say for level 1, her address, then for level 2; dates as they are dictated."""
    person, file = member.person, member.person.file
    name = f"{person.title} {person.first_names} {person.name}"
    told = (name, person.nir, f"{member.birth_date:%d/%m/%Y}", person.postcode, person.address)
    month = "/".join(reversed(file.last_payment_month.split("-"))) if file.last_payment_month else None
    facts = (
        (_("compte bancaire"), file.bank_last4),
        (_("carte"), file.card_serial),
        (_("médecin"), file.declared_doctor),
        (_("dernier remboursement"), month),
        (_("adresse"), file.address_line),
        (_("téléphone d’avant"), file.phone_before),
    )
    known = [f"{label} {fact}" for label, fact in facts if fact]
    lines = ["  " + " · ".join(filter(None, told))]
    if known:
        lines.append("  " + _("niveau 2") + ask.colon() + " · ".join(known))
    return lines


def _register_reset(sandbox: typer.Typer) -> None:
    def reset(yes: Annotated[bool, yes_option()] = False) -> int:
        try:
            from ameli_support.sandbox import lock
        except ImportError:
            raise not_installed() from None
        home = demo_home()
        if home.exists() and lock.is_held(home):
            raise CommandError(
                _("La démonstration tourne : quittez-la d’abord."), ExitCode.REFUSED, kind="running"
            )
        ask.sure(_("Le monde de la démonstration et ses dossiers sont effacés."), yes)
        if home.exists():
            import shutil

            shutil.rmtree(home)
        out.lines([_("Démonstration effacée ; la prochaine repart d’un monde neuf.")])
        return ExitCode.DONE

    add(sandbox, "reset", reset, _("Efface le monde de la démonstration et ses dossiers."))
