"""Signatures: dates, study days, sequence, flags."""

from trialmill.registry import Arg, Verb, expression, source_args

IG = "SDTMIG 3.4"

AMONG = Arg(
    "among",
    "groups",
    "Sources with the date of their records.",
    fields=source_args(
        "Records of the subject.",
        (expression("date", "ISO 8601 date of the record.", holds="text", over="source"),),
    ),
    method=("{date} of {from}", " where {where}"),
)


def partial(compared: str) -> Arg:
    """How partial dates take part."""
    return Arg(
        "partial",
        "choice",
        f"Partial dates do not take part, or do as {compared}.",
        required=False,
        default="skip",
        choices=("skip", "compare"),
    )


VERBS = [
    Verb(
        "iso_datetime",
        "Date and time in one ISO 8601 text; a time beside a partial date is left out with a finding.",
        (
            expression("date", "ISO 8601 date.", holds="text"),
            expression("time", "HH:MM or HH:MM:SS.", holds="text"),
        ),
        "text",
        "row",
        "sdtm.timing:iso_datetime",
        (
            "{date} with the time {time} in ISO 8601",
            "; the date alone where it is partial or the time is missing",
        ),
        source=f"{IG}, 4.4.1",
        transcribes=True,
    ),
    Verb(
        "study_day",
        "Day of the study: the reference day is 1, the day before it -1, there is no day 0.",
        (
            expression("date", "ISO 8601 date.", holds="text"),
            expression("reference", "ISO 8601 date of day 1.", holds="text"),
        ),
        "number",
        "row",
        "sdtm.timing:study_day",
        (
            "{date} - {reference}, + 1 on or after {reference} (no day 0)",
            "; missing where either is not known to the day",
        ),
        source=f"{IG}, 4.4.4",
    ),
    Verb(
        "earliest_date",
        "The subject's earliest date among records of several sources, as collected.",
        (AMONG, partial("the first day that they can mean")),
        "text",
        "row",
        "sdtm.timing:earliest_date",
        (
            "Earliest of: {among}",
            "; partial dates {partial:skip=are left out|compare=count as the first day that they can mean}",
        ),
        source=f"{IG}, 4.4.1",
    ),
    Verb(
        "latest_date",
        "The subject's latest date among records of several sources, as collected.",
        (AMONG, partial("the last day that they can mean")),
        "text",
        "row",
        "sdtm.timing:latest_date",
        (
            "Latest of: {among}",
            "; partial dates {partial:skip=are left out|compare=count as the last day that they can mean}",
        ),
        source=f"{IG}, 4.4.1",
    ),
    Verb(
        "period",
        "Value of the subject's period (from its start, up to but without its end) that contains a date.",
        (
            expression("date", "ISO 8601 date or date-time.", holds="text"),
            *source_args("Periods of the subject, such as elements."),
            expression("start", "ISO 8601 start of the period.", holds="text", over="source"),
            expression("end", "ISO 8601 end of the period; missing is open.", holds="text", over="source"),
            expression("take", "Value to take.", over="source"),
            Arg(
                "last_day",
                "choice",
                "Whether the end of the subject's last period belongs to it.",
                required=False,
                default="inside",
                choices=("inside", "outside"),
            ),
            Arg(
                "several",
                "choice",
                "A date within two periods stops the build, or stays without a value, with a warning.",
                required=False,
                default="stop",
                choices=("stop", "finding"),
            ),
        ),
        "same:take",
        "row",
        "sdtm.intervals:period",
        (
            "{take} of the record of {from}",
            " (where {where})",
            " with {start} <= {date} < {end}",
            "; the end of the last period is {last_day:inside=part of it|outside=not part of it}",
            "; a partial date only where all days that it can mean lie in one period",
            "; a date in two periods {several:stop=is refused|finding=has no value}",
        ),
        source=f"{IG}, 4.4.6 (EPOCH)",
    ),
    Verb(
        "sequence",
        "Running number of the record within its subject; the order must tell records apart.",
        (Arg("order", "order", "Order of the records of a subject."),),
        "number",
        "subject",
        "sdtm.identifiers:sequence",
        ("Running number within the subject by {order}",),
        source=f"{IG}, 4.1.2",
    ),
    Verb(
        "number_within",
        "Running number of a record's place within subject and group; records that tie share it.",
        (
            Arg("by", "expressions", "The group within the subject."),
            Arg("order", "order", "The place; missing in its first column gives no number."),
        ),
        "number",
        "subject",
        "sdtm.identifiers:number_within",
        ("Place within subject and {by} by {order}, from 1; equal ones share it",),
    ),
    Verb(
        "usual",
        "The most frequent value within subject and group; of equally frequent ones the first.",
        (
            expression("of", "The value; missing does not count."),
            Arg("by", "expressions", "The group within the subject."),
        ),
        "same:of",
        "subject",
        "sdtm.identifiers:usual",
        ("Most frequent {of} within subject and {by}",),
    ),
    Verb(
        "last_before",
        "Flags the last record of its kind on or before the first exposure.",
        (
            Arg("by", "expressions", "What makes records comparable within a subject."),
            expression("date", "ISO 8601 date or date-time of the record.", holds="text"),
            expression("reference", "ISO 8601 start of exposure.", holds="text"),
            Arg("eligible", "condition", "Records that may be flagged."),
            Arg("flag", "text", "Value of the flag."),
            Arg(
                "same_day",
                "choice",
                "How a record of the day of exposure counts where a time is unknown.",
                required=False,
                default="before",
                choices=("before", "after"),
            ),
            Arg(
                "partial",
                "choice",
                "Partial dates are never flagged, or are where their last possible day lies before exposure.",
                required=False,
                default="skip",
                choices=("skip", "compare"),
            ),
            Arg("order", "order", "What tells records of one time apart; the last wins.", required=False),
        ),
        "text",
        "subject",
        "sdtm.baseline:last_before",
        (
            '"{flag}" for the last record by {date} within subject and {by}',
            ", records with {eligible},",
            " not later than {reference}",
            "; on its day without times {same_day:before=counts as before|after=counts as after}",
            "; partial dates {partial:skip=are left out|compare=count as the last day that they can mean}",
            "; of one date the last by {order}",
        ),
        source=f"{IG}, 4.5.9",
    ),
]
