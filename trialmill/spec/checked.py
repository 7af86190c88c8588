"""One dataset while it is checked: its plan, what the standards know of it, the faults so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from trialmill import standards
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.load import Study
from trialmill.spec.metadata import dataset_class
from trialmill.spec.model import DatasetSpec
from trialmill.spec.plan import DatasetPlan
from trialmill.standards import DatasetStandard


@dataclass(frozen=True)
class Checked:
    """A dataset that is checked.

    Parameters
    ----------
    study : Study
    plan : DatasetPlan
    faults : Faults
        Receives every fault.
    """

    study: Study
    plan: DatasetPlan
    faults: Faults

    @property
    def spec(self) -> DatasetSpec:
        return self.plan.dataset.spec

    @cached_property
    def standard(self) -> DatasetStandard | None:
        """The dataset of the standard; None for one that it does not know."""
        return standards.sdtm_dataset(self.spec.dataset)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Classes of datasets that Define-XML knows."""
        known = standards.codelist("GNRLOBSC")
        return tuple(t.value for t in known.terms) if known else ()

    @property
    def placed(self) -> bool:
        """Whether the standard knows the dataset, or its class: else it says nothing of the variables."""
        if self.spec.standard == "SDTM":
            return self.standard is not None
        return dataset_class(self.spec) in self.classes

    def fault(
        self,
        code: str,
        path: tuple[str | int, ...],
        observed: str,
        expected: str,
        action: str,
        known: tuple[str, ...] = (),
        wrong: str = "",
    ) -> None:
        self.faults.add(
            Fault(code, str(self.plan.dataset.mark(*path)), observed, expected, action, known, wrong)
        )
