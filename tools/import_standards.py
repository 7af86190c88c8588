"""Rewrite the packaged catalogue of standards from a folder of source metadata.

    python tools/import_standards.py SOURCE [TARGET]

SOURCE holds ``sdtmig34.json``, ``sdtm20_model.json``, ``adamig13.json``, ``sdtm_ct.json``,
``adam_ct.json`` and ``define_ct.json``. TARGET is by default ``trialmill/standards/data``.
Only facts cross over: names, labels, codes, order, type, core, role, codelists, class, structure.
The layout of what is written is described in ``trialmill/standards/data/README.md``.
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "trialmill" / "standards" / "data"
TYPES = {"Char": "text", "Num": "number"}
SYNONYM_DECODES = ("Code", "Abbreviation")  # how the long names of lists of bare codes end

# ADaMIG 1.3, 2.3.1 and 2.3.2: what one record is. The source holds the variables only.
ADAM_STRUCTURES = {
    "Subject-Level Analysis Dataset": ("ADSL", "One record per subject", []),
    "Basic Data Structure": (
        "BDS",
        "One or more records per subject, per analysis parameter, per analysis timepoint",
        ["ADSL"],
    ),
}


#: Codelists that the guide names and the source leaves out (SDTMIG 3.4, specification tables).
CODELISTS = {"DOMAIN": ["C66734"]}


def variable(raw: dict[str, Any], role: str) -> list[Any]:
    """One row of the catalogue: name, label, type, core, role, codelists, values, value domain."""
    row = [
        raw["name"],
        raw["label"],
        TYPES[raw["type"]],
        raw.get("core", ""),
        raw[role],
        raw.get("codelists", CODELISTS.get(raw["name"], [])),
        re.split(r";\s*", raw["value_list"]) if "value_list" in raw else [],
        raw.get("described_value_domain", ""),
    ]
    while row[-1] in ("", []):
        row.pop()
    return row


def in_order(raw: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The variables by their order, which must run without a gap: the catalogue keeps position only."""
    ordered = sorted(raw, key=lambda v: v["order"])
    first = ordered[0]["order"]
    if [v["order"] for v in ordered] != list(range(first, first + len(ordered))):
        raise ValueError(f"order has gaps or repeats near {ordered[0]['name']}")
    return ordered


def sdtmig(source: dict[str, Any]) -> dict[str, Any]:
    """Datasets of the implementation guide; the supplemental one under its name pattern."""
    datasets = {}
    for name, raw in source["datasets"].items():
        rows = [variable(v, "role") for v in in_order(raw["variables"])]
        entry = {
            "label": raw["label"],
            "class": raw["klass"],
            "structure": raw["structure"],
            "variables": rows,
        }
        if name == "SUPPQUAL":
            entry["pattern"] = "SUPP--"
        datasets[name] = entry
    return {"standard": source["standard"], "version": source["version"], "datasets": datasets}


def restriction(text: str, domains: set[str], classes: set[str]) -> dict[str, list[str]] | None:
    """Where a model variable may stand, from its usage restriction; None: not in human trials."""
    if "Not in human clinical trials" in text:
        return None
    if not text or "nonclinical" in text:
        return {}
    places = [w for w in re.findall(r"\w+", text) if w in domains or w in classes]
    if "use case of RS" in text:  # RS itself may hold the variable, for oncology response
        places.remove("RS")
    if re.search(r"\bonly\b", text, re.IGNORECASE):
        # "Only in Findings class ... domains: BS, CP": the domains say it all
        return {"only": [p for p in places if p in domains]}
    if text.startswith("Not in"):
        return {"except": places}
    raise ValueError(f"usage restriction not understood: {text}")


def sdtm_model(source: dict[str, Any], guide: dict[str, Any]) -> dict[str, Any]:
    """Variables of each class of the model, with the domains that may or may not hold them."""
    domains, classes = set(guide["datasets"]), set(source["classes"])
    written: dict[str, Any] = {}
    for name, raw in source["classes"].items():
        if name == "Associated Persons":  # not supported: human subjects of the study only
            continue
        rows = []
        for v in in_order(raw):
            where = restriction(v.get("usageRestrictions", ""), domains, classes)
            if where is not None:
                rows.append([v["name"], v["label"], TYPES[v["type"]], v["role"], where])
        written[name] = rows
    return {
        "standard": source["standard"],
        "version": source["version"],
        "around": "General Observations",
        "general": {
            "Interventions": ["Interventions"],
            "Events": ["Events"],
            "Findings": ["Findings"],
            "Findings About": ["Findings", "Findings About"],
        },
        "classes": written,
    }


def adamig(source: dict[str, Any]) -> dict[str, Any]:
    """Structures with their variables, identifiers first as ADaMIG 1.3, 3.3.1 has them."""
    structures = {}
    for label, raw in source["structures"].items():
        name, structure, carries = ADAM_STRUCTURES[label]
        ordered = in_order(raw["variables"])
        ordered.sort(key=lambda v: v["set"] != "Identifier")
        structures[name] = {
            "label": label,
            "class": label,
            "structure": structure,
            "carries": carries,
            "variables": [variable(v, "set") for v in ordered],
        }
    return {"standard": source["standard"], "version": source["version"], "structures": structures}


def terminology(source: dict[str, Any]) -> dict[str, Any]:
    """Codelists with their terms: value, C-code and decode, the last left out where it is the value.

    A list of test codes is decoded by the list of test names that shares its C-codes, and a list of
    abbreviations by the CDISC synonym. Everything else takes the NCI preferred term, because the
    synonym of a full word is often its abbreviation (UNKNOWN: U).
    """
    lists = source["codelists"]
    concepts = {name: frozenset(t["ccode"] for t in raw["terms"]) for name, raw in lists.items()}
    coded = {concepts[name] for name, raw in lists.items() if raw["name"].endswith("Code")}
    test_names = {
        concepts[name]: {t["ccode"]: t["value"] for t in raw["terms"]}
        for name, raw in lists.items()
        if raw["name"].endswith("Name") and concepts[name] in coded
    }
    written = {}
    for name, raw in lists.items():
        ends_as = raw["name"].rsplit(" ", 1)[-1]
        if ends_as in ("Code", "Name") and concepts[name] in test_names:
            decodes = test_names[concepts[name]]
        else:
            decodes = {
                t["ccode"]: t["decode" if ends_as in SYNONYM_DECODES else "preferred"] for t in raw["terms"]
            }
        rows = [[t["value"], t["ccode"], decodes[t["ccode"]]] for t in raw["terms"]]
        written[name] = [
            raw["ccode"],
            raw["name"],
            raw["extensible"],
            [r[:2] if r[2] == r[0] else r for r in rows],
        ]
    return {"standard": source["standard"], "package": source["package"], "codelists": written}


def dump(content: Any, depth: int) -> str:
    """JSON with one item per line down to ``depth``, so that a change shows as a small difference."""
    if depth == 0 or not isinstance(content, dict):
        if isinstance(content, list) and depth > 0 and content and isinstance(content[0], list):
            return "[\n" + ",\n".join(dump(c, 0) for c in content) + "\n]"
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    items = (f"{json.dumps(key)}:{dump(value, depth - 1)}" for key, value in content.items())
    return "{\n" + ",\n".join(items) + "\n}"


def main(source: Path, target: Path) -> None:
    """Read the six source files and write the six files of the catalogue."""

    def read(name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((source / name).read_text("utf-8"))
        return content

    guide = read("sdtmig34.json")
    files = {
        "sdtmig": (sdtmig(guide), 4),
        "sdtm_model": (sdtm_model(read("sdtm20_model.json"), guide), 3),
        "adamig": (adamig(read("adamig13.json")), 4),
        "ct_sdtm": (terminology(read("sdtm_ct.json")), 2),
        "ct_adam": (terminology(read("adam_ct.json")), 2),
        "ct_define": (terminology(read("define_ct.json")), 2),
    }
    for name, (content, depth) in files.items():
        (target / f"{name}.json").write_text(dump(content, depth) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET)
