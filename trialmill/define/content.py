"""From the specs and the built datasets of a study to the content of its define.xml."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trialmill import __version__, standards
from trialmill.define.codelists import codelist, covers, has_numbers
from trialmill.define.datatypes import byte_length, distinct, is_date, iso_type, number_type, result_type
from trialmill.define.governing import governing
from trialmill.define.model import Codelist, Dataset, DataType, Define, Item, Standard, Value, Variable
from trialmill.define.origins import Account, accounts
from trialmill.define.values import Part, Splitter, whole
from trialmill.engine.assemble import Built
from trialmill.engine.columns import Bools
from trialmill.spec.load import Study
from trialmill.spec.metadata import (
    SUBJECT_LEVEL,
    VariableMeta,
    dataset_class,
    dataset_label,
    dataset_structure,
    delivered,
    variable_standard,
)
from trialmill.spec.plan import DatasetPlan, Plan
from trialmill.spec.terms import TermMap

#: NCI code of the codelist of domains: the variable that carries it says which domain a record belongs to.
DOMAINS = "C66734"

#: Roles (SDTM) and table (ADaMIG) of variables that hold results, whose type may differ from test to test.
RESULTS = ("Result Qualifier", "Analysis Parameter")

TIMING = "Timing"

#: Bytes of text that a transport file of version 5 holds.
LONGEST = 200

#: Values that can name an item.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,7}")

NO_RECORDS = "No record was collected or derived for this dataset."


def define_content(
    study: Study,
    plan: Plan,
    built: Mapping[str, Built],
    standard: str,
    lengths: Mapping[str, Mapping[str, int]],
    files: Mapping[str, str],
) -> Define:
    """Everything that the define of one standard says.

    Parameters
    ----------
    study, plan
        Specs.
    built : mapping of str to Built
        Datasets; one that is not there is described from its spec alone.
    standard : {"SDTM", "ADaM"}
    lengths : mapping of str to mapping of str to int
        Dataset to variable to bytes of text in its file.
    files : mapping of str to str
        Dataset to the name of its transport file.
    """
    guide = _guide(study, standard)
    plans = [d for d in plan.datasets.values() if d.dataset.spec.standard == standard]
    plans.sort(key=lambda d: (dataset_class(d.dataset.spec) != SUBJECT_LEVEL, d.name))
    datasets = tuple(
        _Describer(plan, d, built, lengths.get(d.name, {})).dataset(guide, files.get(d.name, ""))
        for d in plans
    )
    meta = study.meta
    said = " ".join((meta.description or "").split())
    return Define(meta.study, meta.title, said, meta.protocol, guide, meta.as_of, __version__, datasets)


def _guide(study: Study, standard: str) -> Standard:
    """Implementation guide of a standard, such as SDTMIG 3.4."""
    chosen = study.meta.standards.sdtm if standard == "SDTM" else study.meta.standards.adam
    name, _, version = chosen.rpartition(" ")
    return Standard(name, "IG", version)


class _Describer:
    """Describes one dataset."""

    def __init__(
        self, plan: Plan, dataset: DatasetPlan, everything: Mapping[str, Built], lengths: Mapping[str, int]
    ) -> None:
        self.plan, self.everything, self.lengths = plan, everything, lengths
        self.data, self.spec = dataset, dataset.dataset.spec
        self.built = built = everything.get(dataset.name)
        self.columns = built.columns if built is not None and built.n else None
        self.metas = {m.name: m for m in delivered(plan.study, self.spec)}
        self.lists: dict[tuple[str, tuple[str, ...]], TermMap | None] = {}
        self.splitter = Splitter(plan, dataset, self.columns)

    def dataset(self, guide: Standard, file: str) -> Dataset:
        spec, empty = self.spec, self.built is not None and not self.built.n
        sdtm = spec.standard == "SDTM"
        domain = self._domain() if sdtm else ""
        known = not sdtm or standards.sdtm_dataset(spec.dataset) is not None
        parent = standards.sdtm_dataset(domain) if domain != spec.dataset else None
        comments = [spec.comment, *(b.comment for b in spec.records.values()), NO_RECORDS if empty else None]
        return Dataset(
            name=spec.dataset,
            label=dataset_label(spec),
            klass=dataset_class(spec),
            subclass=(spec.subclass or "").upper(),
            structure=dataset_structure(spec),
            purpose="Tabulation" if sdtm else "Analysis",
            repeating=spec.repeating,
            reference=spec.reference,
            domain=domain,
            domain_label=parent.label if parent else "",
            file=file,
            comment=" ".join(dict.fromkeys(c for c in comments if c)),
            standard=guide if known else None,
            has_data=not empty,
            variables=tuple(self.variable(m) for m in self.metas.values()),
        )

    def _domain(self) -> str:
        """The one domain that all records belong to; the dataset's own name where they name several."""
        coded = [m.name for m in self.metas.values() if m.codelist and m.codelist.ccode == DOMAINS]
        values = {
            v
            for name in coded
            for c in self.splitter.known.values()
            for v in c.get(name, {self.spec.dataset})
        }
        return values.pop() if len(values) == 1 else self.spec.dataset

    # -- variables -----------------------------------------------------------------------------------

    def variable(self, meta: VariableMeta) -> Variable:
        """A variable with its value-level metadata."""
        name = meta.name
        found = accounts(self.plan, self.data, name)
        overall = whole(self.plan, self.data, found, ())

        def type_of(rows: Bools) -> DataType:
            return self._part_type(meta, overall, self.used(meta, rows))

        def filled(rows: Bools) -> bool:
            return bool(self.used(meta, rows))

        parts = self.splitter.parts(name, found, filled, type_of if meta.role in RESULTS else None)
        account = whole(self.plan, self.data, found, parts)
        if len(parts) == 1 and not parts[0].account.label:
            parts = []
        used = self.used(meta)
        type_ = self._type(meta, account, used, self.lengths.get(name) or self._promised(meta, used))
        item = Item(
            name=name,
            label=meta.label,
            type=type_,
            origins=account.origins,
            method=account.method,
            comment=meta.spec.comment or meta.spec.empty or "",
            format="" if meta.is_text else meta.format,
            codelist=self._codelist(meta, account, used, type_),
        )
        keys = self.spec.keys
        return Variable(
            item=item,
            mandatory=meta.core == "Req",
            key=keys.index(name) + 1 if name in keys else None,
            role=meta.role if self.spec.standard == "SDTM" else "",
            standard=self.spec.standard != "SDTM" or variable_standard(self.spec, name) is not None,
            has_data=self.columns is None or bool(used),
            values=tuple(self._value(meta, part) for part in parts),
        )

    def used(self, meta: VariableMeta, rows: Bools | None = None) -> list[str]:
        """Values of a variable that occur; none where the dataset is not built."""
        return distinct(self.columns.get(meta.name), rows, meta.decimals) if self.columns else []

    def _type(self, meta: VariableMeta, account: Account, used: list[str], length: int) -> DataType:
        if not meta.is_text:
            return number_type(used, stated=meta.spec.type, decimals=meta.decimals)
        form = self._iso(meta, account, used)
        return iso_type(used, length, duration=form == "duration") if form else DataType("text", length)

    def _promised(self, meta: VariableMeta, used: list[str]) -> int:
        """Length of text where no file says it: the spec's, that of the values, or the most that is possible."""
        return meta.length or (LONGEST if self.built is None else byte_length(used))

    def _iso(self, meta: VariableMeta, account: Account, used: list[str]) -> str:
        """Which ISO 8601 form the standard asks for, of the variable itself or of the one it is copied from.

        Of variables that only the SDTM model lists the catalogue does not know it: timing that has complete
        dates is dates.
        """
        standard = variable_standard(self.spec, meta.name)
        if standard is None and len(account.origins) == 1:
            dataset, _, column = account.origins[0].text.rpartition(".")
            standard = standards.sdtm_variable(dataset, column)
        words = standard.value_domain.split() if standard else []
        if words[:2] == ["ISO", "8601"]:
            return words[2]
        return "datetime" if meta.role == TIMING and not words and any(map(is_date, used)) else ""

    # -- value level ---------------------------------------------------------------------------------

    def _part_type(self, meta: VariableMeta, account: Account, used: list[str]) -> DataType:
        """Type of some values: results that are numbers throughout are numbers, though they stand in text."""
        type_ = self._type(meta, account, used, byte_length(used))
        free = type_.name == "text" and self._terms(meta, account, used) is None
        return (
            result_type(used, byte_length(used))
            if free and (meta.role in RESULTS or account.label)
            else type_
        )

    def _value(self, meta: VariableMeta, part: Part) -> Value:
        account = part.account
        if part.rows is None:
            used: list[str] = []
            type_ = self._type(meta, account, used, self._promised(meta, used))
        else:
            used = self.used(meta, part.rows)
            type_ = self._part_type(meta, account, used)
        only = part.clauses[0].checks[0] if len(part.clauses) == 1 == len(part.clauses[0].checks) else None
        named = only.values[0] if only is not None and only.comparator == "EQ" else ""
        item = Item(
            name=named if NAME.fullmatch(named) else meta.name,
            label=account.label
            or (self._decode(only.variable, named) if only and named else "")
            or meta.label,
            type=type_,
            origins=account.origins,
            method=account.method,
            format="" if meta.is_text else meta.format,
            codelist=self._codelist(meta, account, used, type_),
        )
        return Value(part.clauses, item)

    def _decode(self, variable: str, value: str) -> str:
        """What a code stands for, by the codelist of its variable."""
        terms = self._governing(variable, ()) if variable in self.metas else None
        return terms.decodes.get(value, "") if terms else ""

    # -- codelists -----------------------------------------------------------------------------------

    def _codelist(
        self, meta: VariableMeta, account: Account, used: list[str], type_: DataType
    ) -> Codelist | None:
        terms = self._terms(meta, account, used)
        if terms is None:
            return None
        maps = account.terms is not None and account.terms.name == terms.name
        return codelist(terms, used or self._set(meta.name), type_, maps=maps)

    def _terms(self, meta: VariableMeta, account: Account, used: list[str]) -> TermMap | None:
        """The list that governs some values of a variable.

        The standard offers an extensible list for results that may be terms or numbers; where they are
        numbers it does not apply, unless the spec names it.
        """
        listed = self._governing(meta.name, account.blocks)
        if listed is not None:
            offered = meta.spec.codelist is None and listed.extensible
            return None if offered and has_numbers(listed, used) else listed
        if account.terms is not None and (account.label or covers(account.terms, used)):
            return account.terms
        return None

    def _governing(self, name: str, blocks: tuple[str, ...]) -> TermMap | None:
        if (name, blocks) not in self.lists:
            self.lists[name, blocks] = governing(self.plan, self.data, name, self.everything, blocks)
        return self.lists[name, blocks]

    def _set(self, name: str) -> list[str]:
        """Constants that blocks set: of a dataset without records all that is known of its values."""
        if self.columns is not None:
            return []
        return sorted({v for c in self.splitter.known.values() for v in c.get(name, ()) if v})
