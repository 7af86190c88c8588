"""A small study, built once: wide and tall records, a supplemental qualifier, a dataset without records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from trialmill.build import Options, build

NS = {
    "o": "http://www.cdisc.org/ns/odm/v1.3",
    "d": "http://www.cdisc.org/ns/def/v2.1",
    "x": "http://www.w3.org/1999/xlink",
}

FILES = {
    "specs/small/study.yaml": """
study: SMALL
title: A study of <small> & large
description: >-
  Open label, three subjects,
  two visits.
protocol: SMALL-01
as_of: 2026-01-31T10:00:00
""",
    "specs/small/terminology.yaml": """
codelists:
  SEX: {standard: SEX, map: {Male: M, Female: F, Not known: U}}
  RACE: {standard: RACE, terms: [ASIAN, WHITE], map: {Asian: ASIAN, White: WHITE}}
  LANG: {label: Languages, terms: {EN: English, KO: Korean}, map: {English: EN, Korean: KO}}
  LBTESTCD: {standard: LBTESTCD, map: {Glucose: GLUC, Platelets: PLAT, Chromogranin A: CGA, Sodium: SODIUM}}
  NY: {standard: NY, map: {Yes: Y, No: N}}
  VSCAT: {label: Category of vital signs, terms: [ROUTINE, CLINIC]}
  FRAME: {label: Body frame, terms: {SMALL: Narrow, MEDIUM: Usual, LARGE: Broad}}
  PRESSURE: {label: Class of pressure, terms: {LOW: Below 90, NORMAL: From 90}}
  WARMTH: {label: Class of temperature, terms: {NORMAL: To 37.5, FEVER: Above}}
  MET: {label: Criterion met, terms: {"0": Not met, "1": Met}}
  UNITS: {standard: VSRESU, map: {mm: mmHg, degrees: C, steps: STEPS}, terms: [mmHg, C, STEPS]}
""",
    "specs/small/raw/demographics.yaml": """
form: demographics
label: Demographics
file: demographics.csv
subject: SUBJ
keys: [SUBJ]
columns:
  SUBJ: {type: text, label: Subject number}
  SEX: {type: text, label: Sex}
  RACE: {type: text, label: Race}
  AGE: {type: number, label: Age in years}
  BIRTH: {type: date, label: Date of birth, formats: [YYYY-MM-DD], unknown: [UN]}
  CONSENT: {type: date, label: Date of consent, formats: [YYYY-MM-DD]}
  LANG: {type: text, label: Language at home}
""",
    "specs/small/raw/vitals.yaml": """
form: vitals
label: Vital signs
file: vitals.csv
subject: SUBJ
keys: [SUBJ, VISIT]
columns:
  SUBJ: {type: text, label: Subject number}
  VISIT: {type: text, label: Visit}
  DAY: {type: date, label: Date of visit, formats: [YYYY-MM-DD]}
  SYS: {type: number, label: "Systolic pressure, mmHg"}
  DIA: {type: number, label: "Diastolic pressure, mmHg"}
  TEMP: {type: number, label: "Temperature, degrees Celsius"}
  BUILD: {type: text, label: Body frame}
""",
    "specs/small/raw/labs.yaml": """
form: labs
label: Laboratory
origin: Vendor
file: labs.csv
subject: SUBJ
keys: [SUBJ, DAY, TEST]
columns:
  SUBJ: {type: text, label: Subject number}
  DAY: {type: date, label: Date of sample, formats: [YYYY-MM-DD]}
  TEST: {type: text, label: Test}
  RESULT: {type: text, label: Result as reported}
  FASTING: {type: text, label: Fasting}
""",
    "specs/small/raw/events.yaml": """
form: events
label: Adverse events
file: events.csv
subject: SUBJ
keys: [SUBJ, TERM]
columns:
  SUBJ: {type: text, label: Subject number}
  TERM: {type: text, label: Event}
  START: {type: date, label: Start, formats: [YYYY-MM-DD], unknown: [UN]}
""",
    "specs/small/sdtm/DM.yaml": """
dataset: DM
standard: SDTM
keys: [STUDYID, USUBJID]
repeating: false
comment: One record for each subject who gave consent & was enrolled.
records:
  subjects:
    from: raw.demographics
    set:
      STUDYID: {value: SMALL}
      USUBJID: {concat: {parts: ['"SMALL"', SUBJ], separator: "-"}}
      SUBJID: {column: SUBJ}
      RFSTDTC: {column: CONSENT}
      SITEID: {part: {of: SUBJ, separator: "-", number: 1}}
      BRTHDTC: {column: BIRTH}
      AGE: {column: AGE}
      SEX: {term: {of: SEX, codelist: SEX}}
      RACE: {term: {of: RACE, codelist: RACE}}
      LANGHOME: {term: {of: LANG, codelist: LANG}}
      AGEYEARS: {to_text: AGE}
variables:
  STUDYID: {}
  DOMAIN: {derive: {value: DM}}
  USUBJID: {}
  SUBJID: {}
  RFSTDTC: {}
  RFENDTC: {derive: {column: RFSTDTC}}
  RFXSTDTC: {derive: {column: RFSTDTC}}
  RFXENDTC: {derive: {column: RFSTDTC}}
  RFICDTC: {derive: {column: RFSTDTC}}
  RFPENDTC: {derive: {column: RFSTDTC}}
  DTHDTC: {derive: {value: "2026-01-01", when: AGE < 0}}
  DTHFL: {derive: {value: Y, when: DTHDTC is not missing}}
  SITEID: {}
  BRTHDTC: {}
  AGE: {type: integer}
  AGEU: {derive: {value: YEARS}, comment: Ages are in years & whole.}
  SEX: {}
  RACE: {}
  ETHNIC: {derive: {value: NOT REPORTED}}
  ARMCD: {derive: {value: A}}
  ARM: {derive: {value: Arm A}}
  ACTARMCD: {derive: {value: A}}
  ACTARM: {derive: {value: Arm A}}
  ARMNRS: {derive: {value: NOT ASSIGNED, when: ARM is missing}}
  ACTARMUD: {derive: {value: NONE, when: ARM is missing}}
  COUNTRY: {derive: {value: KOR}, origin: {type: Protocol, reason: The study runs in one country.}}
  LANGHOME: {supplemental: true, label: Language at Home, codelist: LANG}
  AGEYEARS: {supplemental: true, label: Age as Text}
""",
    "specs/small/sdtm/SUPPDM.yaml": """
dataset: SUPPDM
standard: SDTM
keys: [STUDYID, RDOMAIN, USUBJID, IDVAR, IDVARVAL, QNAM]
records:
  qualifier:
    each: {supplemental_of: DM}
    from: DM
    where: "${NAME} is not missing"
    copy: [STUDYID, USUBJID]
    set:
      QNAM: {value: "${NAME}"}
      QLABEL: {value: "${LABEL}"}
      QVAL: {column: "${NAME}"}
variables:
  STUDYID: {}
  RDOMAIN: {derive: {value: DM}}
  USUBJID: {}
  IDVAR: {derive: {value: AGE, when: QNAM is missing}}
  IDVARVAL: {derive: {value: AGE, when: QNAM is missing}}
  QNAM: {}
  QLABEL: {}
  QVAL: {}
  QORIG: {derive: {value: CRF}}
  QEVAL: {derive: {value: X, when: QNAM is missing}}
""",
    "specs/small/sdtm/VS.yaml": """
dataset: VS
standard: SDTM
keys: [STUDYID, USUBJID, VSTESTCD, VSDTC]
templates:
  test:
    from: raw.vitals
    where: ${COLUMN} is not missing
    set:
      VSTESTCD: {value: "${TEST}"}
      VSTEST: {value: "${NAME}"}
      VSORRES: {to_text: "${COLUMN}"}
      VSORRESU: {value: "${UNIT}"}
      VSSTRESN: {column: "${COLUMN}"}
      VSDTC: {column: DAY}
      VSCAT: {value: ROUTINE}
      VSSTAT: {value: NOT DONE, when: "${COLUMN} is missing"}
records:
  pressure:
    like: test
    each:
      - {TEST: SYSBP, NAME: Systolic Blood Pressure, COLUMN: SYS, UNIT: mmHg}
      - {TEST: DIABP, NAME: Diastolic Blood Pressure, COLUMN: DIA, UNIT: mmHg}
  temperature:
    like: test
    each: [{TEST: TEMP, NAME: Temperature, COLUMN: TEMP, UNIT: C}]
  frame:
    from: raw.vitals
    where: BUILD is not missing
    codelists: {VSORRES: FRAME}
    set:
      VSTESTCD: {value: BODYFRM}
      VSTEST: {value: Body Frame}
      VSORRES: {upper: BUILD}
      VSDTC: {column: DAY}
      VSCAT: {value: CLINIC}
  mean:
    from: raw.vitals
    where: SYS is not missing and DIA is not missing
    set:
      VSTESTCD: {value: MAP}
      VSTEST: {value: Mean Arterial Pressure}
      VSORRES: {to_text: DIA + (SYS - DIA) / 3}
      VSORRESU: {value: mmHg}
      VSSTRESN: {column: DIA + (SYS - DIA) / 3}
      VSDTC: {column: DAY}
      VSCAT: {value: CLINIC}
variables:
  STUDYID: {derive: {column: DM.STUDYID}}
  DOMAIN: {derive: {value: VS}}
  USUBJID: {derive: {column: DM.USUBJID}}
  VSSEQ: {type: integer, derive: {sequence: {order: [VSTESTCD, VSDTC]}}}
  VSTESTCD: {}
  VSTEST: {}
  VSCAT: {codelist: VSCAT}
  VSORRES: {}
  VSORRESU: {codelist: UNITS}
  VSSTRESC: {derive: {column: VSORRES}}
  VSSTRESN: {decimals: 2}
  VSSTRESU: {codelist: UNITS, derive: {column: VSORRESU}}
  VSSTAT: {}
  VSDTC: {}
  VSDY: {type: integer, derive: {study_day: {date: VSDTC, reference: DM.RFSTDTC}}}
""",
    "specs/small/sdtm/AE.yaml": """
dataset: AE
standard: SDTM
keys: [STUDYID, USUBJID, AETERM]
records:
  events:
    from: raw.events
    set:
      AETERM: {column: TERM}
      AEDECOD: {upper: TERM}
      AESTDTC: {column: START}
variables:
  STUDYID: {derive: {column: DM.STUDYID}}
  DOMAIN: {derive: {value: AE}}
  USUBJID: {derive: {column: DM.USUBJID}}
  AESEQ: {type: integer, derive: {sequence: {order: [AETERM]}}}
  AETERM: {}
  AEDECOD: {}
  AESTDTC: {}
""",
    "specs/small/sdtm/LB.yaml": """
dataset: LB
standard: SDTM
keys: [STUDYID, USUBJID, LBTESTCD, LBDTC]
records:
  results:
    from: raw.labs
    set:
      LBTESTCD: {term: {of: TEST, codelist: LBTESTCD}}
      LBORRES: {column: RESULT}
      LBDTC: {column: DAY}
      LBFAST: {term: {of: FASTING, codelist: NY}}
variables:
  STUDYID: {derive: {column: DM.STUDYID}}
  DOMAIN: {derive: {value: LB}}
  USUBJID: {derive: {column: DM.USUBJID}}
  LBSEQ: {type: integer, derive: {sequence: {order: [LBTESTCD, LBDTC]}}}
  LBTESTCD: {codelist: LBTESTCD}
  LBTEST: {derive: {decode: {of: LBTESTCD, codelist: LBTESTCD}}}
  LBCAT: {derive: {value: CHEMISTRY}}
  LBORRES: {}
  LBORRESU: {empty: Units are not collected.}
  LBSTRESC: {derive: {column: LBORRES}}
  LBSTRESN: {derive: {to_number: {of: LBORRES, unreadable: finding}}}
  LBSTRESU: {empty: Units are not collected.}
  LBFAST: {}
  LBDTC: {}
""",
    "specs/small/adam/ADSL.yaml": """
dataset: ADSL
standard: ADaM
label: Subject-Level Analysis Dataset
class: SUBJECT LEVEL ANALYSIS DATASET
structure: One record per subject
repeating: false
keys: [STUDYID, USUBJID]
records:
  subjects:
    from: DM
    copy: [STUDYID, USUBJID, SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM, BRTHDTC]
    set:
      TRTSDT: {impute_date: {date: RFSTDTC, rule: first}}
      TRT01P: {column: ARM}
      LANGUAGE: {column: LANGHOME}
variables:
  STUDYID: {label: Study Identifier}
  USUBJID: {label: Unique Subject Identifier}
  SUBJID: {label: Subject Identifier for the Study}
  SITEID: {label: Study Site Identifier}
  BRTHDTC: {label: Date/Time of Birth}
  AGE: {type: integer, label: Age}
  AGEU: {label: Age Units}
  SEX: {label: Sex}
  RACE: {label: Race}
  ARM: {label: Description of Planned Arm}
  TRT01P: {label: Planned Treatment for Period 01}
  TRTSDT: {type: date}
  LANGUAGE: {label: Language at Home}
""",
    "specs/small/adam/ADMAP.yaml": """
dataset: ADMAP
standard: ADaM
label: Vital Signs Analysis <BDS> & More
class: BASIC DATA STRUCTURE
structure: One record per subject, parameter and date
keys: [STUDYID, USUBJID, PARAMCD, ADT]
templates:
  parameter:
    from: VS
    copy: [STUDYID, USUBJID]
    set:
      AVALU: {column: VSORRESU}
      ADT: {impute_date: {date: VSDTC, rule: first}}
records:
  pressure:
    like: parameter
    where: VSTESTCD == "MAP"
    codelists: {CLASS: PRESSURE}
    set:
      CLASS: {value: NORMAL}
      PARAMCD: {value: MAP}
      PARAM: {value: Mean Arterial Pressure (mmHg)}
      PARAMN: {column: "1"}
      AVAL: {column: VSSTRESN}
  temperature:
    like: parameter
    where: VSTESTCD == "TEMP"
    codelists: {CLASS: WARMTH}
    set:
      CLASS: {value: NORMAL}
      PARAMCD: {value: TEMP}
      PARAM: {value: Temperature (C)}
      PARAMN: {column: "2"}
      ADT: {impute_date: {date: VSDTC, rule: mid}}
      AVAL: {column: VSSTRESN - 273.15 + 273.15}
  highest:
    from: ADMAP
    where: PARAMCD == "MAP"
    keep: {last: {by: [USUBJID], order: [AVAL]}}
    copy: [STUDYID, USUBJID, ADT, AVALU]
    set:
      PARAMCD: {value: MAPMAX}
      PARAM: {value: Highest Mean Arterial Pressure (mmHg)}
      PARAMN: {column: "3"}
      AVAL: {column: AVAL}
      CRIT1: {value: Above 100, when: own.AVAL > 100 and AVAL > 100}
variables:
  STUDYID: {label: Study Identifier}
  USUBJID: {label: Unique Subject Identifier}
  PARAM: {}
  PARAMCD: {decoded_by: PARAM}
  PARAMN: {type: integer, decoded_by: PARAM}
  AVAL: {type: float, decimals: 1}
  AVALU: {label: Analysis Value Unit}
  CRIT1: {label: Analysis Criterion 1}
  CLASS: {label: Class}
  CRIT1N:
    label: Analysis Criterion 1 (N)
    type: integer
    codelist: MET
    derive: {code_number: {text: CRIT1, map: {Above 100: 1}}}
  LANGUAGE: {label: Language at Home, derive: {column: ADSL.LANGUAGE}}
  SEX: {codelist: none, label: Sex, derive: {column: ADSL.SEX}}
  ADT: {type: date}
  ADY: {type: integer, derive: {column: _shift + 1}}
  _shift: {type: integer, derive: {column: ADT - ADSL.TRTSDT}}
""",
    "raw/demographics.csv": """SUBJ,SEX,RACE,AGE,BIRTH,CONSENT,LANG
01-001,Male,Asian,61,1964-05-02,2025-03-01,Korean
01-002,Female,White,54,1971-UN-UN,2025-03-04,English
02-001,Female,Asian,70,1955-01-UN,2025-04-11,
""",
    "raw/vitals.csv": """SUBJ,VISIT,DAY,SYS,DIA,TEMP,BUILD
01-001,Day 1,2025-03-01,120,80,36.5,medium
01-001,Week 4,2025-03-29,118,76,37,
01-002,Day 1,2025-03-04,131,88,36.9,large
02-001,Day 1,2025-04-11,99,,,small
""",
    "raw/labs.csv": """SUBJ,DAY,TEST,RESULT,FASTING
01-001,2025-03-01,Glucose,5.1,Yes
01-001,2025-03-01,Platelets,231,
01-001,2025-03-01,Chromogranin A,<4,No
01-002,2025-03-04,Glucose,4.85,Yes
01-002,2025-03-04,Platelets,187,Yes
""",
    "raw/events.csv": "SUBJ,TERM,START\n",
}


@dataclass(frozen=True)
class Document:
    """A define.xml with short ways to its parts."""

    root: etree._Element

    def every(self, path: str) -> list[etree._Element]:
        return self.root.findall(path, NS)

    def item(self, oid: str) -> etree._Element:
        (found,) = self.every(f".//o:ItemDef[@OID='{oid}']")
        return found

    def reference(self, oid: str) -> etree._Element:
        (found,) = self.every(f".//o:ItemRef[@ItemOID='{oid}']")
        return found

    def dataset(self, name: str) -> etree._Element:
        (found,) = self.every(f".//o:ItemGroupDef[@Name='{name}']")
        return found

    def origins(self, oid: str) -> list[tuple[str | None, str | None, str]]:
        """Type, source and description."""
        return [(o.get("Type"), o.get("Source"), text(o)) for o in self.item(oid).findall("d:Origin", NS)]

    def method(self, oid: str) -> str:
        wanted = self.reference(oid).get("MethodOID")
        return "".join(text(m) for m in self.every(".//o:MethodDef") if m.get("OID") == wanted)

    def comment(self, element: etree._Element) -> str:
        wanted = element.get(f"{{{NS['d']}}}CommentOID")
        return "".join(text(c) for c in self.every(".//d:CommentDef") if c.get("OID") == wanted)

    def terms(self, oid: str) -> list[str]:
        """Values of the codelist that an item refers to."""
        reference = self.item(oid).find("o:CodeListRef", NS)
        if reference is None:
            return []
        (found,) = self.every(f".//o:CodeList[@OID='{reference.get('CodeListOID')}']")
        return [e.get("CodedValue", "") for e in found if e.get("CodedValue")]

    def decodes(self, oid: str) -> list[tuple[str, str]]:
        """Values of the codelist that an item refers to, each with its decode."""
        wanted = self.item(oid).find("o:CodeListRef", NS).get("CodeListOID")
        (found,) = self.every(f".//o:CodeList[@OID='{wanted}']")
        return [(e.get("CodedValue", ""), text(e)) for e in found.findall("o:CodeListItem", NS)]

    def values(self, variable: str) -> list[tuple[str, str]]:
        """Where clause in words and identifier of each value-level item of a variable (DATASET.NAME)."""
        found = []
        for reference in self.every(f".//d:ValueListDef[@OID='VL.{variable}']/o:ItemRef"):
            words = [
                self.clause(w.get("WhereClauseOID", "")) for w in reference.findall("d:WhereClauseRef", NS)
            ]
            found.append((" or ".join(words), reference.get("ItemOID", "")))
        return found

    def clause(self, oid: str) -> str:
        (found,) = self.every(f".//d:WhereClauseDef[@OID='{oid}']")
        checks = []
        for check in found:
            values = ", ".join(v.text or "" for v in check)
            name = check.get(f"{{{NS['d']}}}ItemOID", "").rpartition(".")[2]
            checks.append(f"{name} {check.get('Comparator')} {values}")
        return " and ".join(checks)


def text(element: etree._Element) -> str:
    """All text inside an element."""
    return " ".join("".join(element.itertext()).split())


@dataclass(frozen=True)
class Small:
    """Project folder and documents of the small study."""

    root: Path

    def folder(self, standard: str) -> Path:
        return self.root / "output" / "small" / standard

    def document(self, standard: str) -> Document:
        return Document(etree.parse(self.folder(standard) / "define.xml").getroot())


def write_project(root: Path) -> Path:
    """The files of the small study."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"))
    return root


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    root = write_project(tmp_path_factory.mktemp("project"))
    build(Options(root, "small", raw=root / "raw"), lambda line: None)
    return Small(root)
