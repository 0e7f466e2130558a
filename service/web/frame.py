"""How a page is made: its template, who looks, headers that keep strangers out, errors as pages."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from jinja2 import pass_context
from jinja2.runtime import Context
from pydantic import BaseModel, ValidationError

from service.errors import BadValueError, UnauthorisedError, status_of
from service.people.access import Principal
from service.people.roles import Permission
from service.routing.wording import Said
from service.runtime import Runtime
from service.web import figures, marks, reasons, times, words
from service.web.language import language, remember, switch
from triage import TriageError
from triage.taxonomy import BUILT_IN

_WEB = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ABOVE_PROBLEM = {"HX-Retarget": "#problem", "HX-Reselect": "#problem", "HX-Reswap": "outerHTML"}
Model = TypeVar("Model", bound=BaseModel)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose errors are pages; whoever is not known is sent to log in."""

    def get_route_handler(self) -> Handler:
        """Return the handler with its errors caught."""
        handle = super().get_route_handler()

        async def caught(request: Request) -> Response:
            try:
                return await handle(request)
            except UnauthorisedError:
                return _to_login(request)
            except TriageError as error:
                return problem_page(request, error)
            except RequestValidationError as error:
                return problem_page(request, _invalid(error.errors()[0]))

        return caught


def page_router() -> APIRouter:
    """Return a router for pages: no part of the API."""
    return APIRouter(include_in_schema=False, route_class=PageRoute)


def render(
    request: Request,
    name: str,
    who: Principal | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """Return a page. `who` None: nobody has logged in, nothing can be done."""
    runtime: Runtime | None = request.app.state.fenzhen.runtime
    common = {
        "who": who,
        "may_write": bool(who and who.may(Permission.WRITE_TICKET)),
        "may_export": bool(who and who.may(Permission.EXPORT)),
        "zone": runtime.desk.books.clocks.zone if runtime else UTC,
        "now": runtime.desk.now() if runtime else datetime.now(UTC),
        "taxonomy": runtime.desk.engine.taxonomy if runtime else BUILT_IN,
        "lang": language(request),
        "switch": switch(request),
    }
    reply = _templates().TemplateResponse(
        request, name, common | context, status, {**_HEADERS, **(headers or {})}
    )
    remember(request, reply)
    return reply


def problem_page(request: Request, error: TriageError) -> Response:
    """Return the page that says what was wrong and what to do; htmx puts it above its page."""
    by_htmx = "hx-request" in request.headers
    headers = _ABOVE_PROBLEM if by_htmx else None
    return render(
        request, "problem.html", status=status_of(error), headers=headers, problem=error.to_dict()
    )


def back(request: Request, address: str) -> Response:
    """Return the way to a page after something was done."""
    del request
    return RedirectResponse(address, 303, headers=_HEADERS)


def _to_login(request: Request) -> Response:
    asked = request.url.path if request.method == "GET" else "/"
    if request.method == "GET" and request.url.query:
        asked = f"{asked}?{request.url.query}"
    address = f"/login?next={quote(asked, safe='')}"
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={**_HEADERS, "HX-Redirect": address})
    return back(request, address)


async def _fields(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and value.strip()}


Fields = Annotated[dict[str, str], Depends(_fields)]


def checked(model: type[Model], fields: Mapping[str, Any]) -> Model:
    """Return the fields as the model has them. Raises BadValueError for the first that is wrong."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError as error:
        raise _invalid(dict(error.errors()[0])) from error


def _invalid(first: Mapping[str, Any]) -> BadValueError:
    place = ".".join(str(part) for part in first["loc"])
    return BadValueError(
        f"{place}: {first['msg']}.", remedy="请改正后再提交。Correct it, try again."
    )


@cache
def _templates() -> Jinja2Templates:
    made = Jinja2Templates(directory=_WEB / "templates")
    env = made.env
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {
        "said": _said,
        "label_said": _label_said,
        "why_said": _why_said,
        "shade": _shade,
        "moment": times.moment,
        "wall": _wall,
        "left": _left,
        "pressing": _pressing,
        "span": times.span,
        "figure": figures.figure,
        "effect": figures.effect,
        "percent": figures.percent,
        "number": figures.number,
    }
    env.globals["options"] = _options
    return made


@pass_context
def _said(context: Context, value: object, kind: str) -> Said:
    return words.said(kind, value, context["taxonomy"])


@pass_context
def _options(context: Context, kind: str) -> list[tuple[object, Said]]:
    return words.options(kind, context["taxonomy"])


@pass_context
def _label_said(context: Context, label: str) -> Said:
    return words.label_said(label, context["taxonomy"])


@pass_context
def _why_said(context: Context, reason: str) -> Said:
    return reasons.why_said(reason, context["taxonomy"])


@pass_context
def _shade(context: Context, label: str) -> str:
    return marks.shade(label, context["taxonomy"])


@pass_context
def _wall(context: Context, value: Any) -> str:
    told = times.wall(value, context["zone"], context["now"])
    return told.en if context["lang"] == "en" else told.zh


@pass_context
def _left(context: Context, value: Any) -> Said:
    return times.left(value, context["now"])


@pass_context
def _pressing(context: Context, value: Any) -> str:
    return times.pressing(value, context["now"])
