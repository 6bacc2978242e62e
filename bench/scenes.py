"""The walks that the pictures are taken from: keys, what to wait for, and the name of the picture."""

from dataclasses import dataclass

BENALI, LEROY, COSTA = (
    "1790399999002 benali 15031979 38000",
    "2550699999003 leroy 02061955 38000",
    "2840199999004 costa 30011984 38000",
)
ENTER, ESCAPE, TAB, DOWN, PALETTE, HELP = "\r", "\x1b", "\t", "\x1b[B", "\x10", "\x1bOP"
CUT = "cut the account service"


@dataclass(frozen=True, slots=True)
class Scene:
    """Types `keys`, waits until `awaited` shows and `gone` does not; a `name` takes the picture."""

    keys: str
    awaited: str
    name: str = ""
    gone: str = ""


HOME = "Qui appelle ?"
DEAF = "Entrée ou Échap"

SCENES: tuple[Scene, ...] = (
    Scene("", "Visite 1/6", "tour"),
    Scene(ESCAPE, HOME, gone="Visite"),
    Scene("dubois", "dubois"),
    Scene(ENTER, "▲", "name-alone"),
    Scene("\x7f" * 6, HOME, gone="dubois"),
    # J+3, dictated
    Scene("2620899999001" + ENTER, "Qui parle", "who"),
    Scene("1", "Quel est votre nom"),
    Scene("dubois", "dubois", "check1"),
    Scene(TAB + "24081962", "24/08/1962"),
    Scene("38000" + ENTER, "DUBOIS", "j3"),
    Scene("r", "Renvoyer le mail ?"),
    Scene("a.dubois@orange.fr" + ENTER, "√", "resend"),
    Scene(ESCAPE, "Vous pouvez", gone="Annuler"),
    Scene("s", "choisissez un motif", "suspend"),
    Scene(ESCAPE, "Vous pouvez", gone="Annuler"),
    Scene("n", "Annuler"),
    Scene("Rappelle demain : elle cherche le mail avec son fils.", "son fils", "note"),
    Scene(ESCAPE, "Vous pouvez", gone="Annuler"),
    Scene("h", "Copier le résumé", "history"),
    Scene(ESCAPE, "Vous pouvez", gone="Copier le résumé"),
    Scene(PALETTE, "Commandes"),
    Scene("adres", "adres", "palette"),
    Scene(ESCAPE, "Vous pouvez", gone="adres\n"),
    Scene(HELP, "Échap", "help"),
    Scene(ESCAPE, "Vous pouvez"),
    # the mail cannot be found
    Scene("d", "question 1 sur"),
    Scene("2", "question 2 sur"),
    Scene("2", "question 3 sur"),
    Scene("2", "question 4 sur"),
    Scene("2", "question 5 sur", "diagnostic"),
    Scene("f", "Nommer le fichier", "leaflet"),
    Scene(ESCAPE, "question 5 sur", gone="Nommer"),
    Scene("1", "Cause trouvée", "diagnostic-found"),
    Scene(ESCAPE, "Vous pouvez"),
    Scene(ESCAPE, HOME),
    # J+11, before and after
    Scene(BENALI + ENTER, "Qui parle"),
    Scene("1", "BENALI", "j11"),
    Scene("r", "Renvoyer le mail ?"),
    Scene("karim.benali@gmail.com" + ENTER, "la même"),
    Scene("v", "Renvoi demandé", "j11-after", gone="Annuler"),
    Scene("c", "√", "conclude"),
    Scene("v", "Appel conclu"),
    # J+25
    Scene(LEROY + ENTER, "Qui parle"),
    Scene("1", "LEROY", "j25"),
    Scene("e", "niveau 2 à vérifier", "check2"),
    Scene("4821" + TAB + TAB + "marchand" + ENTER, "Réémettre un lien ?"),
    Scene("o1", "√", "reissue"),
    Scene(ESCAPE, "Vous pouvez", gone="Annuler"),
    Scene("a", "Nouvelle adresse"),
    Scene("sylvie.leroy@wanado.fr", "wanadoo.fr ?", "correct"),
    Scene(ESCAPE, "Vous pouvez", gone="Annuler"),
    Scene(ESCAPE, HOME),
    # active
    Scene("1681299999005" + ENTER, "Qui parle"),
    Scene("1", "Quel est votre nom"),
    Scene("le goff" + TAB + "11121968", "11/12/1968"),
    Scene("38000" + ENTER, "LE GOFF", "active"),
    Scene("c", "√", "conclude-active"),
    Scene("v", "Appel conclu", "home"),
    # the service goes; then the screen is locked
    Scene(COSTA + ENTER, "Qui parle"),
    Scene("1", "COSTA"),
    Scene(CUT, "état connu", "cut"),
    Scene(PALETTE, "Commandes"),
    Scene("verrouiller l", "Verrouiller l"),
    Scene(ENTER, "Écran verrouillé", "locked"),
)

ENGLISH: tuple[Scene, ...] = (
    Scene("", "Tour 1/6"),
    Scene(ESCAPE, "Who is calling?", "en-home", gone="Tour 1"),
    Scene("1790399999002" + ENTER, "Who speaks"),
    Scene("1", "What is your name", "en-check"),
    Scene("benali" + TAB + "15031979", "15/03/1979"),
    Scene("38000" + ENTER, "BENALI", "en-call"),
    Scene("r", "Re-send the mail?"),
    Scene("karim.benali@gmail.com" + ENTER, "the same", "en-resend"),
)
