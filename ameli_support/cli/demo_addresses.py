"""`sandbox addresses`, and what `demo --journey` tells: the public pages and whom to play on them."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.cli import out
from ameli_support.cli.app import add
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.sandbox.cast import CastMember

BY_FORM, BY_FRANCECONNECT = "no_enrolment", "never_began"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running sandbox answers the insured person."""

    sign_up: str
    login: str
    webmail: str


def addresses(base_url: str) -> Addresses:
    """The pages of the sandbox that answers here."""
    from ameli_support.sandbox.site import paths
    from ameli_support.sandbox.webmail.pages import PATH

    return Addresses(base_url + paths.SIGN_UP, base_url + paths.LOGIN, base_url + PATH)


def lines(base_url: str) -> list[str]:
    """The pages, then one person for each way in, with what each types."""
    from ameli_support.sandbox.cast import CAST

    found = addresses(base_url)
    form, franceconnect = CAST[BY_FORM], CAST[BY_FRANCECONNECT]
    login = f"{franceconnect.person.first_names}.{franceconnect.person.birth_name}".lower()
    return [
        _("Créer un compte : {address}").format(address=found.sign_up),
        _("Se connecter : {address}").format(address=found.login),
        _("Lire ses mails : {address}").format(address=found.webmail),
        "",
        _("Par le formulaire, puis le code provisoire de la commande :"),
        f"  {_person(form)}",
        f"  ameli-support sandbox provisional-code {form.nir}",
        _("Par FranceConnect, identifiant {login} :").format(login=login),
        f"  {_person(franceconnect)}",
        "",
        _("L’agent tape les mêmes réponses à l’accueil, en une fois."),
        _("À l’étape 5, une adresse libre, par exemple bastien@orange.fr."),
    ]


def _person(who: "CastMember") -> str:
    return " · ".join((who.name, who.nir, f"{who.birth_date:%d/%m/%Y}", who.postcode))


def register(sandbox: typer.Typer) -> None:
    """Adds the command to the sandbox's group."""

    def show(json: Annotated[bool, json_option()] = False) -> int:
        from ameli_support.cli.sandbox import running

        base_url = running().base_url
        if json:
            out.one(asdict(addresses(base_url)) | {"form": BY_FORM, "franceconnect": BY_FRANCECONNECT})
        else:
            out.lines(lines(base_url))
        return ExitCode.DONE

    add(
        sandbox,
        "addresses",
        show,
        _("Dit où sont les pages de l’assuré et sa messagerie, et qui y jouer."),
    )
