"""Reading a form that anybody may have sent."""

from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request

LARGEST = 8192
_MOST_FIELDS = 16


async def read_form(request: Request) -> dict[str, str] | None:
    """The fields, each once; None for a body that is no form, repeats a field, or is too large."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return None
        fields = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except (ClientDisconnect, ValueError):
        return None
    if any(len(values) != 1 for values in fields.values()):
        return None
    return {name: values[0] for name, values in fields.items()}
