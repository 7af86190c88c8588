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

    first: Pick | None = Field(None, description="The first by the order.")
    last: Pick | None = Field(None, description="The last by the order.")


class Block(Strict):
    """Where records come from and what is set on each."""

    source: str | None = Field(None, alias="from", description="raw.FORM, table.NAME or DATASET.")
    where: str | None = Field(None, description="Condition: the source's rows that belong to this block.")
    unless: list[Unless] = Field(
        default_factory=list, description="Rows left out on purpose, each with its reason."
    )
    keep: Keep | None = Field(None, description="One row per group of the source's rows.")
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
    codelists: dict[str, str] = Field(
        default_factory=dict,
        description="Variable: codelist of its values in these records, for the value level of define.xml.",
    )
    comment: str | None = Field(None, description="Stands in the comment of the dataset in define.xml.")

    @property
    def made(self) -> list[tuple[str | int, Derivation]]:
        """The entries of `make` with their names or places."""
        return list(self.make.items()) if isinstance(self.make, dict) else list(enumerate(self.make))


VariableType = Literal["text", "integer", "float", "date", "datetime"]
OriginType = Literal["Assigned", "Collected", "Derived", "Not Available", "Other", "Predecessor", "Protocol"]
OriginSource = Literal["Investigator", "Sponsor", "Subject", "Vendor"]


class Origin(Strict):
    """Where a variable comes from, where the spec overrides what is inferred."""

    type: OriginType = Field(description="As in Define-XML 2.1.")
    source: OriginSource | None = Field(None, description="As in Define-XML 2.1.")
    reason: str = Field(description="Why the inferred origin does not hold.")


class Variable(Strict):
    """One variable of a dataset."""

    label: str | None = Field(
        None, description="At most 40 characters; of a standard variable the standard's, if not given."
    )
    type: VariableType | None = Field(
        None, description="Of a standard variable text or float as the standard says, else text."
    )
    length: Annotated[int, Field(ge=1, le=200)] | None = Field(
        None, description="Bytes of a text in transport files; else those of the longest value."
    )
    format: str | None = Field(
        None, description="SAS format; dates have DATE9. and DATETIME20. by themselves."
    )
    codelist: str | None = Field(
        None, description="Codelist of terminology.yaml, or short name of a standard one."
    )
    decoded_by: str | None = Field(
        None,
        description="Variable that says in words what each code of this one means, one to one; the pairs are its "
        "codelist in define.xml where `codelist` names none.",
    )
    derive: Derivation | None = Field(
        None, description="How the value is made; not for what a block sets or copies."
    )
    origin: Origin | None = Field(None, description="Overrides the origin that is inferred.")
    method: str | None = Field(None, description="Prose that replaces the generated method text.")
    comment: str | None = Field(None, description="Stands in define.xml.")
    empty: str | None = Field(None, description="Why a variable that the standard expects has no values.")
    supplemental: Flag = Field(False, description="Delivered in the supplemental dataset only.")
    decimals: Annotated[int, Field(ge=0, le=12)] | None = Field(
        None, description="Decimal places; halves round away from zero."
    )
    core: Literal["Req", "Exp", "Perm", "Cond"] | None = Field(
        None, description="Overrides the core of the standard."
    )


class DatasetSpec(Strict):
    """One dataset."""

    dataset: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")] = Field(
        description="Its name, that of the file too."
    )
    standard: Literal["SDTM", "ADaM"] = Field(description="What it is held to.")
    label: str | None = Field(None, description="Of a standard domain the standard's, if not given.")
    class_: str | None = Field(None, alias="class", description="Class by Define-XML 2.1, likewise.")
    subclass: str | None = Field(None, description="Subclass by Define-XML 2.1.")
    structure: str | None = Field(None, description="What one record is, likewise.")
    repeating: Flag = Field(True, description="Whether a subject may have several records.")
    reference: Flag = Field(False, description="Holds no subject's data.")
    keys: list[str] = Field(min_length=1, description="Unique together; the order of the records.")
    records: dict[str, Block] = Field(min_length=1, description="Record blocks, each stacked below the last.")
    variables: dict[str, Variable] = Field(min_length=1, description="In the order of the dataset.")
    comment: str | None = Field(None, description="Stands in define.xml.")


class Codelist(Strict):
    """One codelist of the study."""

    standard: str | None = Field(None, description="Short name or C-code of a standard codelist.")
    label: str | None = Field(None, description="Name in define.xml; a standard codelist has its own.")
    terms: list[str] | dict[str, str | None] | None = Field(
        None, description="Terms in use: a subset of the standard, or sponsor's terms with decodes."
    )
    map: dict[str, str] = Field(default_factory=dict, description="Collected text: submission value.")


class Terminology(Strict):
    """terminology.yaml."""

    extends: str | None = Field(
        None, description="`library/terminology` for terms in common use and the texts that mean them."
    )
    codelists: dict[str, Codelist] = Field(default_factory=dict, description="By the name that specs use.")


class Standards(Strict):
    """Versions that the study follows."""

    sdtm: Literal["SDTMIG 3.4"] = Field(default="SDTMIG 3.4", description="Of SDTM datasets.")
    adam: Literal["ADaMIG 1.3"] = Field(default="ADaMIG 1.3", description="Of analysis datasets.")
    terminology: str = Field(default="SDTM 2025-03-28", description="Controlled terminology, by its date.")


class StudyMeta(Strict):
    """study.yaml."""

    study: str = Field(description="Value of STUDYID.")
    title: str = Field(description="Title of the study.")
    protocol: str = Field(description="Name of the protocol.")
    description: str | None = Field(
        None, description="Design, and what a reader should know; stands in the defines after the title."
    )
    as_of: datetime = Field(description="The one clock: stamps in every file come from it.")
    verbs: list[str] = Field(
        default_factory=lambda: ["sdtm", "adam"], description="Installed packages of verbs, by entry point."
    )
    standards: Standards = Field(
        default_factory=lambda: Standards(), description="Versions that the study follows."
    )
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
    slots: dict[str, str] = Field(
        default_factory=dict,
        description="Text for each ${NAME} in the other files; ${STUDY} and ${TITLE} are given.",
    )
    tables: dict[str, list[dict[str, str | None]]] = Field(
        default_factory=dict, description="Lookup tables, read as table.NAME."
    )
    simulate: dict[str, str] = Field(default_factory=dict, description="Defaults of `trialmill simulate`.")
