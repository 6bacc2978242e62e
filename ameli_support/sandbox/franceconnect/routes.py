"""Everything of FranceConnect under one roof, for the sandbox's server."""

from starlette.routing import BaseRoute

from ameli_support.sandbox.franceconnect import back_channel
from ameli_support.sandbox.franceconnect.pages import Pages
from ameli_support.sandbox.franceconnect.provider import Provider
from ameli_support.sandbox.world import World


def routes(world: World, provider: Provider | None = None) -> list[BaseRoute]:
    """The provider's routes; `provider` when the caller wants to turn its keys."""
    provider = provider or Provider(world)
    return [*back_channel.routes(provider), *Pages(provider).routes()]
