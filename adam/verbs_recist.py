"""Signature: target, non-target, new-lesion and overall response from the records of lesions."""

from trialmill.registry import Arg, Verb, expression, source_args


def flag(name: str, what: str, *, required: bool = True) -> Arg:
    """A condition over the records of lesions."""
    return Arg(name, "condition", what, required, over="source")


def limit(name: str, what: str, bound: str = "a number, 0 or more", *, default: str | None = None) -> Arg:
    """A number of the criteria."""
    return Arg(name, "number", what, required=default is None, default=default, bound=bound)


LESIONS = (
    *source_args("Records of one evaluator's lesions, baseline included."),
    expression(
        "assessment", "Link group: records that share it are one assessment.", holds="text", over="source"
    ),
    expression("of", "Link group of the own record.", holds="text"),
    expression("lesion", "Lesion identifier.", holds="text", over="source"),
    Arg("split", "text", "Text between a parent and its part's number, such as the stop in T04.1."),
    Arg("merge", "text", "Text between the parents of a merged lesion, such as the stroke in T02/T03."),
    expression("date", "Date of the scan.", holds="number", over="source"),
    expression(
        "seq", "Number that identifies the lesion's record.", holds="number", over="source", required=False
    ),
    flag("target", "Records of target lesions."),
    flag("non_target", "Records of non-target lesions."),
    flag("new", "Records of new lesions."),
    expression(
        "diameter", "Diameter of a target: short axis of a node, longest diameter otherwise.", over="source"
    ),
    flag("node", "Lesions that are nodes; what the baseline says counts."),
    flag("assessed", "Lesions that are not measured: their state was given."),
    flag("absent", "Non-targets that are gone, or normal nodes."),
    flag("certain", "Unequivocal: progression of a non-target, or a new lesion."),
    flag("doubtful", "Equivocal: progression of a non-target, or a new lesion."),
    flag(
        "listed",
        "Lesions identified at baseline as of their class; default those with a record at the baseline.",
        required=False,
    ),
    expression(
        "expected_targets", "How many targets of the subject were identified.", over="source", required=False
    ),
    expression(
        "expected_others",
        "How many non-targets of the subject were identified.",
        holds="number",
        over="source",
        required=False,
    ),
    flag("new_not_assessed", "Assessments at which new lesions were not looked for.", required=False),
    flag("marker", "Assessments whose tumor marker allows a complete response.", required=False),
    expression(
        "baseline_until",
        "The baseline is the last assessment whose scans are all on or before it.",
        holds="number",
    ),
    expression(
        "cutoff",
        "A later scan confirms an equivocal finding on or before it only.",
        holds="number",
        required=False,
    ),
    expression("new_therapy", "Likewise.", holds="number", required=False),
)

LIMITS = (
    limit("decrease", "Percent by which a partial response lies below baseline, at least."),
    limit("increase", "Percent by which progression lies above the nadir, at least."),
    limit("absolute", "Length by which progression lies above the nadir, at least."),
    limit("node_normal", "Short axis below which a node is normal."),
    limit("unit", "Smallest unit of length; a diameter with more decimals is an error.", "a positive number"),
)

OVERALL = Arg(
    "overall",
    "groups",
    "Table of overall responses: the first row that matches holds; a part that a row does not name may be anything.",
    fields=(
        Arg("target", "texts", "Target responses.", required=False),
        Arg("non_target", "texts", "Non-target responses.", required=False),
        Arg("new", "texts", "New lesions.", required=False),
        Arg("overall", "text", "Overall response."),
    ),
    method=("{overall}", " if target {target}", " if non-target {non_target}", " if new lesions {new}"),
)

CATEGORIES = Arg(
    "categories",
    "mapping",
    "Names of the responses.",
    choices=(
        "complete",
        "partial",
        "stable",
        "present",
        "progressive",
        "not_evaluable",
        "none",
        "yes",
        "no",
        "unknown",
    ),
)

RULES = Arg(
    "rules",
    "mapping",
    "Text of each rule that may decide.",
    choices=(
        "no_baseline",
        "no_target",
        "all_gone",
        "reappearance",
        "increase",
        "increase_incomplete",
        "incomplete",
        "decrease",
        "persists",
        "neither",
        "new_found",
        "non_target",
        "dated_back",
        "others_remain",
        "non_target_only",
    ),
)


def switch(name: str, what: str, default: str) -> Arg:
    """A yes-or-no switch of the criteria."""
    return Arg(name, "boolean", what, required=False, default=default)


def one_of(name: str, what: str, default: str, other: str) -> Arg:
    """A switch between two readings."""
    return Arg(name, "choice", what, required=False, default=default, choices=(default, other))


SWITCHES = (
    one_of("progression_date", "Target scan that dates progression of targets.", "latest", "earliest"),
    one_of("response_date", "Scan that dates other responses.", "latest", "earliest"),
    switch("reappearance", "Whether a target back after a complete response is progression.", "true"),
    switch("node_reappearance", "Whether a node back at its limit alone is so too.", "false"),
    one_of("new_unknown", "What new lesions that were not assessed count as.", "no", "unknown"),
    switch(
        "doubts_dated_back",
        "Whether a finding that is called unequivocal later makes the assessment that first doubted it progression.",
        "true",
    ),
    switch(
        "partial_persists",
        "Whether stable targets after a confirmed partial response stay partial until progression.",
        "false",
    ),
    limit("confirm_days", "Days to the assessment that confirms it.", default="28"),
    limit(
        "max_not_evaluable",
        "Not evaluable assessments allowed in between.",
        "a whole number, 0 or more",
        default="1",
    ),
    limit(
        "max_stable",
        "Stable assessments allowed in between.",
        "a whole number, 0 or more",
        default="0",
    ),
)

VERBS = [
    Verb(
        name="assessment_response",
        what="Target, non-target, new-lesion and overall response at each assessment after baseline, derived from "
        "lesions; with the rule that decided and its numbers.",
        args=(*LESIONS, *LIMITS, OVERALL, CATEGORIES, RULES, *SWITCHES),
        makes="",
        scope="row",
        function="adam.recist:assessment_response",
        method=(
            "Lesions {lesion} of {from}",
            " where {where}",
            ", those of one {assessment} being one assessment ({of}), scanned at {date}",
            " (record number {seq})",
            '; parts follow "{split}", merged lesions are joined by "{merge}". Baseline: the last assessment all of'
            " whose scans are on or before {baseline_until}. Targets: {target}; sum of {diameter} in units of {unit};"
            " nodes ({node}) below {node_normal} are normal. Target {categories}, in this order: complete if all are"
            " gone or normal",
            "; progressive if a target is back after a complete overall response: {reappearance:yes=yes|no=no}",
            ", a node alone: {node_reappearance:yes=yes|no=no}",
            "; progressive at {increase}% and {absolute} above the nadir; not evaluable if incomplete; partial at"
            " {decrease}% below baseline",
            "; a confirmed partial response persists: {partial_persists:yes=yes|no=no} (confirmed {confirm_days} days"
            " later, with at most {max_not_evaluable} not evaluable and {max_stable} stable between)",
            "; else stable. Non-targets: {non_target}, assessed if {assessed}, gone if {absent}; new lesions: {new};"
            " unequivocal if {certain}, equivocal if {doubtful}",
            ", not assessed if {new_not_assessed}",
            ". Lesions identified at baseline: {listed}",
            "; targets expected: {expected_targets}",
            "; non-targets expected: {expected_others}",
            ". New lesions not assessed count as {new_unknown}",
            ". The marker allows a complete response if {marker}",
            ". A finding called unequivocal later is dated back: {doubts_dated_back:yes=yes|no=no}",
            ", by a scan on or before {cutoff}",
            ", by a scan on or before {new_therapy}",
            ". Overall: {overall}. Date: of a new lesion, of non-target progression, of the {progression_date} target"
            " scan, the earliest of them; else of the {response_date} scan. Texts of the rules: {rules}.",
        ),
        outputs={
            "target": "text",
            "non_target": "text",
            "new": "text",
            "overall": "text",
            "original": "text",
            "rule": "text",
            "why": "text",
            "lesion": "text",
            "target_rule": "text",
            "target_why": "text",
            "date": "number",
            "seq": "number",
            "sum": "number",
            "base": "number",
            "nadir": "number",
            "expected": "number",
            "assessed": "number",
        },
        source="RECIST 1.1, 4.3 and 4.4, tables 1 and 2; docs/rules/response.md, section 3",
    ),
]
