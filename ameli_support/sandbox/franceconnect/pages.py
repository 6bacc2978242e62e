"""The provider's pages: the choice of an identity provider, who to be there, « Bienvenue », and the way back.

A page acts by POST alone, with its session's CSRF token; leaving by « Revenir sur Ameli » is a GET
that ends nothing but its own interaction.
"""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.franceconnect import looks
from ameli_support.sandbox.franceconnect.asking import read_request
from ameli_support.sandbox.franceconnect.choice import providers
from ameli_support.sandbox.franceconnect.frame import COOKIE_PATH, Frame, Visit, path_of
from ameli_support.sandbox.franceconnect.identities import SeveralPeople, find, hard_ones, published
from ameli_support.sandbox.franceconnect.keys import UnknownKey
from ameli_support.sandbox.franceconnect.provider import BASE
from ameli_support.sandbox.franceconnect.refusing import (
    BAD_REQUEST,
    CANCELLED,
    NO_AT_HASH,
    WRONG_STEP,
    FranceConnectRefused,
)
from ameli_support.sandbox.franceconnect.state import SignedIn

_REMEMBERED_SECONDS = 365 * 86_400


class Pages(Frame):
    """The pages of one provider."""

    def routes(self) -> list[Route]:
        """Every page and form."""
        step = f"{BASE}/interaction/{{uid}}"
        return [
            Route(f"{BASE}/authorize", self.page(self._authorize), methods=["GET"]),
            Route(step, self.page(self._choice), methods=["GET"]),
            Route(step, self.page(self._choose), methods=["POST"]),
            Route(f"{step}/provider/{{name}}", self.page(self._login), methods=["GET"]),
            Route(f"{step}/provider/{{name}}", self.page(self._sign_in), methods=["POST"]),
            Route(f"{step}/consent", self.page(self._recognised), methods=["GET"]),
            Route(f"{step}/consent", self.page(self._go_on), methods=["POST"]),
            Route(f"{step}/other", self.page(self._somebody_else), methods=["POST"]),
            Route(f"{step}/cancel", self.page(self._cancel), methods=["GET"]),
            Route(f"{BASE}/session/end", self.page(self._log_out), methods=["GET"]),
            *looks.routes(),
        ]

    # ── the journey ─────────────────────────────────────────────────────────

    async def _authorize(self, visit: Visit) -> Response:
        asked = read_request(visit.request.query_params, self.provider.partners)
        session = visit.session or self.provider.desk.open_session()
        if "login" in asked.prompts:
            session.signed_in = None
        visit.session, visit.interaction = session, session.begin(asked)
        if asked.idp_hint is not None:
            await self.available(asked.idp_hint)
            return self.to(visit.interaction, f"/provider/{asked.idp_hint}")
        return self.to(visit.interaction, "/consent" if session.signed_in else "")

    async def _choice(self, visit: Visit) -> Response:
        session, interaction = visit.here
        known = await run_in_threadpool(providers, self.world)
        remembered = visit.request.cookies.get(self.choice_cookie, "")
        shown = sorted(known.values(), key=lambda one: one.name != remembered)
        unavailable = [
            looks.Words(self.world.procedure, "franceconnect", {"provider": one.title})("one_unavailable")
            for one in known.values()
            if not one.available
        ]
        return self.show(
            visit,
            "franceconnect.html",
            action=path_of(interaction),
            cancel=path_of(interaction, "/cancel"),
            csrf=session.csrf,
            providers=shown,
            unavailable=unavailable,
            remembered=remembered if remembered in known else "",
        )

    async def _choose(self, visit: Visit) -> Response:
        _session, interaction = visit.here
        name = visit.form.get("provider", "")
        await self.available(name)
        response = self.to(interaction, f"/provider/{name}")
        if "remember" in visit.form:
            self.give(response, self.choice_cookie, name, _REMEMBERED_SECONDS)
        else:
            response.delete_cookie(self.choice_cookie, COOKIE_PATH)
        return response

    async def _login(self, visit: Visit) -> Response:
        return await self._login_page(visit)

    async def _login_page(self, visit: Visit, fault: str | None = None, status: int = 200) -> Response:
        session, interaction = visit.here
        provider = await self.available(visit.request.path_params["name"])
        return self.show(
            visit,
            "identity_provider.html",
            status=status,
            values={"provider": provider.title},
            action=path_of(interaction, f"/provider/{provider.name}"),
            back=path_of(interaction),
            csrf=session.csrf,
            provider=provider,
            fault=fault,
            typed=visit.form.get("login", ""),
            hard=list(hard_ones().values()),
            cast=list(CAST.values()),
        )

    async def _sign_in(self, visit: Visit) -> Response:
        session, interaction = visit.here
        provider = await self.available(visit.request.path_params["name"])
        login = visit.form.get("login", "").strip() or visit.form.get("person", "")
        try:
            identity = await run_in_threadpool(find, self.world, login) if login else None
        except SeveralPeople:
            return await self._login_page(visit, "several", 422)
        if identity is None:
            return await self._login_page(visit, "unknown" if login else "nobody", 422)
        if identity.refusal is not None:
            raise FranceConnectRefused(identity.refusal)
        self.provider.desk.renew(session)
        session.signed_in = SignedIn(identity, provider.name, self.provider.now)
        interaction.provider = provider.name
        return self.to(interaction, "/consent")

    async def _recognised(self, visit: Visit) -> Response:
        session, interaction = visit.here
        who = session.signed_in
        if who is None:
            return self.to(interaction)
        if interaction.answer is not None:
            raise FranceConnectRefused(WRONG_STEP)
        identity = who.identity
        name = f"{published(identity.given_names[0])} {published(identity.used_name or identity.family_name)}"
        return self.show(
            visit,
            "recognised.html",
            action=path_of(interaction, "/consent"),
            other=path_of(interaction, "/other"),
            cancel=path_of(interaction, "/cancel"),
            csrf=session.csrf,
            gender=identity.gender,
            name=name,
            born=written_birth(identity.birth_date),
        )

    async def _go_on(self, visit: Visit) -> Response:
        session, interaction = visit.here
        if session.signed_in is None:
            raise FranceConnectRefused(WRONG_STEP)
        if interaction.answer is None:  # a double click gets the same code twice, not two
            interaction.answer = self.provider.answer_to(interaction, session.signed_in)
        return looks.redirect(interaction.answer)

    async def _somebody_else(self, visit: Visit) -> Response:
        """« Ce n’est pas vous ? »: logged out of the provider, nothing kept, back to the choice."""
        session, interaction = visit.here
        session.signed_in, interaction.provider = None, None
        self.provider.desk.renew(session)
        response = self.to(interaction)
        response.delete_cookie(self.choice_cookie, COOKIE_PATH)
        return response

    async def _cancel(self, visit: Visit) -> Response:
        session, interaction = visit.here
        del session.interactions[interaction.uid]
        return looks.redirect(self.refusal_of(interaction, CANCELLED, "access_denied"))

    async def _log_out(self, visit: Visit) -> Response:
        """RP-initiated logout; the browser goes on only to an address that is registered."""
        query = visit.request.query_params
        target, hint = query.get("post_logout_redirect_uri"), query.get("id_token_hint", "")
        if target is not None or hint:
            self._check_logout(hint, target)
        if visit.session is not None:
            self.provider.desk.sessions.pop(visit.session.id)
            visit.session = None
        if target is None:
            response = self.show(visit, "franceconnect_left.html")
        else:
            state = query.get("state")
            joint = "&" if "?" in target else "?"
            response = looks.redirect(f"{target}{joint}{urlencode({'state': state})}" if state else target)
        response.delete_cookie(self.cookie, COOKIE_PATH)
        return response

    def _check_logout(self, hint: str, target: str | None) -> None:
        try:
            claims = self.provider.keys.read(hint)
        except UnknownKey:
            raise FranceConnectRefused(BAD_REQUEST) from None
        partner = self.provider.partners.get(str(claims.get("aud")))
        if claims.get("iss") != self.provider.issuer or partner is None:
            raise FranceConnectRefused(BAD_REQUEST)
        if "at_hash" not in claims:
            raise FranceConnectRefused(NO_AT_HASH)
        if target is not None and target not in partner.post_logout_redirect_uris:
            raise FranceConnectRefused(BAD_REQUEST)


def written_birth(birth_date: str) -> str:
    """The day as people write it; parts that nobody knows (00) are left out: `24/08/1962`, `11/1988`."""
    year, month, day = birth_date.split("-")
    return "/".join(part for part in (day, month, year) if part != "00")
