"""Puts a desk together from the settings: who one is, the account service, the case store."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ameli_support.casework.permissions import AgentsFileError, load_identity
from ameli_support.clock import Clock, OffsetClock, SystemClock
from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.settings import Settings

STORE_FILE = "cases.db"


class DemoClock:
    """Business time as the service last told it, going on by the system clock; forward only."""

    def __init__(self, system: Clock | None = None) -> None:
        self._clock = OffsetClock(base=system or SystemClock())

    def now(self) -> datetime:
        """The present instant of the service's world."""
        return self._clock.now()

    def heard(self, as_of: datetime) -> None:
        """An answer of the service bore this instant."""
        self._clock.offset = max(self._clock.offset, as_of - self._clock.base.now())


def store_path(settings: "Settings", data: Path) -> Path:
    """The embedded store's file, which also names keys and daily roots of a shared one."""
    return settings.store.path or data / STORE_FILE


def open_desk(
    settings: "Settings",
    data: Path,
    *,
    demo: bool = False,
    user: str | None = None,
    use_keyring: bool = True,
) -> "Desk":
    """The desk of the system's user. `data` is the program's own folder (`settings.folders().data`).

    In the demo the agents file may be the user's own, the keys are a file, and business time
    follows the service. Raises `AgentsFileError`, `StoreError`, `InsecureUrl`, `ProcedureError`.
    """
    from ameli_support.accounts.client import AccountsClient
    from ameli_support.accounts.transport import Timeouts, tls_context
    from ameli_support.casework.desk import Desk
    from ameli_support.onboarding.procedure import load, procedure
    from ameli_support.store.opening import open_store

    if settings.machine.agents_file is None:
        raise AgentsFileError(_("Le réglage machine.agents_file manque : il nomme le fichier des agents."))
    if settings.service.url is None:
        raise AgentsFileError(_("Le réglage service.url manque : il nomme le service des comptes."))
    identity = load_identity(settings.machine.agents_file, user, demo=demo)
    system = SystemClock()
    demo_clock = DemoClock(system)
    business: Clock = demo_clock if demo else system
    store = open_store(
        path=store_path(settings, data),
        url=settings.store.url,
        business=business,
        system=system,
        use_keyring=use_keyring and not demo,
    )
    accounts = AccountsClient(
        settings.service.url,
        identity.token,
        timeouts=Timeouts(settings.service.connect_seconds, settings.service.read_seconds),
        tls=tls_context(settings.service.ca_file),
        heard=demo_clock.heard if demo else None,
    )
    content = settings.machine.content_folder
    rules = load(content) if content else procedure()
    return Desk(accounts, store, identity.me, rules, business, system, content, settings.mail)
