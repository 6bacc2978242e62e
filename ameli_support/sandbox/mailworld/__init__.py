"""The mail world: an SMTP server and simulated providers in front of the invented people's mailboxes."""

from ameli_support.sandbox.mailworld.server import HOST, MailWorld

__all__ = ["HOST", "MailWorld"]
