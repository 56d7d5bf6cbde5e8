"""JSON logs with request, actor and run id, from which residents' data are dropped."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

import structlog

from renovation.core.calendar import SHANGHAI

#: Event fields that never reach a log line, whatever code binds them (HOUSE.md §6, CAPABILITIES.md I5).
DROPPED = frozenset(
    {"name", "phone", "caller", "address", "id_number", "password", "token", "content", "email"}
)


#: Addresses that end in a secret: whoever holds a resident's link may answer for the household.
_SECRET_ADDRESS = re.compile(r"(/c/)[^/\s?\"']+")


def hide_secret_addresses(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put … for the token of a personal link, wherever an address stands in the event."""
    for field, value in event.items():
        if isinstance(value, str) and "/c/" in value:
            event[field] = _SECRET_ADDRESS.sub(r"\1…", value)
    return event


def drop_personal_fields(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Remove fields that could hold a resident's or a user's personal data."""
    for field in DROPPED & event.keys():
        del event[field]
    return event


def stamp_local_time(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The moment of the line on the clock that people here read, with its distance from UTC."""
    event["at"] = datetime.now(SHANGHAI).isoformat(timespec="milliseconds")
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    stamp_local_time,
    structlog.processors.format_exc_info,
    drop_personal_fields,
    hide_secret_addresses,
]


def json_formatter() -> logging.Formatter:
    """The formatter of ``settings.LOGGING``; configures structlog on the way, once."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
