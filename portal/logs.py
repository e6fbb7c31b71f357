"""Structured logs: one JSON object a line, personal data masked wherever it slips in."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PATTERNS = (
    re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])"),
    # Mobile numbers, in groups or not, with the code of the country or not.
    re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"),
    # Landlines: area and number, with an extension or not; what is in one piece begins with 0.
    re.compile(
        r"(?<!\d)(?:(?:(?:\+|00)86[- ]?)0?|\(?0)(?:10|2\d|[3-9]\d{2})(?:\)|\) | |-)[2-9]\d{6,7}"
        r"(?:-\d{1,6})?(?!\d)"
    ),
    re.compile(r"(?<!\d)0(?:10|2\d)[2-9]\d{7}(?!\d)|(?<!\d)0[3-9]\d{2}[2-9]\d{6,7}(?!\d)"),
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
)
_HEAD, _TAIL = 2_000, 2_000
"""Characters kept of a long text: where it begins, and where a traceback names the error."""


def mask(text: str) -> str:
    """Return ``text`` with telephone numbers, identity cards and e-mail addresses masked.

    The middle of a long text is left out.
    """
    for pattern in _PATTERNS:
        text = pattern.sub("***", text)
    # Cut last, so that no piece of a number stays unrecognised.
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} … {text[-_TAIL:]}"


def _masked(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = mask(value)
    return event


def set_up_logs(level: str) -> None:
    """Send everything, that of the libraries included, as masked JSON lines to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _masked,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
