"""Processes of an oncology patient model, registered under ``trialmill.processes``."""

from sdtm.processes import (
    attendance,
    basic,
    central,
    contacts,
    course,
    entry,
    growth,
    injections,
    laboratory,
    lesions,
    others,
    randomisation,
    reading,
    recist,
    schedule,
    targets,
    therapies,
)
from trialmill.registry.processes import Process

MODULES = (
    attendance,
    basic,
    central,
    contacts,
    course,
    entry,
    growth,
    injections,
    laboratory,
    lesions,
    others,
    randomisation,
    reading,
    recist,
    schedule,
    targets,
    therapies,
)

PROCESSES = [value for module in MODULES for value in vars(module).values() if isinstance(value, Process)]
