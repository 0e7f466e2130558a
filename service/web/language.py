"""Which language a page puts first: Chinese with English beside it, or English alone."""

from typing import Literal, get_args

from fastapi import Request, Response

Language = Literal["zh", "en"]
COOKIE = "fenzhen_lang"
_YEAR = 365 * 86400
_NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}


def language(request: Request) -> Language:
    """Return what the address asks for, else what was asked for last, else Chinese."""
    asked = request.query_params.get("lang"), request.cookies.get(COOKIE)
    return next((one for name in asked for one in get_args(Language) if one == name), "zh")


def remember(request: Request, reply: Response) -> None:
    """Keep the language that the address asks for."""
    if "lang" in request.query_params:
        reply.set_cookie(
            COOKIE,
            language(request),
            max_age=_YEAR,
            path="/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )


def switch(request: Request) -> tuple[Language, str, str]:
    """Return the other language, its name, and the address of this page in it."""
    other: Language = "zh" if language(request) == "en" else "en"
    address = request.url if request.method == "GET" else request.url.replace(path="/", query="")
    shown = address.include_query_params(lang=other)
    return other, _NAMES[other], f"{shown.path}?{shown.query}"
