"""Signature: time to an event or to censoring, one algorithm with switches."""

from trialmill.registry import Arg, Verb, expression, source_args

EVENTS = Arg(
    "events",
    "groups",
    "What ends the time: of several the earliest, of one day the first listed.",
    fields=(
        *source_args("Records of the event."),
        expression("date", "Date of the event.", holds="number", over="source"),
        expression(
            "seq", "Number that identifies the record.", holds="number", over="source", required=False
        ),
        Arg("variable", "text", "Name of the variable that the date is from."),
        Arg("describe", "text", "Description of the event."),
        Arg(
            "kind",
            "choice",
            "What the rules take it for. A clinical event counts where the subject has no progression.",
            required=False,
            default="other",
            choices=("progression", "clinical", "death", "other"),
        ),
        Arg(
            "missed",
            "number",
            "After so many missed scheduled assessments the event does not count; 0: it always counts.",
            required=False,
            default="0",
            bound="a whole number, 0 or more",
        ),
    ),
    method=(
        '"{describe}" ({kind}): {date} of {from}',
        " where {where}",
        ", void after {missed} missed assessments (0: never)",
        ", source variable {variable}",
        ", record number {seq}",
    ),
)

CENSORING = Arg(
    "censoring",
    "groups",
    "Code and description of each reason for censoring.",
    fields=(
        Arg(
            "reason",
            "choice",
            "Which rule censored.",
            choices=("no_baseline", "missed", "no_event", "no_assessment"),
        ),
        Arg("code", "number", "Censoring code.", bound="a whole number, 1 or more"),
        Arg("describe", "text", "Description."),
    ),
    method=('{code} "{describe}" ({reason})',),
)

LIMITS = Arg(
    "limits",
    "groups",
    "What censors events after it, such as new therapy: of several the earliest, of one day the first listed.",
    required=False,
    fields=(
        *source_args("Records of it."),
        expression("date", "Date of it.", holds="number", over="source"),
        Arg("code", "number", "Censoring code.", bound="a whole number, 1 or more"),
        Arg("describe", "text", "Description."),
        Arg(
            "only_without_event",
            "boolean",
            "Whether it only says why no event came: it censors no event, nor a subject without any assessment.",
            required=False,
            default="false",
        ),
    ),
    method=(
        '{code} "{describe}": {date} of {from}',
        " where {where}",
        "{only_without_event:yes=, only without an event|no=}",
    ),
)

SCHEDULE = Arg(
    "schedule",
    "groups",
    "The scheduled assessments, after whose last one the last interval goes on.",
    required=False,
    fields=(
        *source_args("Table of the schedule."),
        expression("day", "Days from the origin of the schedule.", holds="number", over="source"),
    ),
    method=("{day} of {from}", " where {where}"),
)

VERBS = [
    Verb(
        name="time_to_event",
        what="Date of the first event that counts, else the date of censoring, with what each is and "
        "the record "
        "that supplied it.",
        args=(
            *source_args("Assessments (or contacts) at which the subject was known to be free of the event."),
            expression("date", "Date of the assessment.", holds="number", over="source"),
            expression(
                "seq", "Number that identifies the assessment's record.", over="source", required=False
            ),
            Arg(
                "adequate",
                "condition",
                "Assessments that may be a censoring date.",
                required=False,
                over="source",
            ),
            Arg("variable", "text", "Name of the variable that the assessment's date is from."),
            expression("start", "Date at which time starts.", holds="number"),
            Arg("start_domain", "text", "Dataset of the start date."),
            Arg("start_variable", "text", "Name of the start date's variable."),
            expression("cutoff", "Date after which nothing counts.", holds="number", required=False),
            EVENTS,
            CENSORING,
            Arg("at_assessment", "text", "Description of a censoring date that is an assessment's."),
            Arg("at_start", "text", "Description of a censoring date that is the start."),
            Arg("baseline", "condition", "Subjects with an evaluable baseline; default all.", required=False),
            Arg(
                "progression_without_baseline",
                "boolean",
                "Whether progression counts without an evaluable baseline.",
                required=False,
                default="false",
            ),
            LIMITS,
            SCHEDULE,
            expression(
                "schedule_start", "Origin of the schedule; default the start.", holds="number", required=False
            ),
            Arg(
                "window",
                "number",
                "Days by which a scheduled assessment may be early or late.",
                required=False,
                default="0",
                bound="a number, 0 or more",
            ),
            Arg(
                "missed_method",
                "choice",
                "How missed assessments are found: from the gap, or by counting windows without any "
                "assessment.",
                required=False,
                default="gap",
                choices=("gap", "windows"),
            ),
            Arg(
                "missed_from",
                "choice",
                "Whether the gap begins at the last adequate assessment or at any.",
                required=False,
                default="adequate",
                choices=("adequate", "any"),
            ),
            Arg(
                "early_death",
                "number",
                "Scheduled intervals within which a death counts without an evaluable baseline.",
                required=False,
                default="2",
                bound="a number, 0 or more",
            ),
            Arg(
                "dated_on",
                "choice",
                "Whether progression and censoring take the actual or the scheduled date of the assessment.",
                required=False,
                default="actual",
                choices=("actual", "scheduled"),
            ),
            Arg(
                "rule_scheduled",
                "text",
                "Name of the rule where a scheduled date replaced the actual one.",
                required=False,
            ),
        ),
        makes="",
        scope="row",
        function="adam.time_to_event:time_to_event",
        method=(
            "From {start} ({start_domain}.{start_variable}) to the earliest event",
            " on or before {cutoff}",
            ": {events}",
            ". An evaluable baseline is {baseline}: without it the time is censored at its start, but a death"
            " within {early_death} scheduled intervals counts, and progression"
            " {progression_without_baseline:yes=counts|no=does not}",
            ". Later events are censored at the last adequate assessment on or before: {limits}",
            ". Scheduled assessments: {schedule}, {window} days early or late; missed ones are found by"
            " {missed_method:gap=the days without assessment|windows=windows without any assessment}"
            " since the last {missed_from:any=assessment of any kind|adequate=adequate assessment}",
            "; the schedule counts from {schedule_start}",
            ". Progression and censoring take the {dated_on} date",
            " (rule: {rule_scheduled})",
            ". Without an event, the last adequate assessment: {date} ({variable}",
            ", record {seq}",
            ") of {from}",
            " where {where}",
            ", adequate: {adequate}",
            ', "{at_assessment}"; without one the start, "{at_start}". Censoring: {censoring}.',
        ),
        outputs={
            "date": "number",
            "censor": "number",
            "event": "text",
            "censor_date": "text",
            "domain": "text",
            "variable": "text",
            "seq": "number",
            "rule": "text",
        },
        source="docs/rules/time_to_event.md; FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and "
        "Biologics, appendices 2 and 3; EMA, Appendix 1 (2012); ADaM BDS for time-to-event analyses 1.0",
    ),
]
