"""One tab of a real browser at a running site: what a person sees, types and presses, and what axe finds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox.site.forms import WHOLE
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.visitor import Visitor

P = procedure()
FC_BUTTON = "S’identifier avec FranceConnect"
# the edges of everything that is read or pressed, where it is drawn at all
_EDGES = """Array.from(document.querySelectorAll('h1,h2,p,li,label,legend,button,a,input,summary,dd'))
  .filter(e => e.checkVisibility() && !e.classList.contains('picker'))
  .map(e => [e.getBoundingClientRect(), e.outerHTML])
  .filter(([box]) => box.left < -0.5 || box.right > innerWidth + 0.5).map(([, html]) => html.slice(0, 120))"""


@dataclass(frozen=True)
class Look:
    """How somebody looks at the pages: CSS pixels, zoom, scripts; `axe`: each page is looked through."""

    width: int = 1280
    height: int = 900
    zoom: float = 1
    scripts: bool = True
    axe: bool = False


def plain(text: str) -> str:
    """On one line, with plain spaces."""
    return " ".join(text.split())


def said(key: str) -> str:
    """An entry of procedure.toml as it is read on a page."""
    return plain(P.text(key))


def named(page: str, **values: str) -> str:
    """The title of a page of procedure.toml."""
    return plain(P.pages[page].title.format(**values))


@dataclass
class Tab:
    """One page of one browser context. `look()` is called by the walks on every page they come to."""

    page: Page
    site: PublicSite
    how: Look

    # ── what is seen ────────────────────────────────────────────────────────

    @property
    def title(self) -> str:
        return plain(self.page.locator("h1").inner_text())

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        return plain(self.page.locator("main").inner_text())

    @property
    def focus(self) -> str:
        """The id of what has the focus; its text where it has none."""
        return plain(str(self.page.evaluate("(e => e.id || e.textContent)(document.activeElement)")))

    def value(self, field: str) -> str:
        return self.page.locator(f"[id='{field}']").input_value()

    def look(self, title: str) -> None:
        """The page has this title, nothing sticks out of the window, and axe has nothing to say."""
        assert self.title == title
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.how.width, title
        assert self.page.evaluate(_EDGES) == [], title
        if self.how.axe:
            found = _axe().run(self.page).response["violations"]
            told = [(one["id"], one["impact"], [node["html"] for node in one["nodes"]]) for one in found]
            assert told == [], title

    def tells(self, faults: dict[str, str | list[str]]) -> None:
        """These faults and no others: in the summary, which has the focus, and beside each field.

        What blames no field (WHOLE) stands in the summary alone, and marks none.
        """
        wanted = {f: [m] if isinstance(m, str) else m for f, m in faults.items()}
        whole = [plain(line) for line in self.page.locator("#erreurs .whole").all_inner_texts()]
        assert whole == wanted.pop(WHOLE, [])
        assert self.page.title().startswith("Erreur – ")
        assert self.focus == "erreurs"
        lines = self.page.locator("#erreurs li a")
        shown = [(plain(line.inner_text()), line.get_attribute("href")) for line in lines.all()]
        assert shown == [(message, f"#{field}") for field, each in wanted.items() for message in each]
        for field, each in wanted.items():
            control = self.page.locator(f"#{field}")
            assert control.get_attribute("aria-invalid") == "true", field
            about = (control.get_attribute("aria-describedby") or "").split()
            beside = [plain(self.page.locator(f"#{i}").inner_text()) for i in about if "-erreur" in i]
            assert beside == each, field
        assert self.page.locator("[aria-invalid]").count() == len(wanted)
        if wanted:
            lines.first.click()  # leads to the first wrong field
            assert self.focus == next(iter(wanted))

    def keeps(self, **typed: str) -> None:
        """What was typed is still there."""
        for field, value in typed.items():
            if value in ("yes", "no"):
                assert self.page.locator(f"#{field}-{value}").is_checked(), field
            else:
                assert self.value(field) == value

    # ── what is done ────────────────────────────────────────────────────────

    def open(self, path: str) -> "Tab":
        self.page.goto(path)
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def fill(self, **typed: str) -> "Tab":
        """Types into fields by id; `yes` and `no` choose."""
        for field, value in typed.items():
            if value in ("yes", "no"):
                self.page.check(f"#{field}-{value}")
            else:
                self.page.fill(f"#{field}", value)
        return self

    def press(self, button: str, **typed: str) -> "Tab":
        """Types, presses, waits for the page that follows."""
        self.fill(**typed)
        with self.page.expect_navigation():
            self.button(button).click()
        return self

    def repeats(self, times: int, **typed: str) -> None:
        """The form of this page sent so many times with the tab's cookies, nothing drawn: that is dear."""
        csrf = self.page.locator("main input[name=csrf]").first.input_value()
        for _ in range(times):
            self.page.request.post(self.page.url, form={"csrf": csrf, **typed})

    def follow(self, link: str) -> "Tab":
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link, exact=True).click()
        return self

    def tab_to(self, selector: str) -> None:
        """The Tab key until something has the focus; what has it can always be seen."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            there, seen = self.page.evaluate(
                """selector => { const e = document.activeElement; return [e.matches(selector),
                   e === document.body || getComputedStyle(e).outlineStyle !== 'none'] }""",
                selector,
            )
            assert seen, self.focus
            if there:
                return
        raise AssertionError(f"the Tab key never comes to {selector}")

    def enter(self) -> None:
        """The Enter key, and the page that follows."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def another(self) -> "Tab":
        """A second tab of the same browser, with the same cookies."""
        return replace(self, page=self.page.context.new_page())

    # ── usual ways ──────────────────────────────────────────────────────────

    def arrives(self, walk: Callable[[Visitor], object]) -> "Tab":
        """At the page where a visitor without a browser ends, with that visitor's cookies."""
        visitor = self.site.visitor()
        try:
            walk(visitor)
            assert visitor.page is not None
            url = self.site.world.base_url
            cookies = [{"name": n, "value": v, "url": url} for n, v in visitor.client.cookies.items()]
            self.page.context.add_cookies(cookies)  # type: ignore[arg-type]
            return self.open(visitor.page.path)
        finally:
            visitor.close()

    def at_terms(self, record: str) -> "Tab":
        return self.arrives(lambda visitor: self.site.at_terms(visitor, record))

    def at_code(self, record: str) -> "Tab":
        return self.arrives(lambda visitor: self.site.at_code(visitor, record))

    def at_contact(self, record: str) -> "Tab":
        return self.arrives(lambda visitor: self.site.at_contact_page(visitor, record))

    def logged_in(self, record: str, code: str = CODE) -> "Tab":
        return self.arrives(lambda visitor: self.site.log_in(visitor, record, code))


@contextmanager
def opened(browser: Browser, site: PublicSite, how: Look | None = None) -> Iterator[Tab]:
    """A browser without cookies, for the length of the block; a script that fails on a page fails it."""
    how = how or Look()
    context = browser.new_context(
        base_url=site.world.base_url,
        viewport={"width": how.width, "height": how.height},
        device_scale_factor=how.zoom,
        java_script_enabled=how.scripts,
    )
    context.set_default_timeout(30_000)
    page: Page = context.new_page()
    failures: list[Any] = []
    page.on("pageerror", lambda error: failures.append(error))
    try:
        yield Tab(page, site, how)
        assert failures == []
    finally:
        context.close()


@cache
def _axe() -> Axe:
    return Axe()
