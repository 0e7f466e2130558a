"""Start the service with uvicorn."""

import gc
import sys
from datetime import date, timedelta
from pathlib import Path

import uvicorn

from service.app import create_app
from service.desk.books import load_books
from service.logs import configure_logs
from service.models.loading import load_served
from service.settings import read_settings

_NOTICE = timedelta(days=60)


def serve(*, host: str, port: int, model: Path | None, policy: Path | None) -> None:
    """Load the model, then serve until stopped. Raises ModelError before listening."""
    given = {"model": model, "policy": policy}
    settings = read_settings().model_copy(update={k: v for k, v in given.items() if v})
    configure_logs(settings.log_level)
    engine = load_served(settings)
    shown = f"[{host}]" if ":" in host else host
    print(
        f"分诊 Fenzhen  http://{shown}:{port}   接口文档 API: http://{shown}:{port}/docs",
        flush=True,
    )
    _say_when_calendars_end(settings.desk)
    # The writer computes while the event loop answers: at the usual 5 ms it would wait as long
    # for each of its turns.
    sys.setswitchinterval(0.001)
    # What is loaded stays: collecting it over and over would stop every request for tens of ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    app = create_app(engine, settings, follow=settings.model is None)
    uvicorn.run(app, host=host, port=port, log_level="warning")


def _say_when_calendars_end(folder: Path | None) -> None:
    until = load_books(folder, lenient=True).clocks.valid_until
    if until and until - date.today() < _NOTICE:
        print(
            f"节假日数据到 {until} 为止，之后的时限不猜 holidays are known until {until}: "
            "docs/operations.md",
            flush=True,
        )
