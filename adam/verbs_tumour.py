"""Signatures: sums of lesion diameters and whether they are complete."""

from trialmill.registry import Arg, Verb, expression

LESION = expression(
    "lesion", "Lesion identifier: parts carry the parent's and a suffix, merged ones all parents'."
)
SPLIT = Arg("split", "text", "Text between a parent and its part's number, such as the stop in T04.1.")
MERGE = Arg("merge", "text", "Text between the parents of a merged lesion, such as the stroke in T02/T03.")

VERBS = [
    Verb(
        name="lesion_parent",
        what="The lesion, as identified at baseline, that a record is about: the parent of a part, "
        "the first of "
        "merged lesions, else the lesion itself.",
        args=(LESION, SPLIT, MERGE),
        makes="text",
        scope="row",
        function="adam.tumour:lesion_parent",
        method=('{lesion} up to the first "{merge}" or "{split}".',),
        source="docs/rules/response.md (split and merged lesions); SDTMIG 3.4, TU assumptions",
    ),
    Verb(
        name="sum_exact",
        what="Sum of numbers within a group, exact to a smallest unit.",
        args=(
            expression("value", "Number."),
            Arg(
                "unit",
                "number",
                "Smallest unit, such as 0.1; a value that is no multiple of it is an error.",
                bound="a positive number",
            ),
        ),
        makes="number",
        scope="group",
        function="adam.tumour:sum_exact",
        method=("Sum of {value} over the records of the group, in units of {unit}.",),
        source="RECIST 1.1, 4.1 (sum of diameters); docs/rules/response.md (exact arithmetic)",
    ),
    Verb(
        name="lesion_count",
        what="Number of baseline lesions in a group all of whose records meet a condition: a parent "
        "counts when all "
        "its parts do, a merged record counts for each of its parents.",
        args=(
            LESION,
            Arg("when", "condition", "What each record of a lesion must meet, such as being measured."),
            SPLIT,
            MERGE,
        ),
        makes="number",
        scope="group",
        function="adam.tumour:lesion_count",
        method=(
            'Number of lesions (from {lesion}, parts after "{split}" with their parent, parents joined by '
            '"{merge}" each for itself) all of whose records in the group meet: {when}.',
        ),
        source="docs/rules/response.md (complete sum)",
    ),
]
