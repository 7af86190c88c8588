"""Signatures: baseline, nadir, selection flags and codes of a basic data structure."""

from trialmill.registry import Arg, Verb, expression

BY = Arg("by", "expressions", "Columns that part the subject's records.", required=False)
ORDER = Arg("order", "order", "Order of the records within a part.")
AMONG = Arg("among", "condition", "Records that take part; default all.", required=False)

VERBS = [
    Verb(
        name="carry",
        what="Value of the one record per subject and part that meets a condition, on all records of "
        "the part: "
        "a baseline value, say.",
        args=(
            expression("value", "Value to carry."),
            Arg("when", "condition", "The record that holds it; two of them are an error."),
            BY,
        ),
        makes="same:value",
        scope="subject",
        function="adam.bds:carry",
        method=(
            "{value} of the record where {when}",
            ", within subject and {by}",
            ", carried to all records.",
        ),
        source="ADaMIG 1.3, 3.3.4.2 (baseline value)",
    ),
    Verb(
        name="nadir",
        what="Smallest value of earlier records: the running minimum before each record.",
        args=(
            expression("value", "Number."),
            ORDER,
            BY,
            AMONG,
        ),
        makes="number",
        scope="subject",
        function="adam.bds:nadir",
        method=(
            "Smallest {value} of the subject's earlier records",
            " where {among}",
            ", within {by}",
            ", in the order of {order}. Records of one place in this order do not count for each other.",
        ),
        source="RECIST 1.1, 4.3.1 (smallest sum on study, baseline included)",
    ),
    Verb(
        name="flag_one",
        what="Flag on one record per subject and part: the first or last, by order, of those that "
        "meet a condition.",
        args=(
            Arg("value", "text", "Value of the flag."),
            Arg("keep", "choice", "Which record.", choices=("first", "last")),
            ORDER,
            BY,
            AMONG,
        ),
        makes="text",
        scope="subject",
        function="adam.bds:flag_one",
        method=(
            '"{value}" on the {keep} record of the subject',
            " within {by}",
            " in the order of {order}",
            ", of those where {among}",
            ".",
        ),
        source="ADaMIG 1.3, 3.3.8 (record selection flags)",
    ),
    Verb(
        name="until_first",
        what="Flag on the records of a subject and part up to the first that meets a condition, that "
        "one included.",
        args=(
            Arg("value", "text", "Value of the flag."),
            Arg("when", "condition", "The record that ends the flagged ones."),
            ORDER,
            BY,
            AMONG,
        ),
        makes="text",
        scope="subject",
        function="adam.bds:until_first",
        method=(
            '"{value}" on the subject\'s records',
            " where {among}",
            ", within {by}",
            ", up to and including the first, in the order of {order}, where {when}.",
        ),
        source="docs/rules/response.md (assessments to the first progression)",
    ),
    Verb(
        name="code_number",
        what="Number that stands for a text, by a table.",
        args=(
            expression("text", "Text.", holds="text"),
            Arg("map", "codes", "Text and its number. A text that is not in it is an error."),
        ),
        makes="number",
        scope="row",
        function="adam.bds:code_number",
        method=("Number for {text}: {map}.",),
        source="ADaMIG 1.3, 3.3.4.1 (number and text of a value map one to one)",
    ),
]
