"""What our confirmation mail is known by: subject, sender, hosts of its link, domains that vouch for it."""

from ameli_support.mail.reading import Ours
from ameli_support.mail.rewriters import host_of
from ameli_support.onboarding.procedure import Procedure
from ameli_support.settings import MailSettings


def ours(procedure: Procedure, mail: MailSettings, *urls: str) -> Ours:
    """What it is known by; `urls` are addresses of the service whose links it carries beside the site's."""
    addresses = (f"https://{procedure.contacts.site}", *urls)
    hosts = frozenset(host for address in addresses if (host := host_of(address)))
    domains = frozenset(name.strip().lower() for name in (mail.domains or "").split(",") if name.strip())
    return Ours(procedure.mail.subject, procedure.mail.sender_name, hosts, mail.sender, domains)
