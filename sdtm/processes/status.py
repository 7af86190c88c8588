"""What is recorded of a followed lesion at a scan: categories and axes."""

from __future__ import annotations

from enum import IntEnum

TARGETS = ("subject", "observer", "target")
TARGET_READ = ("subject", "observer", "scan", "target")
OTHERS = ("subject", "observer", "other")
OTHER_READ = ("subject", "observer", "scan", "other")
NEW = ("subject", "observer", "new")
NEW_READ = ("subject", "observer", "scan", "new")


class Status(IntEnum):
    """What became of a lesion at a scan."""

    MEASURED = 0
    TOO_SMALL = 1
    NOT_ASSESSED = 2
    PRESENT = 3
    ABSENT = 4
    PROGRESSION = 5


class Kind(IntEnum):
    """A target as chosen, a part of one that split, or two that merged."""

    WHOLE = 0
    PART = 1
    MERGED = 2


class Certainty(IntEnum):
    """A new lesion at a scan."""

    NONE = 0
    EQUIVOCAL = 1
    UNEQUIVOCAL = 2


def names(enum: type[IntEnum]) -> tuple[str, ...]:
    """Level names of an enumeration."""
    return tuple(member.name.lower() for member in enum)
