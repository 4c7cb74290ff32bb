"""Guarding: who may change something through the API, and what a body of JSON may be."""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from lyhord import strict_json
from lyhord.errors import Rejected

_MOST_BYTES = 65_536
_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_BY_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def may_change(token: str) -> Callable[[Request], None]:
    """Give a dependency that lets this machine, and whoever knows `token`, change something.

    It answers 403 to others, and to pages of other sites: a browser says which by `Origin`. What
    came through a proxy on this machine did not begin here.
    """

    def guard(request: Request) -> None:
        if not _is_own(request):
            _refuse("the request comes from a page of another site (Origin)")
        given = request.headers.get("authorization", "")
        known = token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
        if not (known or _is_local(request)):
            _refuse(
                "changes are made on the machine that Lyhörd runs on, or with the setting "
                "`api_token` sent as `Authorization: Bearer TOKEN`"
            )

    return guard


async def document(request: Request) -> dict[str, Any]:
    """Read a body that is one JSON object.

    Raises:
        HTTPException: 415 where it does not say that it is JSON (a form of another site cannot),
            413 where it is too long, 400 where it is no object.

    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "send the body with Content-Type: application/json")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, f"the body has more than {_MOST_BYTES:,} bytes")
    try:
        given = strict_json.loads(bytes(body))
    except Rejected as problem:
        raise HTTPException(400, f"the body {problem}") from None
    if not isinstance(given, dict):
        raise HTTPException(400, "the body should be a JSON object")
    return given


def _refuse(why: str) -> None:
    raise HTTPException(403, why)


def _is_own(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return True
    host = request.headers.get("host", "")
    return _place(origin) == _place(f"{request.url.scheme}://{host}")


def _place(address: str) -> tuple[str | None, int | None] | None:
    try:
        parts = urlsplit(address)
        return parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None


def _is_local(request: Request) -> bool:
    if any(name in request.headers for name in _BY_PROXY) or request.client is None:
        return False
    # By a name of another site this machine is reached through DNS rebinding.
    named = _place(f"http://{request.headers.get('host', '')}")
    try:
        begun_here = ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return begun_here and named is not None and named[0] in _LOCAL_NAMES
