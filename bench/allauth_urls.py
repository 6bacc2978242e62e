"""The routes of the rival: allauth's own, and an empty view."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("accounts/", include("allauth.account.urls")), path("empty/", _empty)]
