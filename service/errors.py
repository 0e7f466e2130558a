"""One shape for every error: {"error": {"code", "message", "remedy"}}; mapped in one table."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from service.routing.clock_file import ClockFileError
from service.routing.problems import RuleError
from triage import InputError, ModelError, RecordError, RegistryError, TriageError

STATUS: dict[type[TriageError], int] = {
    RecordError: 422,
    InputError: 400,
    ModelError: 503,
    RegistryError: 503,
    ClockFileError: 422,
    RuleError: 422,
    TriageError: 500,
}


class OverloadedError(TriageError):
    """More requests wait than the service is set to hold."""

    code = "overloaded"


class BodyTooLargeError(TriageError):
    """The body of a request is larger than the limit."""

    code = "body_too_large"


class UnauthorisedError(TriageError):
    """Nobody we know asks."""

    code = "unauthorised"


class ForbiddenError(TriageError):
    """Somebody asks who may not."""

    code = "forbidden"


class NotFoundError(TriageError):
    """There is no such thing."""

    code = "not_found"


class ConflictError(TriageError):
    """The ticket stands where this cannot be done."""

    code = "conflict"


class KeyReusedError(TriageError):
    """An Idempotency-Key came back with another body."""

    code = "idempotency_conflict"


class BadValueError(TriageError):
    """A value is not of its closed set."""

    code = "invalid_value"


class InternalError(TriageError):
    """A fault of ours; the log has the rest."""

    code = "internal_error"


class StorageError(TriageError):
    """The database cannot be written."""

    code = "storage_unavailable"


STATUS |= {
    OverloadedError: 429,
    BodyTooLargeError: 413,
    UnauthorisedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    KeyReusedError: 409,
    BadValueError: 422,
    StorageError: 503,
}
_REMEDY = {
    404: "See /docs for the paths there are.",
    405: "See /docs for the methods of this path.",
}


def install(app: FastAPI) -> None:
    """Register the handlers that turn errors into our one shape."""
    app.add_exception_handler(TriageError, _triage_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def body(code: str, message: str, remedy: str) -> dict[str, dict[str, str]]:
    """Return the one error shape."""
    return {"error": {"code": code, "message": message, "remedy": remedy}}


def status_of(error: TriageError) -> int:
    """Return the HTTP status of an error: that of its nearest class in the table."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


async def _triage_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TriageError)
    status = status_of(error)
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return JSONResponse({"error": error.to_dict()}, status, headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "body"
    message = f"{place}: {first['msg']}."
    return JSONResponse(body("invalid_request", message, "See /docs for the schema."), 422)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    remedy = _REMEDY.get(error.status_code, "See /docs.")
    content = body(f"http_{error.status_code}", str(error.detail), remedy)
    return JSONResponse(content, error.status_code, error.headers)


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    # The traceback goes to the log; what the client sees must not leak text or paths.
    remedy = "Try again; if it stays, tell the operator the time of this answer."
    return JSONResponse(body("internal_error", "Something failed inside.", remedy), 500)
