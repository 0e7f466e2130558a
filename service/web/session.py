"""`/login` and `/logout`: a key is shown once, a signed cookie stands for it afterwards."""

from anyio import to_thread
from fastapi import Request, Response

from service.deps import RuntimeDep, refuse_foreign
from service.errors import UnauthorisedError
from service.people.access import SESSION, SESSION_SECONDS
from service.web.frame import Fields, back, page_router, render

router = page_router()


@router.get("/login")
def login_page(request: Request) -> Response:
    """登录页。The page to log in."""
    return render(request, "login.html", next=_inside(request.query_params.get("next", "/")))


@router.post("/login")
async def login(request: Request, runtime: RuntimeDep, fields: Fields) -> Response:
    """验密钥，给会话。Check the key, give a session."""
    refuse_foreign(request)
    wanted = _inside(fields.get("next", "/"))
    try:
        text = fields.get("key", "").strip()
        principal = await to_thread.run_sync(runtime.access.by_key, text)
    except UnauthorisedError as error:
        return render(request, "login.html", status=401, next=wanted, problem=error.to_dict())
    reply = back(request, wanted)
    reply.set_cookie(
        SESSION,
        runtime.access.session_of(principal),
        max_age=SESSION_SECONDS,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return reply


@router.post("/logout")
def logout(request: Request) -> Response:
    """退出。Forget the session."""
    refuse_foreign(request)
    reply = back(request, "/login")
    reply.delete_cookie(SESSION, path="/", httponly=True, samesite="strict")
    return reply


def _inside(address: str) -> str:
    """Return an address of this site; for any other the first page."""
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and address[1:2] != "/" else "/"
