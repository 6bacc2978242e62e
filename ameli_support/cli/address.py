"""`address`: what an address read aloud or pasted really is; of it the DNS learns the domain alone."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.mail.addresses import AddressReading
    from ameli_support.mx import MxReading

# addresses that are looked up together: enough to overlap the waiting, few enough to print as they come
_BATCH = 200


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def address(
        addresses: Annotated[
            list[str] | None,
            typer.Argument(metavar="[ADRESSE… | -]", help=_("adresses à lire ; « - » : une par ligne")),
        ] = None,
        offline: Annotated[
            bool, typer.Option("--offline", help=_("sans question au DNS sur le domaine"))
        ] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        code = ExitCode.DONE
        for batch in _batches(_inputs(addresses or []), 1 if ask.at_terminal() else _BATCH):
            for reading, mx in _read(batch, offline):
                if reading.syntax.value != "valid":
                    code = ExitCode.REFUSED
                if json:
                    out.one(_as_object(reading, mx))
                else:
                    out.lines(_as_text(reading, mx))
        return code

    add(
        app,
        "address",
        address,
        _(
            "Nettoie une adresse dictée ou collée, dit ce qui cloche et propose le bon fournisseur.\n"
            "L’adresse d’une personne ne s’écrit pas dans une commande, qui reste dans l’historique : "
            "sans argument elle est demandée, et « - » la lit sur l’entrée."
        ),
    )


def _inputs(addresses: list[str]) -> Iterator[str]:
    if addresses == ["-"]:
        yield from ask.raw_lines()
    elif "-" in addresses:
        raise BadInput(_("« - » s’emploie seul."))
    else:
        given = addresses or [ask.line(_("Adresse : "))]
        yield from (text.encode("utf-8", "replace").decode() for text in given)


def _batches(inputs: Iterator[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in inputs:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _read(batch: list[str], offline: bool) -> Iterator[tuple["AddressReading", "MxReading | None"]]:
    from ameli_support.mail.addresses import read_address

    readings = [read_address(text) for text in batch]
    known = {} if offline else _looked_up(readings)
    for reading in readings:
        mx = known.get(reading.domain or "")
        yield (reading.with_mx(mx.hosts) if mx else reading), mx


def _looked_up(readings: list["AddressReading"]) -> Mapping[str, "MxReading"]:
    import asyncio

    from ameli_support.mx import look_up

    sound = [reading.domain for reading in readings if reading.domain and reading.syntax.value == "valid"]
    return asyncio.run(look_up(sound))


def _as_object(reading: "AddressReading", mx: "MxReading | None") -> dict[str, object]:
    return {
        "input": reading.input,
        "cleaned": reading.cleaned,
        "syntax": reading.syntax,
        "domain": reading.domain,
        "family": reading.family.key if reading.family else None,
        "suggestion": reading.suggestion,
        "known_domain": reading.known_domain,
        "disposable": reading.disposable,
        "mx": None if mx is None else {"outcome": mx.outcome, "code": mx.code, "hosts": mx.hosts},
        "notes": [*reading.notes(), *_mx_note(mx)],
    }


def _mx_note(mx: "MxReading | None") -> list[dict[str, str]]:
    from ameli_support import mx as probe

    if mx is None or mx.outcome is probe.Outcome.NOTHING:
        return []
    return [{"code": mx.code.value, "text": probe.sentence(mx)}]


def _as_text(reading: "AddressReading", mx: "MxReading | None") -> list[str]:
    provider = reading.family.name if reading.family else _("fournisseur inconnu")
    lines = [f"{reading.cleaned or '—'} · {provider}"]
    lines += [f"  {note.text}" for note in reading.notes()]
    lines += [f"  {note['text']}" for note in _mx_note(mx)]
    return lines
