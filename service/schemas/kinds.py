"""Types of single values that every request shares."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from service.tickets.storable import storable

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_LAST = datetime(2100, 1, 1, tzinfo=UTC)


def _in_reach(at: datetime) -> datetime:
    if not _FIRST <= at < _LAST:
        raise ValueError("must lie between the years 2000 and 2100")
    return at


Text = Annotated[str, AfterValidator(storable)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(storable),
]
Short = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    AfterValidator(storable),
]
Id = Annotated[str, StringConstraints(max_length=40), AfterValidator(storable)]
When = Annotated[AwareDatetime, AfterValidator(_in_reach)]
Score = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Limit = Annotated[int, Field(ge=1, le=200)]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
