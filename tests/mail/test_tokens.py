"""A token of ours is shown in no form that a mail can carry it in (rules §3)."""

import base64
import quopri
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.cli import out
from ameli_support.mail.links import shown_link, tokens_in
from ameli_support.mail.parsing import parse
from ameli_support.mail.reading import read_mail
from ameli_support.mail.rewriters import read_link
from ameli_support.mail.tokens import shown, without_tokens
from tests.mail import samples
from tests.mail.samples import HOST, TOKEN

LINK = f"https://{HOST}/confirmer/{TOKEN}"
RESET = f"https://{HOST}/code-oublie/{TOKEN}"


def forms_of(link: str) -> list[str]:
    """A link as it stands, and as what rewrites links writes it."""
    once, twice = quote(link, safe=""), quote(quote(link, safe=""), safe="")
    coded = base64.urlsafe_b64encode(link.encode()).decode()
    named = base64.urlsafe_b64encode(f'{{"lang":"FR","url":"{link}","token":"g"}}'.encode()).decode()
    owa = base64.urlsafe_b64encode(bytes(range(40)) + b"\x08\x01" + link.encode()).decode()
    proofpoint_2 = once.replace("-", "%2D").replace("_", "%5F").replace("%2F", "_").replace("%", "-")
    return [
        link,
        once,
        twice,
        f"https://eur01.safelinks.protection.outlook.com/?url={once}&data=05",
        f"https://urldefense.proofpoint.com/v2/url?u={proofpoint_2}&d=DwM",
        f"https://urldefense.com/v3/__{link}__;!!Ab1c!zz$",
        f"https://eu-west-1.protection.sophos.com/?d={HOST}&u={coded}",
        f"https://mibc-fr-01.mailinblack.com/securelink/?url=https://assure.ameli.fr&key={named}",
        f"https://secure-web.cisco.com/1abc/{once}",
        f"https://mail.exemple.fr/owa/redir.aspx?REF={owa.replace('=', '.')}",
        f"https://deref-gmx.fr/mail/client/x/dereferrer/?redirectUrl={once}",
        f"https://suivi.example/c?u={base64.b64encode(link.encode()).decode()}",
        f"jeton {TOKEN}.",
        quopri.encodestring(link.encode(), quotetabs=True).decode(),
    ]


FORMS = forms_of(LINK)


def gives_away(text: str) -> bool:
    """Whether the token can be had from a text: as it is, unescaped, or out of base64."""
    flat = text.replace("=\n", "")
    forms = [flat, flat.replace("-2D", "-").replace("-5F", "_"), read_link(text).target or ""]
    for run in flat.replace("&", " ").replace("=", " ").replace("/", " ").split():
        for start in range(4):
            piece = run[start:]
            try:
                decoded = base64.urlsafe_b64decode(piece[: len(piece) // 4 * 4])
            except ValueError:
                continue
            forms.append(decoded.decode("latin-1"))
    return any(TOKEN[:24] in form or TOKEN[-24:] in form for form in forms)


@pytest.mark.parametrize("form", FORMS + forms_of(RESET))
def test_no_form_of_it_is_shown(form: str) -> None:
    assert gives_away(form)
    link = shown_link(read_link(form))
    assert not gives_away(link.href)
    assert not gives_away(link.target or "")
    assert not gives_away(shown(form, 2000))
    assert not gives_away(without_tokens(form))


def test_what_is_left_still_says_where_a_link_leads() -> None:
    link = shown_link(read_link(FORMS[3]))
    assert link.target == f"https://{HOST}/confirmer/[jeton]"
    assert link.href.endswith("confirmer%2F[jeton]&data=05")


@pytest.mark.parametrize("form", FORMS[:12])
@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_nothing_derived_from_a_mail_holds_it(form: str, encoding: str, subtype: str) -> None:
    message = EmailMessage()
    message["From"] = f"Jean <{TOKEN}@exemple.fr>"
    message["Subject"] = f"lien {form}"
    message["Authentication-Results"] = f"{TOKEN}; spf=pass"
    message["Received"] = f"from {TOKEN} by {TOKEN}; Mon, 2 Nov 2026 09:00:00 +0100"
    message["X-Spam-Status"] = f"No, {TOKEN}"
    text = f'<p><a href="{form}">lien</a></p>' if subtype == "html" else f"Voici {form} merci"
    message.set_content(text, subtype=subtype, cte=encoding if len(text) < 900 else "base64")
    told = repr(out.as_json(read_mail(message.as_bytes(), samples.ours())))
    assert TOKEN not in told
    assert not any(gives_away(word) for word in told.replace("'", " ").split())


@pytest.mark.parametrize("form", FORMS[3:10])
def test_the_service_alone_gets_it(form: str) -> None:
    message = EmailMessage()
    message["From"] = "a@exemple.fr"
    message.set_content(f"{form}\n", cte="base64")
    mail = parse(message.as_bytes())
    assert tokens_in(mail, frozenset({HOST})) == [TOKEN]
    assert tokens_in(mail, frozenset({"autre.example"})) == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_it_goes_from_the_middle_of_any_text(before: str, after: str) -> None:
    assert TOKEN not in without_tokens(f"{before} {LINK} {after}")
    assert TOKEN not in shown(f"{before} {TOKEN} {after}", 2000)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.exemple.fr/compte/page?id=42",
        "confirmer votre email",
        "a" * 64,
        "0123456789abcdef" * 4,
        "550 5.1.1 <a@exemple.fr>: User unknown",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_tokens(text) == text


def test_what_is_shown_moves_no_cursor() -> None:
    assert shown("a\x1b[2J\x9b\u202eb\u2066\r\nc\x00") == "a [2J b c"
