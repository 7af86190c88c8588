"""Values that pass through unchanged while contradictions between records become findings."""

from __future__ import annotations

from collections.abc import Sequence

from sdtm.assign import paste
from trialmill.engine import dates
from trialmill.engine.calls import Call, Severity, Truth
from trialmill.engine.columns import Column, Text


def verify(
    call: Call,
    of: Column,
    wrong: Truth,
    code: str,
    expected: str,
    action: str,
    severity: Severity,
    shown: Column | None = None,
) -> Column:
    """A value as it is, with a finding where a condition says that it contradicts other values.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    of : Column
        The value.
    wrong : Truth
        The contradiction; unknown is none.
    code, expected, action : str
        Of the finding.
    severity : {"error", "warning", "note"}
        An error stops the build.
    shown : Column, optional
        What the finding shows; the value, if it is not given.

    Returns
    -------
    Column
        `of`, unchanged.
    """
    seen, about = (of, "") if shown is None else (shown, "shown")
    call.report(code, severity, wrong.true, seen, expected, action, about)
    return of


def verify_date(
    call: Call,
    date: Text,
    code: str,
    action: str,
    severity: Severity,
    not_before: Sequence[Text] | None = None,
    not_after: Sequence[Text] | None = None,
) -> Text:
    """A date as it is, with a finding where it certainly lies on the wrong side of another.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    date : Text
        ISO 8601, perhaps partial.  A finding shows it beside the other date.
    code, action : str
        Of the finding.
    severity : {"error", "warning", "note"}
        An error stops the build.
    not_before, not_after : list of Text, optional
        ISO 8601 dates that it must not precede, must not follow.

    Returns
    -------
    Text
        `date`, unchanged.

    Notes
    -----
    Days are compared.  A partial date is wrong only where every day that it can mean is.
    """
    own = dates.parse(date)
    for others, before in ((not_before, True), (not_after, False)):
        for other in others or ():
            bound = dates.parse(other)
            wrong = own.latest < bound.earliest if before else own.earliest > bound.latest
            call.report(
                code,
                severity,
                wrong,
                paste(date, other, " beside ", skip_missing=False),
                f"a date not {'before' if before else 'after'} the other",
                action,
            )
    return date
