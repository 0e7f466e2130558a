"""The page at `/`: paste a text, see the verdict and the evidence in its own characters."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

router = APIRouter(include_in_schema=False)
_TEMPLATES = Path(__file__).parent / "templates"


@router.get("/", response_class=HTMLResponse)
async def home(request: Request) -> HTMLResponse:
    """Return the page."""
    templates = Jinja2Templates(directory=_TEMPLATES)
    return templates.TemplateResponse(request, "home.html")
