"""`python -m bench.pages [FOLDER]`: pictures of the pages that an insured person sees, and docs/pages.md.

A real sandbox, Debian's Chromium under playwright. The pages come in the order of the journey.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import provisional
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.demo import DemoWorld, start_or_attach
from ameli_support.sandbox.maildirs import list_mails
from ameli_support.sandbox.server import DATABASE
from ameli_support.sandbox.world import open_world
from bench.terminal import ROOT

FOLDER = ROOT / "docs" / "img" / "pages"
DOCUMENT = ROOT / "docs" / "pages.md"
SIZE, PHONE = {"width": 620, "height": 400}, {"width": 340, "height": 400}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
CODE, SECONDS = "MotdePasse1", 30.0
PEOPLE = 60
P = procedure()
_HIDE_TOKEN = """body => body.querySelectorAll("a, p").forEach(e => e.childNodes.forEach(
  n => n.nodeType === 3 && (n.data = n.data.replace(/confirmer\\/[\\w-]+/, "confirmer/[jeton]"))))"""
HEAD = """# Les pages que voit l’assuré

Dans l’ordre du parcours, chacune dessinée par Chromium depuis le bac à sable, comme cette page, par
`python -m bench.pages`. Personnes, adresses et numéros sont inventés.
"""


@dataclass
class Album:
    """The pictures so far, each with what is said of it; `chapter` begins a heading."""

    folder: Path
    page: Page
    lines: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    number: int = 0

    def chapter(self, title: str) -> None:
        self._end_of_row()
        self.lines += ["", f"## {title}", "", "| | |", "|---|---|"]

    def take(self, name: str, said: str, page: Page | None = None, *, whole: bool = True) -> None:
        """The whole page as high as it is, or the window: a frame is drawn only there."""
        page = page or self.page
        self.number += 1
        file = f"{self.number:02d}-{name}.png"
        page.evaluate("document.activeElement.blur()")
        page.screenshot(path=self.folder / file, full_page=whole)
        self.cells.append(f"{said}<br>![{said}](img/pages/{file})")
        if len(self.cells) == 2:
            self._end_of_row()

    def _end_of_row(self) -> None:
        if self.cells:
            self.lines.append("| " + " | ".join([*self.cells, ""][:2]) + " |")
            self.cells.clear()

    def text(self) -> str:
        """The document, whole."""
        self._end_of_row()
        return HEAD + "\n".join(self.lines) + "\n"


@dataclass
class Visit:
    """One person at the pages of one sandbox."""

    world: DemoWorld
    page: Page
    album: Album

    def open(self, path: str) -> None:
        self.page.goto(path)

    def press(self, button: str, **typed: str) -> None:
        """Types into fields by id, presses, waits for the next page."""
        self.fill(**typed)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()

    def fill(self, **typed: str) -> None:
        for name, value in typed.items():
            if value in ("yes", "no"):
                self.page.check(f"#{name}-{value}")
            else:
                self.page.fill(f"#{name}", value)

    def log_out(self) -> None:
        self.page.context.clear_cookies()

    def code(self, nir: str) -> str:
        """The provisional code that the person received."""
        home = self.world.home
        opened = open_world(home / DATABASE, home / "keys", base_url=self.world.base_url, pool_size=1)
        try:
            told = provisional.reveal(opened, nir)
        finally:
            opened.close()
        assert told is not None
        return told[0]

    def mail(self, address: str, number: int) -> None:
        """Wait until so many mails are in the mailbox."""
        for _ in range(int(SECONDS * 10)):
            if len(list_mails(self.world.maildir, address)) >= number:
                return
            self.page.wait_for_timeout(100)
        raise RuntimeError("the mail does not arrive")

    def link_of(self, key: str) -> str:
        """The newest link in the mailbox of one of the cast."""
        mails = list_mails(self.world.maildir, CAST[key].address or "")
        return next(link for link in mails[-1].links if "/confirmer/" in link)


def main() -> None:
    """Into docs, or only the pictures into a folder."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    program = shutil.which("chromium")
    if program is None:
        sys.exit("no Chromium on this machine: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory(prefix="pages-") as home,
        start_or_attach(Path(home), people=PEOPLE) as world,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(base_url=world.base_url, viewport=SIZE)  # type: ignore[arg-type]
        visit = Visit(world, page, Album(folder, page))
        for walk in WALKS:
            walk(visit)
        browser.close()
        if folder == FOLDER:
            DOCUMENT.write_text(visit.album.text(), encoding="utf-8")


# ── the walks ───────────────────────────────────────────────────────────────


def by_franceconnect(visit: Visit) -> None:
    """From the sign-up page to step 1, by FranceConnect."""
    take, page = visit.album.take, visit.page
    visit.album.chapter("S’inscrire, ou se connecter")
    visit.open("/inscription")
    take("inscription", "La page d’inscription : le formulaire, ou FranceConnect")
    visit.open("/connexion")
    take("connexion", "La page de connexion")
    visit.album.chapter("Par FranceConnect")
    visit.press("S’identifier avec FranceConnect")
    take("franceconnect", "Le choix d’un fournisseur d’identité ; impots.gouv est indisponible")
    with page.expect_navigation():
        page.locator("button[value=la_poste]").click()
    page.select_option("#person", "no_enrolment")
    take("fournisseur", "Chez le fournisseur d’identité (simulé : on choisit qui l’on est)")
    visit.press("Me connecter")
    take("reconnu", "« Bienvenue » : la personne est reconnue")
    visit.press("Continuer sur L’Assurance Maladie")


def to_active(visit: Visit) -> None:
    """The three steps, the mail, the button, the account."""
    take, page, address = visit.album.take, visit.page, "monique.vdb@orange.fr"
    visit.album.chapter("Les trois étapes")
    take("conditions", "Étape 1 : les conditions d’utilisation")
    visit.press("CONTINUER", terms="yes")
    visit.fill(new_code=CODE, new_code_again=CODE)
    take("code", "Étape 2 : le code personnel, avec son niveau de sécurité")
    visit.press("CONTINUER")
    visit.fill(email=address, email_again=address, mobile="06 39 98 12 34", consent_email="no")
    take("coordonnees", "Étape 3 : l’adresse mail deux fois, les téléphones, les consentements")
    visit.press("CONTINUER")
    take("deconnecte", "Déconnectée, elle doit lire ses mails")
    visit.album.chapter("Le mail et la confirmation")
    visit.mail(address, 1)
    visit.open("/webmail/")
    visit.press("Ouvrir", adresse=address)
    take("boite", "La messagerie simulée : la boîte")
    page.get_by_role("link", name=P.mail.subject).click()
    page.frame_locator("iframe").get_by_role("link", name=P.mail.button).wait_for()
    page.frame_locator("iframe").locator("body").evaluate(_HIDE_TOKEN)  # a picture holds none
    page.set_viewport_size({"width": SIZE["width"], "height": 1080})
    take("mail", "Le mail de confirmation", whole=False)
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name=P.mail.button).click()
    confirmation = opened.value
    confirmation.wait_for_load_state()
    confirmation.set_viewport_size(SIZE)  # type: ignore[arg-type]
    take("confirmer", "La page du lien : elle ne confirme rien sans son bouton", confirmation)
    with confirmation.expect_navigation():
        confirmation.get_by_role("button", name=P.pages["confirm"].buttons[0]).click()
    take("confirme", "Le compte est activé", confirmation)
    confirmation.close()
    visit.open("/connexion")
    visit.press("ME CONNECTER", nir=CAST["no_enrolment"].nir, code=CODE)
    take("compte", "L’accueil du compte actif")
    visit.open("/compte/code")
    take("changer", "Changer de code personnel")
    visit.log_out()


def when_it_goes_wrong(visit: Visit) -> None:
    """Errors, and FranceConnect without a match."""
    take, page = visit.album.take, visit.page
    visit.album.chapter("Quand une saisie est à revoir")
    visit.open("/inscription")
    visit.press("CONTINUER", name="DUBOIS", nir="2 62 08 99 900 123 99", birth_date="31/02/1962")
    take("erreurs", "Chaque erreur dans le résumé et à côté de son champ")
    member = CAST["at_sign_up"]
    born = f"{member.birth_date:%d/%m/%Y}"
    four = {"nir": member.nir, "birth_date": born, "postcode": member.postcode}
    visit.press("CONTINUER", name="MARTIN", **four)
    take("non-reconnu", "Les quatre réponses ne vont pas ensemble : laquelle est fausse ne se dit pas")
    visit.press("CONTINUER", name=member.name, **four)
    take("code-envoye", "Par le formulaire, un code provisoire est envoyé")
    visit.press("ME CONNECTER", nir=member.nir, code=visit.code(member.nir))
    visit.press("CONTINUER", terms="yes")
    visit.press("CONTINUER", new_code="19620824", new_code_again="autre")
    take("code-refuse", "Toutes les règles non respectées à la fois")
    visit.log_out()
    visit.open("/connexion")
    visit.press("S’identifier avec FranceConnect")
    with page.expect_navigation():
        page.locator("button[value=msa]").click()
    visit.press("Me connecter", login="etat_civil_inconnu")
    take("franceconnect-refus", "FranceConnect refuse, avec un code que l’agent sait lire")
    with page.expect_navigation():
        page.get_by_role("link", name="Choisir un autre compte").click()
    with page.expect_navigation():
        page.locator("button[value=msa]").click()
    visit.press("Me connecter", login="nom_50")
    visit.press("Continuer sur L’Assurance Maladie")
    take(
        "franceconnect-retour",
        "Reconnue par FranceConnect, inconnue de la caisse : le formulaire est proposé",
    )
    visit.log_out()


def late(visit: Visit) -> None:
    """Dead links, the pages of a phase, the forgotten code."""
    take = visit.album.take
    visit.album.chapter("Trop tard, ou autrement")
    for key, name, said in (
        ("inactive_day_11", "lien-inactif", "Après 7 jours : un nouveau lien, à la même adresse"),
        ("closed_day_25", "delai-depasse", "Après 21 jours : le 3646 ou la messagerie de la caisse"),
        ("suspended", "general", "Lien inconnu, demande suspendue ou annulée : la page générale"),
        ("active", "deja-active", "Le compte est déjà activé"),
    ):
        visit.open(visit.link_of(key))
        take(name, said)
    visit.open("/code-oublie")
    take("code-oublie", "« Code oublié ? »")
    visit.press("Recevoir un lien", nir=CAST["active"].nir, birth_date="01/01/1970")
    take("code-oublie-demande", "La même réponse dans tous les cas")


def on_a_telephone(visit: Visit) -> None:
    """Two pages on a narrow screen."""
    visit.album.chapter("Sur un téléphone")
    visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visit.open("/inscription")
    visit.album.take("inscription-telephone", "L’inscription")
    visit.open("/connexion")
    visit.album.take("connexion-telephone", "La connexion")


WALKS: tuple[Callable[[Visit], None], ...] = (
    by_franceconnect, to_active, when_it_goes_wrong, late, on_a_telephone,
)  # fmt: skip

if __name__ == "__main__":
    main()
