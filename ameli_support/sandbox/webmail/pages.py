"""The sandbox's webmail: the mailboxes of invented people, for trainers and agents who practise.

An address is typed, never listed, and stands in no URL: a mailbox's page is named by a seal of it.
"""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ameli_support.clock import paris
from ameli_support.i18n import typeset
from ameli_support.mail.rewriters import host_of
from ameli_support.onboarding.wording import spoken_day, spoken_time
from ameli_support.sandbox.maildirs import INBOX, Received, folder_of, mails_in, move_to_inbox
from ameli_support.sandbox.mailworld.mailboxes import Mailboxes
from ameli_support.sandbox.mailworld.red_lists import RedLists, word
from ameli_support.sandbox.webmail.showing import leads_to, one_line, show
from ameli_support.sandbox.world import World

PATH = "/webmail/"
MOST_MAILS = 200
LARGEST_FORM = 2048
LONGEST_ADDRESS = 320
_REMEMBERED = 1000
_COMMON = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
HEADERS = _COMMON | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Content-Language": "fr",
}
# a stranger's HTML: no script, no loading, no form, no origin, even if the cleaning missed something
BODY_HEADERS = _COMMON | {
    "Content-Security-Policy": (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Box:
    """One open mailbox: the seal that names it, its address, and where it lies."""

    seal: str
    address: str
    folder: Path

    @property
    def path(self) -> str:
        return f"{PATH}{self.seal}/"


class _Absent(Exception):
    """No such mailbox or mail."""


def routes(world: World, root: Path, people: Mailboxes) -> list[Route]:
    """The webmail over the Maildirs of `root`; `people` knows whose mailbox does what."""
    web = _Webmail(world, root, people)
    style = (files(__package__) / "static" / "webmail.css").read_bytes()

    async def style_sheet(_request: Request) -> Response:
        kept = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600"}
        return Response(style, media_type="text/css", headers=kept)

    mail = PATH + "{seal}/{name}/"
    return [
        Route(PATH + "webmail.css", style_sheet, methods=["GET"]),
        Route(PATH, web.door, methods=["GET", "POST"]),
        Route(PATH + "{seal}/", web.of(web.mailbox), methods=["GET"]),
        Route(PATH + "{seal}/liste-rouge/{act}", web.of(web.red_list), methods=["POST"]),
        Route(mail, web.of(web.mail), methods=["GET"]),
        Route(mail + "html", web.of(web.body), methods=["GET"]),
        Route(mail + "source", web.of(web.source), methods=["GET"]),
        Route(mail + "mail.eml", web.of(web.attachment), methods=["GET"]),
        Route(mail + "lien/{number:int}", web.of(web.link), methods=["GET"]),
        Route(mail + "reception", web.of(web.to_inbox), methods=["POST"]),
    ]


class _Webmail:
    def __init__(self, world: World, root: Path, people: Mailboxes) -> None:
        self._world = world
        self._root = root
        self._people = people
        self._red_lists = RedLists(root)
        self._open: dict[str, str] = {}
        self._template = Environment(
            loader=PackageLoader(__package__),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        ).get_template("webmail.html")

    # ── the door ────────────────────────────────────────────────────────────

    async def door(self, request: Request) -> Response:
        """Asks for an address; a typed one leads to its mailbox, whether or not anything is in it."""
        if request.method == "GET":
            return self._page("door", typed="", fault=None)
        typed = await _typed(request)
        address = typed.strip().lower()
        if "@" not in address.strip("@") or len(address) > LONGEST_ADDRESS or one_line(address) != address:
            return self._page("door", 400, typed=typed[:LONGEST_ADDRESS], fault=True)
        return RedirectResponse(self._box(address).path, 303, _COMMON)

    def of(self, show_it: Callable[[Request, _Box], Response]) -> Callable[[Request], Any]:
        """A page of one mailbox, made in a worker thread; what does not exist is said plainly."""

        def work(request: Request) -> Response:
            try:
                return show_it(request, self._known(request.path_params["seal"]))
            except _Absent:
                return self._page("absent", 404)

        async def answer(request: Request) -> Response:
            try:
                return await run_in_threadpool(work, request)
            except Exception as error:
                _log.error("webmail failed: %s", type(error).__name__)
                return self._page("absent", 500)

        return answer

    def _box(self, address: str) -> _Box:
        seal = self._seal(address)
        if len(self._open) >= _REMEMBERED:
            self._open.pop(next(iter(self._open)))
        self._open[seal] = address
        return _Box(seal, address, folder_of(self._root, address))

    def _known(self, seal: str) -> _Box:
        """A mailbox that was opened before, in an earlier run too if it has mail. Raises _Absent."""
        if (address := self._open.get(seal)) is not None:
            return _Box(seal, address, folder_of(self._root, address))
        for folder in self._root.glob("*@*"):
            if self._seal(folder.name) == seal:
                return self._box(folder.name)
        raise _Absent

    def _seal(self, address: str) -> str:
        return urlsafe_b64encode(self._world.ring.mac("webmail1", address.encode())[:18]).decode()

    # ── a mailbox and its mails ─────────────────────────────────────────────

    def mailbox(self, _request: Request, box: _Box) -> Response:
        """Every folder with its mails, the newest first; the inbox always, and first."""
        folders: dict[str, list[dict[str, Any]]] = {INBOX: []}
        for mail in reversed(mails_in(box.folder)[-MOST_MAILS:]):
            shown = show(mail.raw)
            line = {"href": _stem(mail) + "/", "sender": shown.sender, "subject": shown.subject}
            folders.setdefault(mail.folder, []).append(line | {"when": _when(mail)})
        named = [(_label(folder), lines) for folder, lines in folders.items()]
        kind = self._people.of(box.address)
        now = self._world.now()
        return self._page(
            "mailbox", box=box, folders=named, what=typeset(kind.what), now=f"{_day(now)} à {_time(now)}",
            red_word=word(kind), emptied=self._red_lists.is_emptied(box.address),
        )  # fmt: skip

    def red_list(self, request: Request, box: _Box) -> Response:
        """The person takes the word off their red list, or puts it back."""
        acts = {"retirer": self._red_lists.empty, "remettre": self._red_lists.fill}
        act = acts.get(request.path_params["act"])
        if act is None or word(self._people.of(box.address)) is None:
            raise _Absent
        act(box.address)
        return RedirectResponse(box.path, 303, _COMMON)

    def mail(self, request: Request, box: _Box) -> Response:
        """One mail: its head, its text and HTML, its links, and what can be done with it."""
        mail = self._mail(request, box)
        live = self._live(mail, box)
        shown = show(mail.raw, live=live)
        return self._page(
            "mail", box=box, mail=shown, folder=_label(mail.folder), in_inbox=mail.folder == INBOX,
            dead_links=not live, when=_when(mail), has_html=shown.html is not None,
        )  # fmt: skip

    def body(self, request: Request, box: _Box) -> Response:
        """The cleaned HTML, for the frame alone."""
        mail = self._mail(request, box)
        html = show(mail.raw, live=self._live(mail, box)).html
        if html is None:
            raise _Absent
        head = '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Mail</title></head>'
        whole = f"{head}<body>{html}</body></html>"
        return Response(whole, headers=BODY_HEADERS, media_type="text/html; charset=utf-8")

    def source(self, request: Request, box: _Box) -> Response:
        """The raw mail, as text."""
        text = self._mail(request, box).raw.decode("utf-8", "replace")
        return Response(text, headers=HEADERS, media_type="text/plain; charset=utf-8")

    def attachment(self, request: Request, box: _Box) -> Response:
        """The raw mail as a file: what « transférer en pièce jointe » would attach."""
        held = {"Content-Disposition": 'attachment; filename="mail.eml"'}
        return Response(self._mail(request, box).raw, headers=HEADERS | held, media_type="message/rfc822")

    def link(self, request: Request, box: _Box) -> Response:
        """A click: what a gateway rewrote leads on as it would; nothing but our own site is ever opened."""
        mail = self._mail(request, box)
        links = show(mail.raw).links
        number = request.path_params["number"]
        if not 1 <= number <= len(links) or not self._live(mail, box):
            raise _Absent
        link = links[number - 1]
        if (target := leads_to(link, self._world.base_url)) is not None:
            return RedirectResponse(target, 303, _COMMON)
        where = host_of(link.target or link.href) or "?"
        return self._page("elsewhere", box=box, host=one_line(where), rewriter=link.rewriter)

    def to_inbox(self, request: Request, box: _Box) -> Response:
        """« Ce n’est pas un indésirable »."""
        mail = self._mail(request, box)
        move_to_inbox(box.folder, mail.name)
        return RedirectResponse(f"{box.path}{_stem(mail)}/", 303, _COMMON)

    def _mail(self, request: Request, box: _Box) -> Received:
        name = request.path_params["name"]
        found = next((mail for mail in mails_in(box.folder) if _stem(mail) == name), None)
        if found is None:
            raise _Absent
        return found

    def _live(self, mail: Received, box: _Box) -> bool:
        """Whether links work where the mail lies."""
        provider = self._people.provider(box.address)
        return not (provider.dead_links_in_junk and mail.folder == provider.junk)

    # ── pages ───────────────────────────────────────────────────────────────

    def _page(self, view: str, status: int = 200, **content: Any) -> Response:
        body = self._template.render(view=view, door=PATH, style=PATH + "webmail.css", **content)
        return Response(body, status, HEADERS, "text/html; charset=utf-8")


def _stem(mail: Received) -> str:
    return mail.name.removesuffix(".sandbox")


def _label(folder: str) -> str:
    return one_line(folder) or "Boîte de réception"


def _when(mail: Received) -> str:
    return f"{_day(mail.arrived_at)} à {_time(mail.arrived_at)}"


def _day(at: Any) -> str:
    return f"{spoken_day(at, 'fr')} {paris(at).year}"


def _time(at: Any) -> str:
    return spoken_time(at, "fr")


async def _typed(request: Request) -> str:
    """The one field of the door's form; "" for a body that is none of ours."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                return ""
        fields = parse_qs(body.decode("ascii"), max_num_fields=4)
    except (ClientDisconnect, ValueError):
        return ""
    return fields.get("adresse", [""])[0]
