"""Signature: response at assessments if progression must be confirmed."""

from adam.verbs_recist import CATEGORIES, OVERALL, flag, limit
from trialmill.registry import Arg, Verb, expression, source_args

VERBS = [
    Verb(
        name="immune_response",
        what="Response at each assessment if progression must be confirmed by a later one (iRECIST), from the parts "
        "of the response by RECIST and the new lesions.",
        args=(
            *source_args("Records of one evaluator's lesions."),
            expression(
                "assessment",
                "Link group: records that share it are one assessment.",
                holds="text",
                over="source",
            ),
            expression("of", "Link group of the own record.", holds="text"),
            expression("lesion", "Lesion identifier.", holds="text", over="source"),
            flag("present", "New lesions that are there, unequivocally."),
            flag("gone", "New lesions that are there no longer."),
            expression(
                "diameter", "Diameter of a new lesion, where it is measured.", holds="number", over="source"
            ),
            flag("further_others", "Non-targets that grew further since the assessment before."),
            flag("further_new", "New lesions, not measured, that grew further since then."),
            flag("new_progressed", "New lesions, not measured, that grew unequivocally.", required=False),
            expression("date", "Date of the response.", holds="number"),
            expression("target", "Target response.", holds="text"),
            expression("non_target", "Non-target response.", holds="text"),
            expression("total", "Sum of diameters of the targets.", holds="number"),
            Arg("complete", "condition", "Whether every target was assessed."),
            limit(
                "increase", "Percent by which the sum of new lesions progresses above its lowest, at least."
            ),
            limit("absolute", "Length by which it does, and by which a sum grows that confirms, at least."),
            limit(
                "unit",
                "Smallest unit of length; a diameter with more decimals is an error.",
                "a positive number",
            ),
            OVERALL,
            CATEGORIES,
            Arg("unconfirmed", "text", "Progression that is not confirmed."),
            Arg("confirmed", "text", "Progression that is."),
            limit("confirm_days", "Days from the assessment that first showed it, at least.", default="28"),
            Arg(
                "confirm_within",
                "number",
                "Days from the last that showed it unconfirmed, at most; later growth shows it anew.",
                required=False,
                bound="a number, 0 or more",
            ),
            Arg(
                "rules",
                "mapping",
                "Text of each rule that may decide.",
                choices=(
                    "none",
                    "first",
                    "worse",
                    "early",
                    "late",
                    "unchanged",
                    "not_evaluable",
                    "reset",
                    "confirmed",
                ),
            ),
        ),
        makes="",
        scope="row",
        function="adam.immune:immune_response",
        method=(
            "Assessments of a subject by {date}; lesions {lesion} of {from}",
            " where {where}",
            ", those of one {assessment} belonging to one of them ({of}). New lesions: there if {present}, gone if"
            " {gone}, {diameter} in units of {unit}. Progression: {target} or {non_target} says so ({categories}), or"
            " one new lesion more, or their sum {increase}% and {absolute} above its lowest since the last appeared",
            ", or {new_progressed}",
            ". The first is {unconfirmed}. It becomes {confirmed}, {confirm_days} days later or more",
            " and at most {confirm_within} days after the last",
            ", by progression in another part, or in the same part by {total} {absolute} or more above its lowest"
            " since then (lowest only if {complete}), by the sum of new lesions likewise, by one more, or if"
            " {further_others} or {further_new}. It stays {unconfirmed} while progression holds, or new lesions are"
            " left that showed it and {total} is not smaller; else it is over, and the response is as without it:"
            " {overall}, new lesions that are left being non-target disease. {confirmed} stays. Texts of the rules:"
            " {rules}.",
        ),
        outputs={
            "response": "text",
            "rule": "text",
            "why": "text",
            "since": "number",
            "new_count": "number",
            "new_sum": "number",
        },
        source="iRECIST (Seymour 2017), tables 2 and 3; docs/rules/irecist.md",
    ),
]
