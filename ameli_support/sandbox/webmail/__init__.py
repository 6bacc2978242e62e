"""A small webmail over the invented people's mailboxes; in the sandbox only, and it says so."""

from ameli_support.sandbox.webmail.pages import PATH, routes

__all__ = ["PATH", "routes"]
