"""What every agent should know now: a supervisor's incident banner, and identity providers that are away."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from ameli_support.accounts.contract import ProviderRequest
from ameli_support.accounts.errors import OutcomeUnknown, ServiceDown, ServiceProblem
from ameli_support.casework.bench import Bench, instant
from ameli_support.casework.errors import DeskError
from ameli_support.casework.permissions import Action
from ameli_support.casework.sentences import of_service
from ameli_support.casework.texts import reason as worded
from ameli_support.casework.texts import storable
from ameli_support.clock import from_us
from ameli_support.i18n import _, language
from ameli_support.store import banners
from ameli_support.store.cases import AnyRow

LONGEST_BANNER = 74  # with the provider: read in one glance, on one row of 80 columns


@dataclass(frozen=True, slots=True)
class Banner:
    """An incident in one sentence. No end: until it is cleared. `provider` is a name of procedure.toml."""

    text: str
    provider: str | None
    starts_at: datetime
    ends_at: datetime | None
    set_by: str
    set_at: datetime
    reason: str

    def in_force(self, at: datetime) -> bool:
        """Whether agents see it at `at`."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider and whether it can be used now."""

    name: str
    label: str
    available: bool


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Banner in force and providers that are away; these None when the service does not tell."""

    banner: Banner | None = None
    away: tuple[Provider, ...] | None = None


@dataclass(slots=True)
class Bulletins:
    """The part of a desk that tells everybody something."""

    bench: Bench

    def bulletin(self) -> Bulletin:
        """See `Desk.bulletin`."""
        away: tuple[Provider, ...] | None = None
        with suppress(ServiceDown, ServiceProblem):
            away = tuple(one for one in self._providers() if not one.available)
        return Bulletin(self.banner(), away)

    # ── the banner ──────────────────────────────────────────────────────────

    def banner(self) -> Banner | None:
        """See `Desk.banner`."""
        coming = self.coming_banner()
        return coming if coming is not None and coming.in_force(self.bench.business.now()) else None

    def coming_banner(self) -> Banner | None:
        """See `Desk.coming_banner`."""
        row = banners.last(self.bench.store)
        found = None if row is None or row.text is None else _banner(row)
        over = found is not None and found.ends_at is not None and found.ends_at <= self.bench.business.now()
        return None if over else found

    def set_banner(
        self,
        text: str,
        reason: str,
        starts_at: datetime | None,
        ends_at: datetime | None,
        provider: str | None,
    ) -> Banner:
        """See `Desk.set_banner`."""
        self.bench.allow(Action.INCIDENT_BANNER)
        self._hear_the_time()
        now = self.bench.business.now()
        label = self._provider(self._known(provider), available=False).label if provider else ""
        if ends_at is not None and ends_at <= max(now, starts_at or now):
            raise DeskError(_("La fin du message doit venir après son début, et après maintenant."))
        banners.append(
            self.bench.store,
            self.bench.me.agent,
            worded(reason),
            text=_sentence(text, LONGEST_BANNER - (len(label) + len(" : ") if label else 0)),
            provider=provider,
            starts_at=starts_at or now,
            ends_at=ends_at,
        )
        row = banners.last(self.bench.store)
        assert row is not None
        return _banner(row)

    def clear_banner(self, reason: str) -> None:
        """See `Desk.clear_banner`."""
        self.bench.allow(Action.INCIDENT_BANNER)
        self._hear_the_time()
        if self.coming_banner() is None:
            raise DeskError(_("Aucun message d’incident n’est affiché."))
        banners.append(self.bench.store, self.bench.me.agent, worded(reason))

    # ── identity providers ──────────────────────────────────────────────────

    def providers(self) -> tuple[Provider, ...]:
        """See `Desk.providers`."""
        with _asking():
            return self._providers()

    def set_provider(self, name: str, available: bool, reason: str) -> Provider:
        """See `Desk.set_provider`."""
        self.bench.allow(Action.PROVIDER_AVAILABILITY)
        known = self._known(name)
        request = ProviderRequest(available=available, reason=worded(reason))
        with _asking():
            answer = self.bench.accounts.switch_provider(known, request)
        return self._provider(answer.name, answer.available)

    def _providers(self) -> tuple[Provider, ...]:
        away = self.bench.accounts.status(patient=False).unavailable_providers
        return tuple(
            self._provider(name, name not in away) for name in self.bench.procedure.names("providers")
        )

    def _provider(self, name: str, available: bool) -> Provider:
        return Provider(name, self.bench.procedure.text(f"providers.{name}", language()), available)

    def _known(self, name: str) -> str:
        names = self.bench.procedure.names("providers")
        if name not in names:
            raise DeskError(
                _("Fournisseur d’identité inconnu. Attendu : {names}.").format(names=", ".join(names))
            )
        return name

    def _hear_the_time(self) -> None:
        """The demo's business time is the service's: an answer brings it."""
        with suppress(ServiceDown, ServiceProblem):
            self.bench.accounts.status(patient=False)


@contextmanager
def _asking() -> Iterator[None]:
    """Errors of the service as the desk's."""
    try:
        yield
    except (ServiceDown, ServiceProblem, OutcomeUnknown) as error:
        raise of_service(error) from None


def _sentence(text: str, most: int) -> str:
    """One line that fits; raises `DeskError`."""
    one_line = " ".join(storable(text).split())
    if not one_line:
        raise DeskError(_("Écrivez le message d’incident."))
    if len(one_line) > most:
        raise DeskError(
            _("Message trop long : {number} caractères, {most} au plus.").format(
                number=len(one_line), most=most
            )
        )
    return one_line


def _banner(row: AnyRow) -> Banner:
    set_at = from_us(row.at)
    return Banner(
        row.text,
        row.provider,
        instant(row.starts_at) or set_at,
        instant(row.ends_at),
        row.actor,
        set_at,
        row.reason,
    )
