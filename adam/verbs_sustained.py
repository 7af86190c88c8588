"""Signature: the first record at which something holds and goes on to hold."""

from trialmill.registry import Arg, Verb, expression, source_args

VERBS = [
    Verb(
        name="first_sustained",
        what="First record that meets a condition which holds again so many days later.",
        args=(
            *source_args("Records that take part."),
            expression("date", "Date of the record.", holds="number", over="source"),
            expression(
                "seq", "Number that identifies the record.", holds="number", over="source", required=False
            ),
            Arg("when", "condition", "What must hold.", over="source"),
            Arg(
                "days",
                "number",
                "Days, at least, to the record at which it holds again; with 0 once is enough.",
                required=False,
                default="0",
                bound="a number, 0 or more",
            ),
            Arg(
                "between",
                "choice",
                "Whether it must hold at all records in between, or they may be any.",
                required=False,
                default="all",
                choices=("all", "any"),
            ),
        ),
        makes="",
        scope="row",
        function="adam.sustained:first_sustained",
        method=(
            "First {date} in {from}",
            " where {where}",
            ", at which {when}, and again {days} days or more later (0: once is enough)"
            ", {between:all=at all records in between, too|any=whatever the records in between}",
            "; record number: {seq}",
            ".",
        ),
        outputs={"date": "number", "seq": "number", "confirmed": "number"},
        source="docs/rules/marker.md",
    ),
]
