"""What our confirmation mail is known by: subject, sender, and the hosts that its link leads to."""

from ameli_support.mail.reading import Ours
from ameli_support.mail.rewriters import host_of
from ameli_support.onboarding.procedure import Procedure


def ours(procedure: Procedure, *urls: str) -> Ours:
    """What it is known by; `urls` are addresses of the service whose links it carries beside the site's."""
    addresses = (f"https://{procedure.contacts.site}", *urls)
    hosts = frozenset(host for address in addresses if (host := host_of(address)))
    return Ours(procedure.mail.subject, procedure.mail.sender_name, hosts)
