"""Signatures: best overall response from a series of assessments."""

from trialmill.registry import Arg, Verb, expression

SERIES = (
    Arg("from", "source", "Dataset that holds the assessments; the own dataset has one record per subject."),
    Arg(
        "where",
        "condition",
        "Assessments that may count, such as those after baseline.",
        required=False,
        over="source",
    ),
    expression("date", "Date of the assessment.", holds="number", over="source"),
    expression("response", "Response at the assessment.", holds="text", over="source"),
    expression(
        "seq",
        "Number that identifies the assessment's record.",
        holds="number",
        over="source",
        required=False,
    ),
    expression("reference", "Date from which days are counted.", holds="number"),
    expression("cutoff", "Data cut-off: later assessments do not count.", holds="number", required=False),
    expression(
        "new_therapy", "Start of new anticancer therapy: later assessments do not count.", required=False
    ),
    Arg(
        "new_therapy_day",
        "choice",
        "Whether an assessment on the day on which new therapy starts counts.",
        required=False,
        default="include",
        choices=("include", "exclude"),
    ),
    expression(
        "death", "Date of death, for the reason why nothing is evaluable.", holds="number", required=False
    ),
    Arg("complete", "text", "Category: complete response."),
    Arg("partial", "text", "Category: partial response."),
    Arg("stable", "texts", "Categories: neither response nor progression."),
    Arg(
        "stable_category",
        "choice",
        "Of several stable categories: the subject's own, the first of those that occur, for all that is "
        "stable; or each for itself, in the order given, what is not confirmed counting for the first.",
        required=False,
        default="own",
        choices=("own", "each"),
    ),
    Arg("progressive", "text", "Category: progression. It ends the series."),
    Arg(
        "unconfirmed",
        "text",
        "Category: progression that is not confirmed. It does not end the series, and counts after progression.",
        required=False,
    ),
    Arg("not_evaluable", "text", "Category: not evaluable."),
    Arg("no_disease", "text", "Category: no evidence of disease, with none at baseline.", required=False),
    Arg("no_assessment", "text", "Value for a subject without a counted assessment."),
    Arg(
        "stable_days",
        "number",
        "Days from the reference date that a stable category must last.",
        bound="a number, 0 or more",
    ),
    Arg(
        "reasons",
        "mapping",
        "Text for each reason why nothing is evaluable.",
        choices=("none", "death", "new_therapy", "only_not_evaluable", "too_early"),
    ),
)

OUTPUTS = {
    "value": "text",
    "date": "number",
    "seq": "number",
    "reason": "text",
    "why": "text",
    "response_date": "number",
    "response_seq": "number",
}

VERBS = [
    Verb(
        name="best_response",
        what="Best overall response, where asked for with responses confirmed by a later assessment; its date, "
        "record and reasons, and the first response.",
        args=(
            *SERIES,
            Arg(
                "confirm_days",
                "number",
                "Days from a response to the assessment that confirms it, at least; without it none is needed.",
                required=False,
                bound="a number, 0 or more",
            ),
            Arg(
                "max_not_evaluable",
                "number",
                "Not evaluable assessments allowed between response and confirmation.",
                required=False,
                default="1",
                bound="a whole number, 0 or more",
            ),
            Arg(
                "max_stable",
                "number",
                "Stable assessments allowed between partial responses.",
                required=False,
                default="0",
                bound="a whole number, 0 or more",
            ),
            Arg(
                "partial_after_complete",
                "choice",
                "With confirmation, what a partial after a complete response means: progression, that the "
                "complete was partial, or what it says, but it confirms no partial from before the complete.",
                required=False,
                default="progressive",
                choices=("progressive", "partial", "reported"),
            ),
        ),
        makes="",
        scope="row",
        function="adam.response:best_response",
        method=(
            "{response} at {date}, in {from}",
            " where {where}",
            ", to the first {progressive}",
            ", not after {cutoff}",
            ", not after {new_therapy} (that day: {new_therapy_day})",
            ": {complete} if any, else {partial} if any",
            " (each confirmed {confirm_days} days or more later, {complete} by {complete}, {partial} by {partial} or"
            " {complete}, with at most {max_not_evaluable} {not_evaluable} between and, for {partial}, at most"
            " {max_stable} stable; others count as stable; {partial} after {complete} is read as"
            " {partial_after_complete})",
            ", else {stable} ({stable_category:own=under the name that the subject has|each=each in turn})"
            " at {stable_days} days or more from {reference}",
            ", else {no_disease} likewise",
            ", else {progressive}",
            ", else {unconfirmed}",
            ", else {not_evaluable}. Without a counted assessment: {no_assessment}.",
            " Reasons: {reasons}.",
            " Death: {death}.",
            " Record number: {seq}.",
        ),
        outputs=OUTPUTS,
        source="RECIST 1.1, 4.4, 4.6 and table 3; docs/rules/response.md",
    ),
]
