"""Every error leaves as problem+json (RFC 9457): {type, title, status, code}, with one clear sentence for bad input."""

from collections.abc import Mapping
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DataError

from narvaro.auth.pages import page
from narvaro.errors import Malformed, NotFound, NotSignedIn, Problem, TooMany

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]


class TooLarge(Malformed):
    """The request is too large."""

    status = 413


class MethodNotAllowed(Malformed):
    """This address does not do that."""

    status = 405


class Unexpected(Problem):
    """Something went wrong here; it has been noted."""


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response[dict[str, Any]]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title(),
        "status": problem.status,
        "code": problem.code(),
    }
    if problem.detail:
        body["detail"] = problem.detail
    return Response(body, status_code=problem.status, media_type="application/problem+json", headers=headers)


def on_problem(_request: AnyRequest, problem: Problem) -> Response[dict[str, Any]]:
    return answer(problem, {"Retry-After": str(problem.retry_after)} if isinstance(problem, TooMany) else None)


def on_validation(_request: AnyRequest, error: ValidationException) -> Response[dict[str, Any]]:
    return answer(Malformed(sentence_of(error)))


def sentence_of(error: ValidationException) -> str | None:
    """The first thing that is wrong and where; never the value that was sent."""
    found = error.extra[0] if isinstance(error.extra, list) and error.extra else None
    if not isinstance(found, dict):
        return None
    message, key = str(found.get("message", "")), found.get("key")
    return f"{key}: {message}" if key else message or None


def on_http_exception(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Litestar's own refusals, in our words; a page that is not there is told to the person, not to a program."""
    if error.status_code == 404 and not request.url.path.startswith(("/api/", "/hooks/", "/assets/")):
        return page(404, "Sidan finns inte", "Kontrollera adressen, eller gå tillbaka och försök igen.")
    if error.status_code >= 500:
        log.error("unexpected_error", exc_info=error)
        return answer(Unexpected())
    kinds: dict[int, type[Problem]] = {401: NotSignedIn, 404: NotFound, 405: MethodNotAllowed, 413: TooLarge}
    allow = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return answer(kinds.get(error.status_code, Malformed)(), allow)


def on_data(_request: AnyRequest, _error: DataError) -> Response[dict[str, Any]]:
    """A value that no column can hold, like a text with a NUL in it."""
    return answer(Malformed())


def on_anything(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """No details leave the server; the log has the trace, without locals."""
    log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    return answer(Unexpected())


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Problem: on_problem,
    ValidationException: on_validation,
    HTTPException: on_http_exception,
    DataError: on_data,
    Exception: on_anything,
}
"""For the whole app."""
