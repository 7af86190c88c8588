"""All verbs that derive analysis data."""

from adam import (
    verbs_bds,
    verbs_dates,
    verbs_immune,
    verbs_recist,
    verbs_response,
    verbs_sustained,
    verbs_time_to_event,
    verbs_tumour,
)
from trialmill.registry import Verb

VERBS: list[Verb] = [
    *verbs_dates.VERBS,
    *verbs_bds.VERBS,
    *verbs_tumour.VERBS,
    *verbs_recist.VERBS,
    *verbs_immune.VERBS,
    *verbs_response.VERBS,
    *verbs_sustained.VERBS,
    *verbs_time_to_event.VERBS,
]
