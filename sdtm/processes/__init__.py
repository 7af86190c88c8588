"""Processes of an oncology patient model, registered under ``trialmill.processes``."""

from sdtm.processes import (
    basic,
    central,
    course,
    entry,
    followed,
    growth,
    laboratory,
    lesions,
    reading,
    recist,
    schedule,
    treatment,
)
from trialmill.registry.processes import Process

MODULES = (
    basic,
    central,
    course,
    entry,
    followed,
    growth,
    laboratory,
    lesions,
    reading,
    recist,
    schedule,
    treatment,
)

PROCESSES = [value for module in MODULES for value in vars(module).values() if isinstance(value, Process)]
