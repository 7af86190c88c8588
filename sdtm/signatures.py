"""All SDTM verbs, for the entry point group ``trialmill.verbs``."""

from sdtm import verbs_records, verbs_timing, verbs_values
from trialmill.registry import Verb

VERBS: list[Verb] = [*verbs_values.VERBS, *verbs_timing.VERBS, *verbs_records.VERBS]
