"""Step 3 of 3: the address twice, the phones, the four consents (rules §1 step 5, §7)."""

from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.accounts.contract import ProblemType
from ameli_support.onboarding.contact import Consents, fits_landline, fits_mobile
from ameli_support.onboarding.procedure import Procedure
from ameli_support.sandbox import canonical, signing_up
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.signing_up import NotAtThisStep
from ameli_support.sandbox.site import forms, looks, paths
from ameli_support.sandbox.site.arriving import leave, onward, standing
from ameli_support.sandbox.site.forms import Fault
from ameli_support.sandbox.site.parting import part
from ameli_support.sandbox.site.serving import Ask, Site

CONSENTS = ("consent_email", "consent_mobile_phone", "consent_mobile_sms", "consent_landline_phone")
FIELDS = ("email", "email_again", "mobile", "landline", *CONSENTS)


def routes(site: Site) -> list[WebRoute]:
    """The page, its form, and the page after it."""
    return [
        site.get(paths.CONTACT, show),
        site.post(paths.CONTACT, submit),
        site.get(paths.LOGGED_OUT, logged_out),
    ]


def show(ask: Ask) -> Response:
    """The page, to whoever stands at this step."""
    there = standing(ask.site.world, ask.session)
    return _page(ask, ()) if there.path == paths.CONTACT else onward(ask, there)


def submit(ask: Ask) -> Response:
    """CONTINUER: the first mail is queued and the person logged out; RETOUR leaves."""
    world = ask.site.world
    there = standing(world, ask.session)
    if there.path == paths.PHASE and ask.session.person:  # the same form, sent twice at once
        return _logged_out(ask)
    if there.path != paths.CONTACT:
        return onward(ask, there)
    if ask.typed("leave"):
        return leave(ask)
    if faults := _faults(ask):
        return _page(ask, faults, 422)
    given = {name: ask.typed(name) == "yes" for name in CONSENTS}
    consents = Consents(**{name.removeprefix("consent_"): value for name, value in given.items()})
    mobile, landline = ask.typed("mobile") or None, ask.typed("landline") or None
    try:
        signing_up.submit_address(
            world, there.row.id, ask.typed("email"), mobile=mobile, landline=landline, consents=consents
        )
    except NotAtThisStep:
        return _logged_out(ask)
    except Refused as refused:
        return _refused(ask, refused)
    return _logged_out(ask)


def logged_out(ask: Ask) -> Response:
    """« Vous êtes déconnecté, consultez votre messagerie »: tells nothing of anybody."""
    mail = ask.site.world.procedure.mail
    named = {"subject": mail.subject, "sender_name": mail.sender_name, "mail_button": mail.button}
    return ask.notice("read_your_mail", values=named)


def _logged_out(ask: Ask) -> Response:
    return part(ask, paths.LOGGED_OUT)


def _refused(ask: Ask, refused: Refused) -> Response:
    procedure = ask.site.world.procedure
    if refused.kind is ProblemType.ADDRESS_TAKEN:
        used = Fault("email", looks.text(procedure, procedure.text("pages.address_used.sentences")))
        return _page(ask, (used,), 422)
    if refused.kind is ProblemType.RATE_LIMITED:
        return _page(ask, (forms.fault(procedure, "email", "addresses_tried"),), 429)
    return _page(ask, (forms.fault(procedure, "email", "email"),), 422)


def _faults(ask: Ask) -> tuple[Fault, ...]:
    procedure = ask.site.world.procedure
    faults = [*_of_the_address(ask, procedure)]
    mobile, landline = ask.typed("mobile"), ask.typed("landline")
    if mobile and not ((number := canonical.phone(mobile)) and fits_mobile(canonical.kind(number))):
        faults.append(forms.fault(procedure, "mobile", "mobile"))
    if landline and not ((number := canonical.phone(landline)) and fits_landline(canonical.kind(number))):
        faults.append(forms.fault(procedure, "landline", "landline"))
    return tuple(faults)


def _of_the_address(ask: Ask, procedure: Procedure) -> list[Fault]:
    first, again = ask.typed("email"), ask.typed("email_again")
    if not first:
        return [forms.fault(procedure, "email", "email_missing")]
    try:
        wanted = canonical.address(first)
    except canonical.NotAnAddress:
        return [forms.fault(procedure, "email", "email")]
    try:
        same = canonical.address(again) == wanted
    except canonical.NotAnAddress:
        same = False
    return [] if same else [forms.fault(procedure, "email_again", "email_differs")]


def _page(ask: Ask, faults: tuple[Fault, ...], status: int = 200) -> Response:
    procedure = ask.site.world.procedure
    return ask.page(
        "contact.html",
        "contact",
        status=status,
        errors=faults,
        typed={name: ask.typed(name) for name in FIELDS},
        here=paths.CONTACT,
        stages=[looks.text(procedure, stage) for stage in procedure.cells["pages.terms.stages"].fr],
    )
