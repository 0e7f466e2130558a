"""Logs of the service: one JSON object a line on standard error, personal data masked."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from triage.text.pii import mask_all

_OWN = frozenset({"timestamp", "level", "event", "logger"})


def configure_logs(level: str = "INFO") -> None:
    """Set up logging of this process; call it once, from the command that serves."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # Standard error as it is when a line is written, not as it was at start-up.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def masked(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask what a line of the log says of persons: the text of an exception may quote a message."""
    return {name: value if name in _OWN else mask_all(value) for name, value in entry.items()}
