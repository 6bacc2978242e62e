"""How every public page looks: one template environment, the headers, the style sheet and the one script."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ameli_support.i18n import typeset
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.wording import fill, plain
from ameli_support.sandbox.site import paths

STYLE_PATH = "/static/ameli.css"
SCRIPT_PATH = "/static/ameli.js"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Content-Language": "fr",
}
_SCRIPTED = frozenset({"sign_up.html", "forgotten.html", "code.html"})


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def text(procedure: Procedure, sentence: str, values: Mapping[str, object] | None = None) -> str:
    """A sentence of procedure.toml as a page shows it: filled, typeset, without marks of stress."""
    return typeset(plain(fill(sentence, {**procedure.values["fr"], **(values or {})})))


def html(procedure: Procedure, template: str, content: Mapping[str, Any]) -> str:
    """A page of `templates/`, with what every page has: brand, footer, style and script."""
    whole = {
        "brand": procedure.lines("pages.generic.brand"),
        "footer": typeset(procedure.text("pages.generic.footer")),
        "style": STYLE_PATH,
        "script": SCRIPT_PATH,
        "errors": (),
        "leads": (),
        "heading": text(procedure, procedure.text("forms.errors")),
        "signed_in": False,
        "log_out": paths.LOG_OUT,
        "log_out_words": procedure.text("forms.log_out"),
        **content,
    }
    return _environment().get_template(template).render(whole)


def answer(
    body: str, *, template: str = "", status: int = 200, method: str = "GET", retry_after: int | None = None
) -> Response:
    """An HTML answer with the headers of every page; `retry_after` in seconds; no body for a HEAD.

    Our one script may run on the pages of the templates that load it, and nowhere else.
    """
    encoded, headers = body.encode(), dict(HEADERS)
    if template in _SCRIPTED:
        headers["Content-Security-Policy"] += "; script-src 'self'"
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if method == "HEAD":
        headers["Content-Length"] = str(len(encoded))
        encoded = b""
    return Response(encoded, status, headers, "text/html; charset=utf-8")


def routes() -> list[Route]:
    """The static files."""
    folder = files(__package__) / "static"

    def serve(name: str, media_type: str) -> Any:
        content = (folder / name).read_bytes()

        async def static(_request: Request) -> Response:
            kept = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600"}
            return Response(content, media_type=media_type, headers=kept)

        return static

    return [
        Route(STYLE_PATH, serve("ameli.css", "text/css"), methods=["GET"]),
        Route(SCRIPT_PATH, serve("ameli.js", "text/javascript"), methods=["GET"]),
    ]
