"""CDISC standards as facts: SDTMIG 3.4, SDTM 2.0, ADaMIG 1.3 and controlled terminology.

Everything is read from packaged JSON on first use and kept. Questions about things that a standard
does not know are answered with None, so that the caller can say where the name came from.
"""

from trialmill.standards.adam import adam_structure, adam_structure_of, adam_variable
from trialmill.standards.model import Codelist, DatasetStandard, Term, VariableStandard
from trialmill.standards.sdtm import sdtm_dataset, sdtm_model_variables, sdtm_variable
from trialmill.standards.terminology import codelist, codelist_names, package_of
from trialmill.standards.words import catalogue_words, nearest

__all__ = [
    "Codelist",
    "DatasetStandard",
    "Term",
    "VariableStandard",
    "adam_structure",
    "adam_structure_of",
    "adam_variable",
    "catalogue_words",
    "codelist",
    "codelist_names",
    "nearest",
    "package_of",
    "sdtm_dataset",
    "sdtm_model_variables",
    "sdtm_variable",
]
