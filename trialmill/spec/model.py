"""What a spec may say: the closed vocabulary, as pydantic models.

The models check shape and spelling of keys; `trialmill.spec.bind` gives meaning to derivations and conditions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trialmill.spec.literals import FLAGS


def _flag(value: object) -> object:
    """Truth as specs write it; everything else is left to the model to refuse."""
    return FLAGS.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, Field(strict=True), BeforeValidator(_flag)]

#: One verb with its arguments, optionally `when: CONDITION`; given meaning by `trialmill.spec.bind`.
Derivation = dict[str, Any]


class Strict(BaseModel):
    """Unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Unless(Strict):
    """Rows left out on purpose."""

    when: str = Field(description="Condition over the source's columns.")
    reason: str = Field(description="Why such rows are not wanted; stands in the ledger.")


class Pick(Strict):
    """One row per group."""

    by: list[str] = Field(description="Columns of the source that form the groups.")
    order: list[str] = Field(description='Expressions over the source; " desc" turns one round.')


class Keep(Strict):
    """Which row of each group a block takes; the others go to the ledger."""

    first: Pick | None = None
    last: Pick | None = None


class Block(Strict):
    """Where records come from and what is set on each."""

    source: str | None = Field(None, alias="from", description="raw.FORM, table.NAME or DATASET.")
    where: str | None = Field(None, description="Condition: the source's rows that belong to this block.")
    unless: list[Unless] = Field(default_factory=list)
    keep: Keep | None = None
    group: list[str] = Field(
        default_factory=list, description="One record per distinct combination of these columns."
    )
    rows: list[dict[str, str | None]] | None = Field(None, description="Records written in the spec itself.")
    copy_: list[str] = Field(
        default_factory=list, alias="copy", description="Columns taken under their own name."
    )
    set: dict[str, Derivation] = Field(
        default_factory=dict, description="Variable: derivation over the source."
    )
    make: list[Derivation] | dict[str, Derivation] = Field(
        default_factory=list,
        description="Verbs with several outputs, mapped by `into`; with names, another block can change them.",
    )
    comment: str | None = None

    @property
    def made(self) -> list[tuple[str | int, Derivation]]:
        """The entries of `make` with their names or places."""
        return list(self.make.items()) if isinstance(self.make, dict) else list(enumerate(self.make))


VariableType = Literal["text", "integer", "float", "date", "datetime"]
OriginType = Literal["Assigned", "Collected", "Derived", "Not Available", "Other", "Predecessor", "Protocol"]
OriginSource = Literal["Investigator", "Sponsor", "Subject", "Vendor"]


class Origin(Strict):
    """Where a variable comes from, where the spec overrides what is inferred."""

    type: OriginType
    source: OriginSource | None = None
    reason: str = Field(description="Why the inferred origin does not hold.")


class Variable(Strict):
    """One variable of a dataset."""

    label: str | None = None
    type: VariableType | None = None
    length: Annotated[int, Field(ge=1, le=200)] | None = None
    format: str | None = None
    codelist: str | None = None
    derive: Derivation | None = None
    origin: Origin | None = None
    method: str | None = Field(None, description="Prose that replaces the generated method text.")
    comment: str | None = None
    empty: str | None = Field(None, description="Why a variable that the standard expects has no values.")
    supplemental: Flag = False
    decimals: Annotated[int, Field(ge=0, le=12)] | None = Field(
        None, description="Decimal places; halves round away from zero."
    )
    core: Literal["Req", "Exp", "Perm", "Cond"] | None = None


class DatasetSpec(Strict):
    """One dataset."""

    dataset: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
    standard: Literal["SDTM", "ADaM"]
    label: str | None = None
    class_: str | None = Field(None, alias="class")
    subclass: str | None = None
    structure: str | None = None
    repeating: Flag = True
    reference: Flag = Field(False, description="Holds no subject's data.")
    keys: list[str] = Field(min_length=1)
    records: dict[str, Block] = Field(min_length=1)
    variables: dict[str, Variable] = Field(min_length=1)
    comment: str | None = None


class Codelist(Strict):
    """One codelist of the study."""

    standard: str | None = Field(None, description="Short name or C-code of a standard codelist.")
    label: str | None = None
    terms: list[str] | dict[str, str | None] | None = Field(
        None, description="Terms in use: a subset of the standard, or sponsor's terms with decodes."
    )
    map: dict[str, str] = Field(default_factory=dict, description="Collected text: submission value.")


class Terminology(Strict):
    """terminology.yaml."""

    extends: str | None = None
    codelists: dict[str, Codelist] = Field(default_factory=dict)


class Standards(Strict):
    """Versions that the study follows."""

    sdtm: Literal["SDTMIG 3.4"] = "SDTMIG 3.4"
    adam: Literal["ADaMIG 1.3"] = "ADaMIG 1.3"
    terminology: str = "SDTM 2025-03-28"


class StudyMeta(Strict):
    """study.yaml."""

    study: str = Field(description="Value of STUDYID.")
    title: str
    protocol: str
    description: str | None = None
    as_of: datetime = Field(description="The one clock: stamps in every file come from it.")
    verbs: list[str] = Field(default_factory=lambda: ["sdtm", "adam"])
    standards: Standards = Field(default_factory=lambda: Standards())
    subject: str | None = Field(
        None, description="Variable that names the subject in SDTM and ADaM datasets."
    )
    raw: str | None = Field(
        None, description="Raw folder, relative to the project; default: simulated records."
    )
    given: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Datasets that --sdtm brings, with the columns that this study reads.",
    )
    tables: dict[str, list[dict[str, str | None]]] = Field(default_factory=dict)
    simulate: dict[str, str] = Field(default_factory=dict, description="Defaults of `trialmill simulate`.")
