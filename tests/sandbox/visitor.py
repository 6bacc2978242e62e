"""An insured person’s browser without JavaScript: redirects, cookies, and the pages’ own forms."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx


@dataclass
class Form:
    """One form of a page: where it goes, and the fields with the values that they have."""

    action: str
    id: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Takes a page apart as a browser and a screen reader do."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.labels: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.ids: list[str] = []
        self.alerts: list[str] = []
        self.faults: list[str] = []
        self.buttons: list[tuple[str, str, str, str]] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._text = ""
        self.heading = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("id") or f"#{len(self.forms)}"))
        if tag == "input" and self.forms and (given.get("type") != "radio" or "checked" in given):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        if tag in ("a", "button", "label", "h1", "li", "p") or given.get("class") == "whole":
            self._open.append((tag, given))
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        text = " ".join(self._text.replace("\u00a0", " ").split())
        _, given = self._open.pop()
        if tag == "a":
            self.links[text] = given["href"]
        elif tag == "label":
            self.labels[given["for"]] = text
        elif tag == "h1":
            self.heading = text
        elif tag == "span" or (tag == "p" and "fault" in given.get("class", "")):
            self.faults.append(text)
        elif tag == "button" and self.forms:
            name, value = given.get("name", ""), given.get("value", "")
            self.buttons.append((text, given.get("form") or self.forms[-1].id, name, value))


@dataclass(frozen=True)
class Shown:
    """A page as shown; `text` is what a person reads, on one line, with plain spaces."""

    status: int
    path: str
    headers: httpx.Headers
    html: str
    parts: _Reader

    @property
    def title(self) -> str:
        return self.parts.heading

    @property
    def text(self) -> str:
        body = self.html.partition("<body>")[2]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())

    @property
    def faults(self) -> list[str]:
        """The sentences that blame no field, then those beside the fields, in their order."""
        return self.parts.faults


class Visitor:
    """One browser at one site. Close it at the end."""

    def __init__(self, base_url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.client = httpx.Client(
            base_url=base_url, transport=transport, follow_redirects=True, trust_env=False, timeout=30
        )
        self.page: Shown | None = None

    def close(self) -> None:
        self.client.close()

    def open(self, path: str) -> Shown:
        return self._show(self.client.get(path))

    def press(self, button: str, **typed: str) -> Shown:
        """Fill the form with that button and press it."""
        assert self.page is not None
        found = [pressed for pressed in self.page.parts.buttons if pressed[0] == button]
        assert found, (button, self.page.parts.buttons, self.page.text)
        _, owner, name, value = found[0]
        form = next(form for form in self.page.parts.forms if form.id == owner)
        unknown = [n for n in typed if n not in self.page.parts.ids and n not in form.fields]
        assert not unknown, unknown
        fields = {**form.fields, **typed, **({name: value} if name else {})}
        return self.send(form.action, fields)

    def send(self, path: str, fields: dict[str, str], **other: Any) -> Shown:
        """A POST as a form makes it."""
        return self._show(self.client.post(path, data=fields, **other))

    def follow(self, link: str) -> Shown:
        assert self.page is not None
        return self.open(urljoin(self.page.path, self.page.parts.links[link]))

    def _show(self, answer: httpx.Response) -> Shown:
        reader = _Reader()
        reader.feed(answer.text)
        self.page = Shown(
            answer.status_code, urlsplit(str(answer.url)).path, answer.headers, answer.text, reader
        )
        return self.page
