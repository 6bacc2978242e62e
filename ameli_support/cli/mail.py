"""`mail …`: what a kept mail tells; `mail read` asks no service and keeps nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.cli import out
from ameli_support.cli.app import add, group
from ameli_support.cli.errors import CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.cli.place import demo_mail, is_running, place, read_settings
from ameli_support.i18n import _
from ameli_support.onboarding.procedure import procedure

if TYPE_CHECKING:
    from ameli_support.mail.reading import Ours, Reading

# a mail has one of these at least
_HEADS = {"from", "to", "subject", "date", "message-id", "received", "return-path"}


def register(app: typer.Typer) -> None:
    """Adds the group."""
    mails = group("mail", _("Les mails reçus."))
    mails.callback()(lambda: None)

    def read(
        files: Annotated[
            list[str],
            typer.Argument(metavar="FICHIER… | -", help=_("mails gardés (.eml) ; « - » : un sur l’entrée")),
        ],
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.mail.kinds import Kind
        from ameli_support.mail.parsing import parse
        from ameli_support.mail.reading import read as read_parsed

        known = ours()
        code = ExitCode.DONE
        for name, raw in raw_mails(files):
            if raw is None:
                code = code or ExitCode.NOT_FOUND
                _unreadable(name, json)
                continue
            mail = parse(raw)
            reading = read_parsed(mail, known)
            if json:
                out.one(as_object(reading))
            elif reading.kind is Kind.OTHER and not _HEADS & {field for field, _value in mail.headers.fields}:
                told = _("{file} : ce n’est pas un mail. Attendu : un mail gardé avec ses en-têtes (.eml).")
                out.lines([told.format(file=name)])
            else:
                out.lines(as_text(name, reading))
        return code

    add(
        mails,
        "read",
        read,
        _(
            "Lit un mail gardé : sa nature, s’il est de nous, ses liens, les filtres, les délais, le refus.\n"
            "Rien n’est ouvert ni envoyé ; un jeton de confirmation n’est pas montré."
        ),
    )
    from ameli_support.cli import kept_mail

    kept_mail.register(mails)
    app.add_typer(mails)


def ours() -> "Ours":
    """What our confirmation mail is known by in the world in which the commands act."""
    from ameli_support.casework.ours import ours as known_by

    where = place()
    known = read_settings(where)
    addresses, sender = [known.service.url or ""], known.mail
    if where.home is not None and is_running(where.home):
        from ameli_support.sandbox import lock

        running = lock.read(where.home)
        addresses.append(running.base_url if running else "")
        sender = demo_mail(sender)
    return known_by(procedure(), sender, *addresses)


def raw_mails(files: list[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each input with its bytes, None when it cannot be read; no more of it than the reader reads."""
    from ameli_support.mail.parsing import MAX_BYTES

    for name in files:
        if name == "-":
            stream = getattr(sys.stdin, "buffer", None)
            yield (
                name,
                stream.read(MAX_BYTES) if stream else sys.stdin.read().encode("utf-8", "surrogateescape"),
            )
            continue
        try:
            with Path(name).open("rb") as file:
                yield name, file.read(MAX_BYTES)
        except (OSError, ValueError):
            yield name, None


def _unreadable(name: str, json: bool) -> None:
    error = CommandError(_("{file} : ce fichier ne peut pas être lu.").format(file=name), ExitCode.NOT_FOUND)
    if json:
        out.one({"error": error.sentence, "exit_code": int(error.code)})
    else:
        out.aside(error.sentence)


def as_object(reading: "Reading") -> dict[str, object]:
    """The reading as programs get it."""
    return {
        "kind": reading.kind,
        "genuine": reading.genuine,
        "links": reading.links,
        "authentication": reading.authentication,
        "antispam": reading.antispam,
        "delays": reading.delays,
        "bounce": reading.bounce,
        "findings": reading.findings,
    }


def as_text(name: str, reading: "Reading") -> list[str]:
    """The reading as lines; `name` is the file's."""
    kinds = {
        "confirmation": _("mail de confirmation"),
        "bounce": _("avis d’un serveur de mail"),
        "auto_reply": _("réponse automatique"),
        "human": _("mail d’une personne"),
        "other": _("autre mail"),
    }
    lines = [f"{name} · {kinds[reading.kind.value]}"]
    lines += [f"  {finding.text}" for finding in reading.findings]
    lines += [f"  {note.text} ({note.detail})" for note in reading.antispam]
    for link in reading.links:
        target = link.target or (_("destination illisible") if link.rewriter else link.href)
        lines.append(f"  {link.rewriter} → {target}" if link.rewriter else f"  {target}")
    if reading.bounce is not None:
        lines += [f"  {text}" for text in (reading.bounce.recipient, reading.bounce.smtp_reply) if text]
    for hop in reading.delays:
        if hop.seconds is not None:
            lines.append(f"  {hop.sender or '?'} → {hop.receiver or '?'} : {hop.seconds:g} s")
    return lines
