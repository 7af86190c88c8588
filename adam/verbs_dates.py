"""Signatures: analysis dates from collected dates."""

from trialmill.registry import Arg, Verb, expression

LEAST = Arg(
    "least",
    "choice",
    "What must be known of a date; one that says less gives no value.",
    required=False,
    default="year",
    choices=("year", "month", "day"),
)

VERBS = [
    Verb(
        name="impute_date",
        what="Analysis date from ISO 8601 text: the day itself, or where parts are unknown the "
        "first, middle or "
        "last day that the known parts allow, moved as little as possible to keep within bounds.",
        args=(
            expression("date", "Date as collected, ISO 8601 text.", holds="text"),
            Arg("rule", "choice", "Day taken where parts are unknown.", choices=("first", "mid", "last")),
            Arg(
                "not_before",
                "expressions",
                "Analysis dates before which no imputed date may lie.",
                required=False,
            ),
            Arg(
                "not_after",
                "expressions",
                "Analysis dates after which no imputed date may lie.",
                required=False,
            ),
            LEAST,
        ),
        makes="number",
        scope="row",
        function="adam.dates:impute_date",
        method=(
            "Date part of {date} as a number, where at least the {least} is known",
            "; of the days that the known parts allow, the {rule:mid=middle} one",
            ", not before {not_before}",
            ", not after {not_after}",
            ".",
        ),
        source="ADaMIG 1.3, 3.1.2 and 3.2.3",
    ),
    Verb(
        name="imputation_flag",
        what="Which parts of a date were imputed by `impute_date`; missing for a complete date.",
        args=(
            expression("date", "Date as collected, ISO 8601 text.", holds="text"),
            Arg("day", "text", "Value where the day was imputed."),
            Arg("month", "text", "Value where month and day were imputed."),
            LEAST,
        ),
        makes="text",
        scope="row",
        function="adam.dates:imputation_flag",
        method=(
            '"{day}" where {date} lacks the day, "{month}" where it lacks month and day',
            "; missing where it is complete, or less than complete to the {least}.",
        ),
        source="ADaMIG 1.3, 3.1.3; CDISC codelist C81223",
    ),
    Verb(
        name="extreme_date",
        what="Earliest or latest complete date among records of several sources, on or before a limit.",
        args=(
            Arg("take", "choice", "Which date.", choices=("earliest", "latest")),
            Arg(
                "sources",
                "groups",
                "Where dates are looked for.",
                fields=(
                    Arg("from", "source", "Dataset, form or table."),
                    Arg("where", "condition", "Records to use.", required=False, over="source"),
                    expression("date", "ISO 8601 text, or an analysis date.", over="source"),
                ),
                method=("{date} of {from}", " where {where}"),
            ),
            expression(
                "not_after", "Analysis date after which dates do not count.", holds="number", required=False
            ),
        ),
        makes="number",
        scope="row",
        function="adam.dates:extreme_date",
        method=("The {take} complete date among {sources}", ", on or before {not_after}", "."),
        source="docs/rules/time_to_event.md (last alive date)",
    ),
]
