"""How the provider's pages look: its own templates, style sheet and headers, words from procedure.toml."""

from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ameli_support.i18n import typeset
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.wording import fill, plain

STYLE_PATH = "/fc/static/franceconnect.css"
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Content-Language": "fr",
}


class Words:
    """The words of one page of procedure.toml, typeset."""

    def __init__(self, procedure: Procedure, name: str, values: dict[str, object] | None = None) -> None:
        self._procedure = procedure
        self._name = name
        self._values = {**procedure.values["fr"], **(values or {})}

    def __call__(self, part: str) -> str:
        """One part as one text: `words("title")`."""
        return " ".join(self.each(part))

    def each(self, part: str) -> list[str]:
        """One part's lines: `words.each("buttons")`."""
        lines = self._procedure.cells[f"pages.{self._name}.{part}"].fr
        return [typeset(plain(fill(line, self._values))) for line in lines]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    procedure: Procedure,
    template: str,
    *,
    status: int = 200,
    returns_to: str | None = None,
    values: dict[str, object] | None = None,
    **content: Any,
) -> Response:
    """A page of `templates/`; `returns_to`: where its form may lead a browser in the end."""
    name = template.partition(".")[0]
    shared = Words(procedure, "franceconnect")
    body = _environment().get_template(template).render(
        words=Words(procedure, name, values), shared=shared, style=STYLE_PATH, **content
    )  # fmt: skip
    back = f" {_origin(returns_to)}" if returns_to else ""
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{back}"
    )
    headers = {**_HEADERS, "Content-Security-Policy": policy}
    return Response(body.encode(), status, headers, "text/html; charset=utf-8")


def redirect(target: str) -> Response:
    """303: on by GET, whatever the method was."""
    return Response(status_code=303, headers={**_HEADERS, "Location": target})


def routes() -> list[Route]:
    """The style sheet."""
    style = (files(__package__) / "static" / "franceconnect.css").read_bytes()

    async def style_sheet(_request: Request) -> Response:
        kept = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600"}
        return Response(style, media_type="text/css", headers=kept)

    return [Route(STYLE_PATH, style_sheet, methods=["GET"])]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
