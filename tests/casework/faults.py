"""The way between desk and service, made to fail where a test says."""

from collections.abc import Callable

import httpx

Fault = Callable[[httpx.Request, "FaultyWay"], httpx.Response]


class FaultyWay(httpx.BaseTransport):
    """Carries requests to the real service; `fault` takes over those whose path ends as told."""

    def __init__(self) -> None:
        self._way = httpx.HTTPTransport()
        self._faults: dict[str, Fault] = {}
        self.asked: list[str] = []

    def break_at(self, ending: str, fault: Fault) -> None:
        """From now on; "" is every request."""
        self._faults[ending] = fault

    def mend(self) -> None:
        """No fault any more."""
        self._faults.clear()

    def carry(self, request: httpx.Request) -> httpx.Response:
        """To the service and back."""
        response = self._way.handle_request(request)
        response.read()
        return response

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        for ending, fault in self._faults.items():
            if request.url.path.endswith(ending):
                return fault(request, self)
        return self._way.handle_request(request)


def refuse(request: httpx.Request, way: FaultyWay) -> httpx.Response:
    """Nobody listens."""
    raise httpx.ConnectError("refused", request=request)


def lose_the_answer(request: httpx.Request, way: FaultyWay) -> httpx.Response:
    """The service does what it was asked; its answer never comes."""
    way.carry(request)
    raise httpx.ReadError("cut", request=request)


def lose_the_request(request: httpx.Request, way: FaultyWay) -> httpx.Response:
    """Sent as far as anybody can tell, but it never arrived."""
    raise httpx.ReadTimeout("slow", request=request)
