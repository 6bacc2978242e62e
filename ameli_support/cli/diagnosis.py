"""The checks of `doctor`: each looks at one part and says what to do when it does not work."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing

from ameli_support.accounts.errors import AccountsError, ServiceDown
from ameli_support.casework.opening import store_path
from ameli_support.cli import connect
from ameli_support.cli.doctor import Finding
from ameli_support.cli.errors import CommandError
from ameli_support.cli.place import place, read_settings
from ameli_support.i18n import _
from ameli_support.settings import Settings
from ameli_support.store.errors import StoreError

SECONDS = 5.0
LEAST_COLUMNS, LEAST_LINES = 80, 24
DNS_NAME = "ameli.fr"


def checks() -> tuple[Callable[[], Finding], ...]:
    """Every check, in the order in which a failure explains the next."""
    return settings, agent, service, database, smtp, dns, terminal


def rest_on_settings() -> dict[Callable[[], Finding], str]:
    """Those that say nothing while the settings cannot be read, and how they are called."""
    return {
        agent: _("agent"),
        service: _("service des comptes"),
        database: _("base des dossiers"),
        smtp: "SMTP",
    }


def settings() -> Finding:
    """The settings file and the variables."""
    name = _("réglages")
    try:
        known = read_settings()
    except CommandError as error:
        return Finding(name, False, error.sentence, _("Corrigez cette ligne, puis relancez doctor."))
    if known.file.exists():
        return Finding(name, True, _("lus dans {file}.").format(file=known.file))
    return Finding(
        name, True, _("aucun fichier, valeurs par défaut ; il s’écrirait {file}.").format(file=known.file)
    )


def agent() -> Finding:
    """Who the operating system's user is."""
    name = _("agent")
    try:
        identity = connect.who()
    except CommandError as error:
        return Finding(
            name, False, error.sentence, _("L’administrateur du poste règle cela dans [machine] agents_file.")
        )
    return Finding(
        name, True, _("{agent}, rôle {role}.").format(agent=identity.me.agent, role=identity.me.role)
    )


def service() -> Finding:
    """The account service."""
    name = _("service des comptes")
    where = place()
    if connect.settings_of(where).service.url is None:
        return Finding(
            name,
            False,
            _("aucune adresse réglée."),
            _("Réglez [service] url, ou essayez « ameli-support demo »."),
        )
    try:
        with closing(connect.client(where)) as client:
            status = client.status()
    except ServiceDown as error:
        return Finding(
            name,
            False,
            _("injoignable ({kind}).").format(kind=error.kind.value),
            _("Vérifiez le réseau et [service] url ; l’application reste utilisable sans lui."),
        )
    except AccountsError as error:
        return Finding(
            name,
            False,
            _("répond, mais refuse ({error}).").format(error=error),
            _("Demandez un nouveau jeton à l’administrateur."),
        )
    return Finding(name, True, _("répond ; procédure du {version}.").format(version=status.procedure_version))


def database() -> Finding:
    """The store of cases."""
    name = _("base des dossiers")
    here = place()
    known = connect.settings_of(here)
    where = _("base partagée") if known.store.url else str(store_path(known, connect.data_folder(here)))
    if not known.store.url and not store_path(known, connect.data_folder(here)).exists():
        return Finding(
            name, None, _("{where} : pas encore créée, le premier appel le fera.").format(where=where)
        )
    try:
        store = connect.store(here)
    except StoreError as error:
        return Finding(name, False, error.sentence, _("Sinon, prévenez l’administrateur."))
    except Exception as error:  # whatever a driver raises for a server that is away
        return Finding(
            name,
            False,
            _("{where} : ne s’ouvre pas ({error}).").format(where=where, error=type(error).__name__),
            _("Vérifiez [store] url ou path, et que le serveur tourne."),
        )
    store.close()
    return Finding(name, True, _("{where} : s’ouvre.").format(where=where))


def smtp() -> Finding:
    """The server that mails are handed to."""
    name = "SMTP"
    known = read_settings()
    if known.smtp.host is None:
        return Finding(
            name, None, _("non réglé ; l’appel n’en a pas besoin, les mails partent du service des comptes.")
        )
    try:
        asyncio.run(_greet(known))
    except Exception as error:  # refused, unknown host, TLS, time-out: each says its name
        return Finding(
            name,
            False,
            _("{host}:{port} ne répond pas ({error}).").format(
                host=known.smtp.host, port=known.smtp.port, error=type(error).__name__
            ),
            _("Vérifiez [smtp] host, port, security, user et password."),
        )
    return Finding(name, True, _("{host}:{port} répond.").format(host=known.smtp.host, port=known.smtp.port))


async def _greet(known: Settings) -> None:
    import aiosmtplib

    security = known.smtp.security
    server = aiosmtplib.SMTP(
        hostname=known.smtp.host,
        port=known.smtp.port,
        use_tls=security == "tls",
        start_tls=security == "starttls",
        timeout=SECONDS,
    )
    async with server:
        if known.smtp.user:
            await server.login(known.smtp.user, known.smtp.password or "")


def dns() -> Finding:
    """Whether names resolve: mail domains are looked up by it. A demo does without."""
    name = "DNS"
    if place().home is not None:
        return Finding(
            name,
            None,
            _(
                "non contrôlé : la démonstration s’en passe ; "
                "sans DNS, le diagnostic ne dit rien des domaines."
            ),
        )
    import dns.exception
    import dns.resolver

    try:
        dns.resolver.resolve(DNS_NAME, "MX", lifetime=SECONDS)
    except (dns.exception.DNSException, OSError) as error:
        return Finding(
            name,
            False,
            _("{name} ne se résout pas ({error}).").format(name=DNS_NAME, error=type(error).__name__),
            _("Vérifiez le réseau ; sans DNS, les domaines des adresses ne sont pas contrôlés."),
        )
    return Finding(name, True, _("{name} se résout.").format(name=DNS_NAME))


def terminal() -> Finding:
    """Whether the screens can be drawn here."""
    name = _("terminal")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding(
            name, None, _("aucun ici."), _("Les commandes suffisent ; les écrans demandent un terminal.")
        )
    columns, lines = shutil.get_terminal_size()
    if columns < LEAST_COLUMNS or lines < LEAST_LINES:
        return Finding(
            name,
            False,
            _("{columns} colonnes sur {lines} lignes.").format(columns=columns, lines=lines),
            _("Agrandissez la fenêtre à {columns} sur {lines} au moins.").format(
                columns=LEAST_COLUMNS, lines=LEAST_LINES
            ),
        )
    if "utf" not in (sys.stdout.encoding or "").lower():
        return Finding(
            name, False, _("ne montre pas l’UTF-8."), _("Choisissez un codage UTF-8 (fr_FR.UTF-8).")
        )
    kind = os.environ.get("TERM", "") + " " + os.environ.get("COLORTERM", "")
    return Finding(
        name,
        True,
        _("{columns} colonnes sur {lines} lignes ({kind}).").format(
            columns=columns, lines=lines, kind=kind.strip()
        ),
    )
