"""Opens what a command or the app works with, in the world of `place`: identity, service, store, desk."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ameli_support.casework import opening
from ameli_support.casework.permissions import Action, AgentsFileError, Identity, load_identity, may
from ameli_support.casework.pins import FILE_NAME as PINS
from ameli_support.casework.pins import PinBook
from ameli_support.cli.errors import CommandError, machine_error
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.place import Place, announce, demo_settings, place, read_settings
from ameli_support.i18n import _
from ameli_support.settings import Settings, folders

if TYPE_CHECKING:
    from ameli_support.accounts.client import AccountsClient
    from ameli_support.casework.desk import Desk
    from ameli_support.store.cases import CaseStore
    from ameli_support.store.verifying import Verified


def settings_of(where: Place) -> Settings:
    """The settings in force; those of a demo name its service and its agents file."""
    known = read_settings(where)
    return demo_settings(known, where) if where.home is not None else known


def desk(where: Place | None = None) -> "Desk":
    """The desk of the operating system's user; what hinders it ends the command with a sentence."""
    where = where or place()
    announce(where)
    try:
        return open_desk(where)
    except Exception as error:
        raise machine_error(error) from error


def open_desk(where: Place) -> "Desk":
    """The same, with the errors as they are: the app shows their sentences itself."""
    known = settings_of(where)
    if known.service.url is None and known.machine.agents_file is None:
        raise CommandError(
            _("Rien n’est réglé dans {file}. Pour essayer : ameli-support demo").format(file=known.file),
            ExitCode.MACHINE,
            kind="machine",
        )
    return opening.open_desk(known, data_folder(where), demo=where.home is not None)


def data_folder(where: Place) -> Path:
    """Where cases are kept when the settings name no other place."""
    return folders(where.environment).data


def who(where: Place | None = None) -> Identity:
    """Who the operating system's user is; a sentence when nobody, or when the file cannot be trusted."""
    where = where or place()
    try:
        return load_identity(agents_file(where), demo=where.home is not None)
    except AgentsFileError as error:
        raise machine_error(error) from error


def agents_file(where: Place) -> Path:
    """The file that maps users to agents."""
    named = settings_of(where).machine.agents_file
    if named is None:
        raise AgentsFileError(_("Le réglage machine.agents_file manque : il nomme le fichier des agents."))
    return named


def pin_book(where: Place) -> PinBook:
    """The PINs, beside the agents file."""
    return PinBook(agents_file(where).with_name(PINS))


def client(where: Place) -> "AccountsClient":
    """The account service, for a look at it alone; close it."""
    from ameli_support.accounts.client import AccountsClient
    from ameli_support.accounts.transport import Timeouts, tls_context

    known = settings_of(where)
    return AccountsClient(
        known.service.url or "",
        who(where).token,
        timeouts=Timeouts(known.service.connect_seconds, known.service.read_seconds),
        tls=tls_context(known.service.ca_file),
    )


def store(where: Place) -> "CaseStore":
    """The case store, for a look at it alone; close it."""
    from ameli_support.clock import SystemClock
    from ameli_support.store.opening import open_store

    known = settings_of(where)
    return open_store(
        path=opening.store_path(known, data_folder(where)),
        url=known.store.url,
        business=SystemClock(),
        use_keyring=where.home is None,
    )


def verify() -> "Verified":
    """The whole store recomputed; for whoever may, and only a store that exists."""
    from ameli_support.store.verifying import verify as recompute

    where = place()
    known = settings_of(where)
    refusal = may(who(where).me, Action.VERIFY_STORE)
    if refusal is not None:
        raise CommandError(refusal.sentence, ExitCode.NOT_PERMITTED, kind="not_allowed")
    if not known.store.url and not opening.store_path(known, data_folder(where)).exists():
        raise CommandError(_("Il n’y a pas encore de base des dossiers ici."), ExitCode.NOT_FOUND)
    try:
        with closing(store(where)) as opened:
            return recompute(opened)
    except Exception as error:
        raise machine_error(error) from error


def upgrade() -> tuple[str | None, str]:
    """Brings the store to this version; the numbers before and after."""
    from ameli_support.store.opening import upgrade_store

    where = place()
    known = settings_of(where)
    try:
        return upgrade_store(
            path=opening.store_path(known, data_folder(where)),
            url=known.store.url,
            use_keyring=where.home is None,
        )
    except Exception as error:
        raise machine_error(error) from error
