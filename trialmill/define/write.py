"""Write the define.xml of one standard, and its reading copy, beside the datasets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trialmill.define.content import define_content
from trialmill.define.html import to_html
from trialmill.define.xml import to_xml
from trialmill.engine.assemble import Built
from trialmill.spec.load import Study
from trialmill.spec.plan import Plan


def write_define(
    study: Study,
    plan: Plan,
    built: Mapping[str, Built],
    standard: str,
    path: Path,
    lengths: Mapping[str, Mapping[str, int]],
) -> None:
    """Write define.xml (Define-XML 2.1) and define.html; the clock is the study's `as_of`.

    Parameters
    ----------
    study, plan
        Specs; every dataset of the standard is described.
    built : mapping of str to Built
        Datasets with their values.  One that is not there is described from its spec alone; one without
        records is marked as having no data.
    standard : {"SDTM", "ADaM"}
    path : Path
        Target of the XML; the page has the same name with the ending html.  A dataset refers to the
        transport file that stands beside it, ``name.xpt``, if there is one.
    lengths : mapping of str to mapping of str to int
        Dataset to variable to bytes of text in the file.

    Raises
    ------
    ValueError
        If a text holds a character that XML cannot hold.
    """
    files = {n: f for n in plan.datasets if (path.parent / (f := f"{n.lower()}.xpt")).is_file()}
    content = define_content(study, plan, built, standard, lengths, files)
    path.write_bytes(to_xml(content))
    path.with_suffix(".html").write_text(to_html(content, path.name), encoding="utf-8")
