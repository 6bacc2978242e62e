"""The public pages in a test: one browser without JavaScript and without cookies."""

import asyncio
import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette

from ameli_support.sandbox.site import links, looks
from ameli_support.sandbox.world import World


@dataclass(frozen=True)
class Page:
    """What came back; `text` is what a person reads, on one line, with plain spaces."""

    status: int
    headers: dict[str, str]
    html: str

    @property
    def text(self) -> str:
        body = self.html.partition("<body>")[2]
        words = html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ")
        return " ".join(words.split())

    @property
    def title(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html)
        assert found is not None
        return html.unescape(found[1]).replace("\u00a0", " ")

    @property
    def form(self) -> dict[str, str] | None:
        """The action, CSRF token and label of the page's one form."""
        found = re.search(
            r'<form method="post" action="([^"]*)">\s*<input type="hidden" name="csrf" value="([^"]*)">'
            r"\s*<button type=\"submit\">(.*?)</button>",
            self.html,
        )
        if found is None:
            return None
        action, csrf, label = map(html.unescape, found.groups())
        return {"action": action, "csrf": csrf, "label": label}


class Site:
    """The pages of a world, asked as a person's browser asks."""

    def __init__(self, world: World, **options: Any) -> None:
        self._transport = httpx.ASGITransport(
            Starlette(routes=[*looks.routes(), *links.routes(world, **options)])
        )

    def open(self, token: str, method: str = "GET") -> Page:
        return self.ask(method, links.CONFIRM_PATH + quote(token, safe=""))

    def press(self, page: Page) -> Page:
        """Press the one button of a page."""
        assert page.form is not None, page.text
        return self.ask("POST", page.form["action"], {"csrf": page.form["csrf"]})

    def confirm(self, token: str) -> Page:
        return self.press(self.open(token))

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **other: Any) -> Page:
        return asyncio.run(self.asked(method, path, form, **other))

    async def asked(self, method: str, path: str, form: dict[str, str] | None = None, **other: Any) -> Page:
        """The same inside an event loop, for several at once."""
        async with httpx.AsyncClient(transport=self._transport, base_url="http://pages.invalid") as client:
            answer = await client.request(method, path, data=form, **other)
        return Page(answer.status_code, dict(answer.headers), answer.text)
