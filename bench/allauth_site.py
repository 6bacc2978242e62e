"""The rival: a django-allauth site with row keys and a durable SQLite, driven by Django's test client.

What one cycle does: `send_verification_email_to_address` (row, rate limit, rendered mail handed
to a backend in memory), then GET of the confirmation page and POST of its button, as a new
visitor. Call `open_site` once a process, before any other function.
"""

import re
from pathlib import Path
from typing import Any


def open_site(folder: Path) -> None:
    """Configures Django in this process on a new database in `folder`."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["testserver"],
        DEBUG=False,
        USE_TZ=True,
        ROOT_URLCONF="bench.allauth_urls",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "allauth.db"),
                "OPTIONS": {
                    "timeout": 10,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                },
            }
        },
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        ACCOUNT_EMAIL_CONFIRMATION_HMAC=False,
        ACCOUNT_EMAIL_VERIFICATION="mandatory",
        ACCOUNT_CONFIRM_EMAIL_ON_GET=False,
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        LOGGING_CONFIG=None,
    )
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    call_command("migrate", verbosity=0)
    setup_test_environment()


def add_people(first: int, number: int) -> list[Any]:
    """Inserts `number` users with an unconfirmed address each; gives the address rows."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model

    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"u{index}", password="!") for index in range(first, first + number)
    )
    return list(
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=f"{user.username}@example.org", primary=True, verified=False)
            for user in users
        )
    )


def issue_and_send(addresses: list[Any]) -> list[str]:
    """Sends one confirmation mail to each; gives the paths of the links in the mails."""
    from allauth.account.internal.flows.email_verification import send_verification_email_to_address
    from django.contrib.messages.middleware import MessageMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.core import mail
    from django.test import RequestFactory

    mail.outbox.clear()
    for address in addresses:
        request = RequestFactory().get("/", headers={"host": "testserver"})
        SessionMiddleware(_no_answer).process_request(request)
        MessageMiddleware(_no_answer).process_request(request)
        request.user = address.user
        from allauth.core import context

        with context.request_context(request):
            send_verification_email_to_address(request, address)
    links = [re.search(r"http://testserver(/\S+)", str(message.body)) for message in mail.outbox]
    return [link[1] for link in links if link]


def confirm(paths: list[str]) -> None:
    """Opens each page and presses its button, each as a new visitor."""
    from django.test import Client

    for path in paths:
        client = Client()
        page = client.get(path)
        assert page.status_code == 200, page.status_code
        answer = client.post(path)
        assert answer.status_code == 302, answer.status_code


def confirmed() -> int:
    """How many addresses are confirmed."""
    from allauth.account.models import EmailAddress

    return int(EmailAddress.objects.filter(verified=True).count())


def empty(number: int) -> None:
    """GET and POST of a view that does nothing, through the same client and middlewares."""
    from django.test import Client

    for _ in range(number):
        client = Client()
        client.get("/empty/")
        client.post("/empty/")


def _no_answer(_request: Any) -> Any:
    raise AssertionError("the middleware is only asked to prepare a request")
