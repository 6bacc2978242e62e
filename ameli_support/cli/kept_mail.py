"""`mail attach`, `mail kept` and `mail export`: a mail that somebody kept, as evidence in a case."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.accounts.contract import KeptLinkState, KeptLinkView
from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.mail import as_object, as_text, raw_mails
from ameli_support.cli.options import case_option, json_option, yes_option
from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.keeping import MailKept


def register(mail: typer.Typer) -> None:
    """Adds the commands to the group of mails."""
    _register_attach(mail)
    _register_kept(mail)
    _register_export(mail)


def _register_attach(mail: typer.Typer) -> None:
    def attach(
        case: Annotated[str, case_option()],
        files: Annotated[
            list[str],
            typer.Argument(metavar="FICHIER… | -", help=_("mails gardés (.eml) ; « - » : un sur l’entrée")),
        ],
        yes: Annotated[bool, yes_option()] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        mails = list(raw_mails(files))
        if lost := [name for name, raw in mails if raw is None]:
            raise BadInput(_("{file} : ce fichier ne peut pas être lu.").format(file=lost[0]))
        with desk() as opened:
            for name, raw in mails:
                assert raw is not None
                kept = opened.attach_mail(number, raw, told=_told(opened, raw, yes))
                _tell(number, name, kept, json)
        return ExitCode.DONE

    add(
        mail,
        "attach",
        attach,
        _(
            "Garde un mail dans un dossier, scellé, comme preuve du diagnostic.\n"
            "S’il porte un lien de confirmation, ce lien prend fin ; sans terminal, --yes l’accepte."
        ),
    )


def _told(opened: "Desk", raw: bytes, yes: bool) -> bool:
    """Whether the agent knows that a link ends; asked on a terminal, `--yes` for a program."""
    if not opened.read_mail(raw).ends_a_link:
        return False
    if yes:
        return True
    if not ask.at_terminal():
        raise BadInput(_("Ce mail porte un lien de confirmation, auquel on met fin : --yes l’accepte."))
    ask.sure(_("Ce mail porte un lien de confirmation : ce lien cessera de fonctionner."), False)
    return True


def _tell(number: int, name: str, kept: "MailKept", json: bool) -> None:
    if json:
        told = {"case": number, "message": kept.message, **as_object(kept.reading), "kept_links": kept.links}
        out.one(told)
        return
    lines = as_text(name, kept.reading)
    lines += [_link(link) for link in kept.links]
    out.lines(
        [*lines, _("Gardé dans le dossier {case} : {message}").format(case=number, message=kept.message)]
    )


def _link(link: KeptLinkView) -> str:
    if not link.ours or link.state is None:
        return _("  Le lien n’est pas celui de ce dossier.")
    if link.superseded:
        return _("  Le lien marchait : il vient de prendre fin, renvoyez-en un nouveau.")
    return {
        KeptLinkState.LIVE: _("  Le lien marche."),
        KeptLinkState.EXPIRED: _("  Le lien n’est plus actif : ses sept jours sont passés."),
        KeptLinkState.SUPERSEDED: _("  C’est un ancien lien : un plus récent l’a remplacé."),
        KeptLinkState.REVOKED: _("  Le lien a été révoqué."),
        KeptLinkState.USED: _("  Le lien a déjà servi : le compte est activé."),
        KeptLinkState.ENDED: _("  Le lien est celui d’une demande terminée."),
    }[link.state]


def _register_kept(mail: typer.Typer) -> None:
    def kept(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        with desk() as opened:
            rows = opened.kept_mails(number)
        for row in rows:
            if json:
                out.one(row)
                continue
            told = _("{message} · {at} · agent {agent} · {size} octets").format(
                message=row.message, at=out.when(row.at), agent=row.agent, size=row.size
            )
            out.lines([told + (_(" · effacé") if row.erased else "")])
        return ExitCode.DONE

    add(mail, "kept", kept, _("Liste les mails gardés dans un dossier."))


def _register_export(mail: typer.Typer) -> None:
    def export(
        case: Annotated[str, case_option()],
        message: Annotated[
            str, typer.Option("--message", metavar="M", help=_("le nom que donne « mail attach »"))
        ],
        to: Annotated[
            str, typer.Option("--to", metavar=_("FICHIER"), help=_("fichier à écrire ; sinon la sortie"))
        ] = "",
    ) -> int:
        number = ask.case_number(case)
        why = ask.free_text("reason", _("Motif : "))
        with desk() as opened:
            raw = opened.export_mail(number, message, why)
        _write(to, raw)
        return ExitCode.DONE

    add(
        mail,
        "export",
        export,
        _(
            "Rend un mail gardé tel qu’il est venu, lien compris (superviseur) ; c’est inscrit au dossier.\n"
            "Demande le motif, ou le lit sur l’entrée."
        ),
    )


def _write(to: str, raw: bytes) -> None:
    """To a new file for its owner alone, or to standard output."""
    if not to:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    try:
        handle = os.open(Path(to), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise BadInput(
            _("{file} : ce fichier existe déjà ou ne peut pas être écrit.").format(file=to)
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
