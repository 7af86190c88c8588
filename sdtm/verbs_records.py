"""Signatures: values from records of other datasets, and one value per group of records."""

from trialmill.registry import Arg, Verb, expression, source_args

IG = "SDTMIG 3.4"

TAKE = expression("take", "Value to take.", over="source")
MATCH = Arg("match", "match", "Keys beside the subject: column of the source -> own value.", required=False)
KEYS = Arg("match", "match", "Keys: column of the source -> own value.")
ORDER = Arg("order", "order", "Order of the records.", over="source")
UNMATCHED = Arg(
    "unmatched",
    "choice",
    "A record without a match gets a missing value, the same with a warning, or stops the build.",
    required=False,
    default="missing",
    choices=("missing", "finding", "stop"),
)
UNMATCHED_WORDS = "{unmatched:missing=|finding=; none is a finding|stop=; none stops the build}"
UNKNOWN = Arg(
    "unknown",
    "choice",
    "A result without a conversion stops the build, or is missing with a finding.",
    required=False,
    default="stop",
    choices=("stop", "finding"),
)
CONVERSION = (
    expression("value", "Reported result; text may carry < or >."),
    *source_args("Table of conversions."),
    Arg("match", "match", "Keys, such as test and unit: column of the table -> own value."),
    expression("factor", "Positive factor.", holds="number", over="source"),
    expression(
        "offset", "Number added after the factor; default 0.", holds="number", over="source", required=False
    ),
    Arg(
        "significant",
        "number",
        "Significant digits of a converted number, halves away from zero; default 12.",
        required=False,
        bound="a whole number, 1 or more",
    ),
    UNKNOWN,
)
CONVERSION_WORDS = (
    "{value} x {factor}",
    " + {offset}",
    " of the record of {from}",
    " (where {where})",
    " with {match}",
    ", converted numbers to {significant} significant digits",
    "; a result without a conversion is {unknown:stop=refused|finding=missing}",
)

VERBS = [
    Verb(
        "lookup",
        "Value from the one record of the same subject and keys; a second match stops the build.",
        (
            *source_args("Records to look in."),
            MATCH,
            TAKE,
            UNMATCHED,
            Arg(
                "case",
                "choice",
                "Text keys are compared as written, or without regard to case and blanks.",
                required=False,
                default="exact",
                choices=("exact", "ignored"),
            ),
            expression("otherwise", "Own value where no record matches.", required=False),
        ),
        "same:take",
        "row",
        "sdtm.records:lookup",
        (
            "{take} of the record of {from}",
            " where {where}",
            " with {match}",
            "{case:exact=|ignored= (without regard to case)}",
            UNMATCHED_WORDS,
            "; without one {otherwise}",
        ),
    ),
    Verb(
        "first",
        "Value from the first record, by order, of the same subject and keys.",
        (*source_args("Records to look in."), MATCH, ORDER, TAKE, UNMATCHED),
        "same:take",
        "row",
        "sdtm.records:first",
        (
            "{take} of the first record of {from}",
            " where {where}",
            " with {match}",
            " by {order}",
            UNMATCHED_WORDS,
        ),
    ),
    Verb(
        "last",
        "Value from the last record, by order, of the same subject and keys.",
        (*source_args("Records to look in."), MATCH, ORDER, TAKE, UNMATCHED),
        "same:take",
        "row",
        "sdtm.records:last",
        (
            "{take} of the last record of {from}",
            " where {where}",
            " with {match}",
            " by {order}",
            UNMATCHED_WORDS,
        ),
    ),
    Verb(
        "total",
        "Sum over all records of the same subject and keys; missing where one of them has no value.",
        (*source_args("Records to add."), expression("of", "Value of a record.", over="source"), MATCH),
        "number",
        "row",
        "sdtm.records:total",
        ("Sum of {of} over the records of {from}", " where {where}", " with {match}"),
    ),
    Verb(
        "exists",
        "One text where the subject has a matching record, another where it has none.",
        (
            *source_args("Records to look for."),
            MATCH,
            Arg("then", "text", "Text where one or more records match."),
            Arg("otherwise", "text", "Text where none does; default missing.", required=False),
        ),
        "text",
        "row",
        "sdtm.records:exists",
        (
            '"{then}" where the subject has a record of {from}',
            " where {where}",
            " with {match}",
            '; else "{otherwise}"',
        ),
    ),
    Verb(
        "lookup_range",
        "Value from the record whose range, both ends included, contains a number (a visit from its window).",
        (
            expression("value", "The number."),
            *source_args("Records with ranges."),
            expression("lower", "Lower end; missing is open.", holds="number", over="source"),
            expression("upper", "Upper end; missing is open.", holds="number", over="source"),
            MATCH,
            TAKE,
        ),
        "same:take",
        "row",
        "sdtm.intervals:lookup_range",
        (
            "{take} of the record of {from}",
            " where {where}",
            " with {match}",
            " with {lower} <= {value} <= {upper}",
        ),
        source=f"{IG}, 4.4.5",
    ),
    Verb(
        "convert",
        "Number in the standard unit by a table of conversions: value x factor + offset.",
        (
            *CONVERSION,
            Arg(
                "unreadable",
                "choice",
                "Text that is no result stops the build, or is missing with a finding.",
                required=False,
                default="stop",
                choices=("stop", "finding"),
            ),
            Arg(
                "censored",
                "choice",
                "Number of a result with < or >: missing, or that of its limit; each with a note.",
                required=False,
                default="missing",
                choices=("missing", "limit"),
            ),
        ),
        "number",
        "row",
        "sdtm.units:convert",
        (
            *CONVERSION_WORDS,
            "; a result with < or > gives {censored:missing=a missing value|limit=its limit}",
            "; text that is no number {unreadable:stop=is refused|finding=gives a missing value}",
        ),
        source=f"{IG}, 4.5.1",
    ),
    Verb(
        "convert_result",
        "Character result in the standard unit: keeps < and >, leaves text that is no number as it is.",
        CONVERSION,
        "text",
        "row",
        "sdtm.units:convert_result",
        (*CONVERSION_WORDS, "; < and > are kept, text that is no number stays"),
        source=f"{IG}, 4.5.1",
    ),
    Verb(
        "visit_number",
        "Number of a visit from the schedule; an unscheduled one follows the planned one before it in steps.",
        (
            *source_args("Schedule of visits."),
            KEYS,
            expression("number", "Number of the planned visit.", holds="number", over="source"),
            expression("planned_day", "Planned study day.", holds="number", over="source"),
            expression("study_day", "Study day of the own visit.", holds="number"),
            Arg(
                "step",
                "number",
                "Distance from the planned visit and between others, such as 0.1.",
                bound="a positive number",
            ),
        ),
        "number",
        "subject",
        "sdtm.visits:visit_number",
        (
            "{number} of the record of {from}",
            " where {where}",
            " with {match}; without one, that of the last record whose {planned_day} is not after {study_day}",
            ", plus {step} for each such visit by day",
        ),
        source=f"{IG}, 4.4.5",
    ),
    Verb(
        "minimum",
        "Smallest value of the group of records.",
        (expression("of", "Value of a record; missing does not count.", over="source"),),
        "same:of",
        "group",
        "sdtm.grouped:minimum",
        ("Smallest {of}",),
    ),
    Verb(
        "maximum",
        "Largest value of the group of records.",
        (expression("of", "Value of a record; missing does not count.", over="source"),),
        "same:of",
        "group",
        "sdtm.grouped:maximum",
        ("Largest {of}",),
    ),
    Verb(
        "count",
        "Number of records of the group.",
        (Arg("matching", "condition", "Records to count; default all.", required=False, over="source"),),
        "number",
        "group",
        "sdtm.grouped:count",
        ("Number of records", " with {matching}"),
    ),
    Verb(
        "first_of_group",
        "Value of the group's first record by order.",
        (expression("of", "Value of a record.", over="source"), ORDER),
        "same:of",
        "group",
        "sdtm.grouped:first_of_group",
        ("{of} of the first record by {order}",),
    ),
    Verb(
        "join",
        "Distinct values of the group in one text, ascending.",
        (
            expression("of", "Value of a record; missing is left out.", over="source"),
            Arg("separator", "text", "Text between two values."),
        ),
        "text",
        "group",
        "sdtm.grouped:join",
        ('Distinct {of} in ascending order with "{separator}" between',),
    ),
]
