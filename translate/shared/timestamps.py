"""RFC 3339 texts <-> unix seconds."""

from __future__ import annotations

import calendar
import re
import time
from datetime import datetime, timedelta
from functools import lru_cache

from translate.leg import Leg

_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):?(\d\d))?", re.ASCII
)


_EPOCH = datetime(1970, 1, 1)
_YEAR_1 = -62_135_596_800
_YEAR_10000 = 253_402_300_800


def to_seconds(text: str) -> int | None:
    """Whole seconds of an RFC 3339 text (any offset, any fraction); None when it is none."""
    return seconds_of(text)[0]


def seconds_of(text: str) -> tuple[int | None, bool]:
    """The same, and whether `to_text` gives the text back."""
    # In UTC, as servers write it.
    if text[16:17] == ":" and text[-1] == "Z" and text.isascii():
        start, digits = _minute_of(text[:16]), text[17:19]
        if start is not None and digits.isdigit() and digits < "60":  # else a leap second, or no time at all
            seconds = start + int(digits)
            if len(text) == 20:
                return seconds, seconds >= 0 or to_text(seconds) == text
            if text[19] == "." and text[20:-1].isdigit():
                return seconds, False
    match = _RFC_3339.fullmatch(text)
    if match is None:
        return None, False
    year, month, day, hour, minute, second = (int(group) for group in match.groups()[:6])
    if not (year and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
        return None, False
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    sign, hours, minutes = match.groups()[6:]
    offset = (int(hours) * 60 + int(minutes)) * 60 if sign else 0
    seconds = seconds - offset if sign != "-" else seconds + offset
    return seconds, to_text(seconds) == text


@lru_cache(maxsize=256)
def _minute_of(text: str) -> int | None:
    """Seconds at `YYYY-MM-DDTHH:MM`, a minute in which many answers are made; None for what is none."""
    if text[4:14:3] != "--T:" or not text[5:7].isdigit():
        return None
    try:
        since = datetime.fromisoformat(f"{text}:00") - _EPOCH
    except ValueError:
        return None
    return since.days * 86400 + since.seconds


@lru_cache(maxsize=256)
def _minute_to_text(minutes: int) -> str:
    """`YYYY-MM-DDTHH:MM:` of a minute, in which many answers are made."""
    return (_EPOCH + timedelta(minutes=minutes)).isoformat()[:17]


def to_text(seconds: int) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`; seconds no calendar has are 0."""
    if 0 <= seconds < _YEAR_10000:
        minutes, second = divmod(int(seconds), 60)
        return f"{_minute_to_text(minutes)}{second:02}Z"
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return "1970-01-01T00:00:00Z"


def written_time(created: float, leg: Leg) -> str:
    """`to_text` of a document's `created`. Losses: seconds of no year of four digits (often milliseconds), approximated."""
    if _YEAR_1 <= created < _YEAR_10000:
        return to_text(int(created))
    leg.losses.add("approximated", "envelope", "created", ("created",), "no seconds of a year of four digits; sent as 0")
    return to_text(0)
