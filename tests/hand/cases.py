"""Subjects worked out by hand from their raw records and the rules of the protocol and of the response and time-to-event rules.

Every number here was read from the raw lines named in ``raw`` (form and line; the lines themselves are in ``raw_lines.txt``) and was
written down before the built datasets were looked at.  No derivation of the project produced any of it.

``adsl``: as the variables are named.  ``responses``: investigator's overall responses with their dates, in order.  ``adrs``: value and,
where the record has a date of its own, the date.  ``adtte``: start, date, days, and E (event) or C (censored) with the reason.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One subject: its fate in words, where the raw records are, and what must come out."""

    subject: str
    fate: str
    raw: str
    adsl: dict[str, str | None]
    responses: str
    adrs: dict[str, str]
    adtte: dict[str, str]


def adsl(text: str) -> dict[str, str | None]:
    """``NAME value; NAME value`` as a mapping, ``-`` for a value that is absent."""
    pairs = (part.split(maxsplit=1) for part in text.split(";"))
    return {name: None if value.strip() == "-" else value.strip() for name, value in pairs}


CASES = [
    Case(
        "410-001",
        "progression by target lesions; embolisation only after it",
        # Nodes 26+15 at week 12 up to 31+17 = 48 at week 48 (line 5): +20% and +8 mm over the nadir, reported PD.
        "injection 2, 14; response 2-5; subsequent_therapy 2-3; end_of_treatment 2; end_of_study 2; survival_followup 2-6;"
        " disease_history 2; lesion 2-4; central_lab 2; enrolment 2",
        adsl(
            "TRTSDT 2021-04-05; TRTEDT 2022-03-04; PRIMGR FOREGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2023-06-01; NACTDT 2022-04-11;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2021-07-08 SD, 2021-09-20 SD, 2021-12-08 SD, 2022-02-28 PD",
        {"PD": "Y 2022-02-28", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2022-02-28", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-04-05 2022-02-28 330 E progression",
            "TTP": "2021-04-05 2022-02-28 330 E progression",
            "OS": "2021-04-05 2023-06-01 788 C alive",
            "TTR": "2021-04-05 2022-02-28 330 C no response",
        },
    ),
    Case(
        "410-007",
        "progression by a new lesion while the target lesions are stable",
        # 55+28+16 = 99 at screening, 97 at week 12: SD; peritoneal lesion NEW01 unequivocal (new_lesion 3).
        "injection 141, 144; response 47; new_lesion 3; end_of_treatment 8; end_of_study 8; survival_followup 13-19; disease_history 8;"
        " lesion 11-14; central_lab 100, 102; enrolment 8",
        adsl(
            "TRTSDT 2021-08-09; TRTEDT 2021-11-03; PRIMGR MIDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2023-09-29; NACTDT -;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL N"
        ),
        "2021-11-01 PD",
        {"PD": "Y 2021-11-01", "BOR": "PD", "RSP": "N", "DCR": "N", "PFS24": "N", "LSTAC": "PD 2021-11-01", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-08-09 2021-11-01 85 E progression",
            "TTP": "2021-08-09 2021-11-01 85 E progression",
            "OS": "2021-08-09 2023-09-29 782 C alive",
            "TTR": "2021-08-09 2021-11-01 85 C no response",
        },
    ),
    Case(
        "410-008",
        "non-target disease only, progression of the non-target lesion",
        # One pelvic node, NT01; first assessment 80 days after the first dose, so NON-CR/NON-PD counts (>= 77).
        "injection 145, 162; response 48-52; lesion 15; nontarget_status 32; end_of_treatment 9; end_of_study 9; survival_followup 20-22;"
        " disease_history 9; central_lab 104; enrolment 9",
        adsl(
            "TRTSDT 2021-07-26; TRTEDT 2022-11-14; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2023-09-18; NACTDT -;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL N; CGAFL N"
        ),
        "2021-10-14 NON-CR/NON-PD, 2022-04-01 NON-CR/NON-PD, 2022-06-30 NON-CR/NON-PD, 2022-09-19 NON-CR/NON-PD, 2022-12-07 PD",
        {
            "PD": "Y 2022-12-07",
            "BOR": "NON-CR/NON-PD",
            "RSP": "N",
            "DCR": "Y",
            "PFS24": "N",
            "LSTAC": "PD 2022-12-07",
            "MDIS": "N",
            "DEATH": "N",
        },
        {
            "PFS": "2021-07-26 2022-12-07 500 E progression",
            "TTP": "2021-07-26 2022-12-07 500 E progression",
            "OS": "2021-07-26 2023-09-18 785 C alive",
            "TTR": "2021-07-26 2022-12-07 500 C no response",
        },
    ),
    Case(
        "411-008",
        "non-target disease only, progression at the first assessment, two later therapies, death",
        # Line 104 repeats line 103 exactly.  The contact of 10-AUG-2023 is "Dead": last alive stays 10-MAY-2023.
        "injection 472, 474; response 149; lesion 101-107; nontarget_status 259; subsequent_therapy 16-17; end_of_treatment 28;"
        " end_of_study 32; survival_followup 78-83; death 2; disease_history 32; central_lab 350, 352; enrolment 32",
        adsl(
            "TRTSDT 2021-12-24; TRTEDT 2022-02-21; PRIMGR FOREGUT; WHOGRADE G2; DTHDT 2023-05-12; LSTALVDT 2023-05-10; NACTDT 2022-05-30;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL N; CGAFL Y"
        ),
        "2022-03-18 PD",
        {"PD": "Y 2022-03-18", "BOR": "PD", "RSP": "N", "DCR": "N", "PFS24": "N", "LSTAC": "PD 2022-03-18", "MDIS": "N", "DEATH": "Y 2023-05-12"},
        {
            "PFS": "2021-12-24 2022-03-18 85 E progression",
            "TTP": "2021-12-24 2022-03-18 85 E progression",
            "OS": "2021-12-24 2023-05-12 505 E death",
            "TTR": "2021-12-24 2022-03-18 85 C no response",
        },
    ),
    Case(
        "417-003",
        "death without progression; an injection dated after the death",
        # Line 1511 dates the week 96 injection 28-AUG-2023; visit, end of treatment (18-AUG) and death (24-AUG) contradict it.  Collected
        # dates are not repaired.  Lesions T02 and T03 merged at week 24: no consequence for the reported response.
        "injection 1487, 1511; visit 1732; response 485-492; lesion 358-361; lesion_change 7; end_of_treatment 81; end_of_study 95;"
        " survival_followup 194; death 5; disease_history 95; enrolment 95",
        adsl(
            "TRTSDT 2021-10-14; TRTEDT 2023-08-28; PRIMGR FOREGUT; WHOGRADE G1; DTHDT 2023-08-24; LSTALVDT 2023-08-28; NACTDT -;"
            " EOT Death; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-01-03 SD, 2022-04-01 SD, 2022-06-17 SD, 2022-09-19 SD, 2022-12-02 SD, 2023-02-27 SD, 2023-05-23 SD, 2023-08-18 SD",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "SD 2023-08-18", "MDIS": "Y", "DEATH": "Y 2023-08-24"},
        {
            "PFS": "2021-10-14 2023-08-24 680 E death",
            "TTP": "2021-10-14 2023-08-18 674 C death",
            "OS": "2021-10-14 2023-08-24 680 E death",
            "TTR": "2021-10-14 2023-08-18 674 C no response",
        },
    ),
    Case(
        "416-008",
        "early death, 22 days after the only injection, no assessment after baseline",
        "injection 1456; lesion 335-342; target_measurement 1468-1471; end_of_treatment 77; end_of_study 90; survival_followup 181; death 4;"
        " disease_history 90; central_lab 1105; enrolment 90; visit 1668-1669",
        adsl(
            "TRTSDT 2022-07-27; TRTEDT 2022-07-27; PRIMGR FOREGUT; WHOGRADE G1; DTHDT 2022-08-18; LSTALVDT 2022-07-27; NACTDT -;"
            " EOT Death; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL N; CGAFL N"
        ),
        "",
        {"PD": "N", "BOR": "NE", "RSP": "N", "DCR": "N", "PFS24": "N", "MDIS": "Y", "DEATH": "Y 2022-08-18"},
        {
            "PFS": "2022-07-27 2022-08-18 23 E death",
            "TTP": "2022-07-27 2022-07-27 1 C death",
            "OS": "2022-07-27 2022-08-18 23 E death",
            "TTR": "2022-07-27 2022-07-27 1 C no response",
        },
    ),
    Case(
        "415-002",
        "lost to follow-up after two injections, no assessment after baseline",
        # The contact of 30-AUG-2021 found the subject lost; last known alive 10-MAY-2021 (its own column, and the week 4 visit).
        "injection 1181-1182; visit 1351-1353; lesion 267-269; end_of_treatment 63; end_of_study 74; survival_followup 153;"
        " disease_history 74; central_lab 895; enrolment 74",
        adsl(
            "TRTSDT 2021-04-16; TRTEDT 2021-05-10; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2021-05-10; NACTDT -;"
            " EOT Lost to follow-up; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL N; CGAFL N"
        ),
        "",
        {"PD": "N", "BOR": "NE", "RSP": "N", "DCR": "N", "PFS24": "NE", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-04-16 2021-04-16 1 C no assessment",
            "TTP": "2021-04-16 2021-04-16 1 C no assessment",
            "OS": "2021-04-16 2021-05-10 25 C alive",
            "TTR": "2021-04-16 2021-04-16 1 C no response",
        },
    ),
    Case(
        "414-007",
        "resection of a metastasis after an adverse event, stable scans go on after it, no progression",
        # Therapy 19-JUN-2023: last adequate assessment on or before it is week 60, 14-JUN-2023.
        "injection 1077, 1091; response 345-352; lesion 247; subsequent_therapy 29-30; end_of_treatment 58; end_of_study 69;"
        " survival_followup 146-149; disease_history 69; enrolment 69",
        adsl(
            "TRTSDT 2022-04-18; TRTEDT 2023-05-19; PRIMGR FOREGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2024-06-05; NACTDT 2023-06-19;"
            " EOT Adverse event; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL N"
        ),
        "2022-07-06 SD, 2022-09-30 SD, 2022-12-26 SD, 2023-03-16 SD, 2023-06-14 SD, 2023-11-23 SD, 2024-02-16 SD, 2024-05-06 SD",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "Y", "LSTAC": "SD 2024-05-06", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-04-18 2023-06-14 423 C new therapy",
            "TTP": "2022-04-18 2023-06-14 423 C new therapy",
            "OS": "2022-04-18 2024-06-05 780 C alive",
            "TTR": "2022-04-18 2024-05-06 750 C no response",
        },
    ),
    Case(
        "416-006",
        "embolisation after an adverse event, stable scans go on after it, no progression",
        # Embolisation 09-NOV-2023: last adequate assessment on or before it is week 72, 25-SEP-2023.
        "injection 1412, 1429; response 458-466; lesion 323-328; lesion_change 6; subsequent_therapy 34; end_of_treatment 75;"
        " end_of_study 88; survival_followup 177-179; disease_history 88; enrolment 88",
        adsl(
            "TRTSDT 2022-05-06; TRTEDT 2023-08-23; PRIMGR MIDGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2024-06-25; NACTDT 2023-11-09;"
            " EOT Adverse event; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-07-26 SD, 2022-10-24 SD, 2023-01-12 SD, 2023-04-10 SD, 2023-07-03 SD, 2023-09-25 SD, 2023-12-12 SD, 2024-03-05 SD,"
        " 2024-06-03 SD",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "Y", "LSTAC": "SD 2024-06-03", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-05-06 2023-09-25 508 C new therapy",
            "TTP": "2022-05-06 2023-09-25 508 C new therapy",
            "OS": "2022-05-06 2024-06-25 782 C alive",
            "TTR": "2022-05-06 2024-06-03 760 C no response",
        },
    ),
    Case(
        "411-016",
        "embolisation in the first month of treatment (day unknown), before every assessment and before the progression",
        # UN-AUG-2022: the first day known would be the 1st, but not before the last dose (18-JAN-2023) and not beyond the month known:
        # 31-AUG-2022.  No assessment on or before it.
        "injection 549, 555; response 175-176; new_lesion 6; lesion 125-129; subsequent_therapy 18-19; end_of_treatment 32;"
        " end_of_study 40; survival_followup 88-89; disease_history 40; enrolment 40",
        adsl(
            "TRTSDT 2022-08-04; TRTEDT 2023-01-18; PRIMGR UNKNOWN; WHOGRADE G1; DTHDT -; LSTALVDT 2023-04-13; NACTDT 2022-08-31;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-10-24 SD, 2023-01-16 PD",
        {"PD": "Y 2023-01-16", "BOR": "NE", "RSP": "N", "DCR": "N", "PFS24": "NE", "LSTAC": "PD 2023-01-16", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-08-04 2022-08-04 1 C new therapy",
            "TTP": "2022-08-04 2022-08-04 1 C new therapy",
            "OS": "2022-08-04 2023-04-13 253 C alive",
            "TTR": "2022-08-04 2023-01-16 166 C no response",
        },
    ),
    Case(
        "412-004",
        "embolisation in the first month of treatment, more than a year before the progression",
        # UN-AUG-2021 as above.  The end of treatment is written 2022.10.07.
        "injection 597, 612; response 190-194; lesion 150-153; subsequent_therapy 22-23; end_of_treatment 36; end_of_study 44;"
        " survival_followup 106-109; disease_history 44; enrolment 44",
        adsl(
            "TRTSDT 2021-08-05; TRTEDT 2022-09-26; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2023-09-25; NACTDT 2021-08-31;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL N"
        ),
        "2021-10-25 SD, 2022-01-19 SD, 2022-04-14 SD, 2022-07-06 SD, 2022-09-26 PD",
        {"PD": "Y 2022-09-26", "BOR": "NE", "RSP": "N", "DCR": "N", "PFS24": "NE", "LSTAC": "PD 2022-09-26", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-08-05 2021-08-05 1 C new therapy",
            "TTP": "2021-08-05 2021-08-05 1 C new therapy",
            "OS": "2021-08-05 2023-09-25 782 C alive",
            "TTR": "2021-08-05 2022-09-26 418 C no response",
        },
    ),
    Case(
        "420-004",
        "death dated before the last injection, the progression and two contacts alive; week 12 assessment missed",
        # Death 06-SEP-2022 as collected, though seen alive until 07-MAR-2023 and end of study by death 06-MAY-2023.  First of PD
        # (14-SEP-2022) and death is the death, 160 days after the reference date: not beyond two intervals and two windows (182).
        "injection 1849, 1855; response 598; new_lesion 18; lesion 440-449; subsequent_therapy 47; end_of_treatment 102; end_of_study 118;"
        " survival_followup 264-266; death 8; disease_history 118; central_lab 1412, 1414; enrolment 118",
        adsl(
            "TRTSDT 2022-03-30; TRTEDT 2022-09-15; PRIMGR FOREGUT; WHOGRADE G1; DTHDT 2022-09-06; LSTALVDT 2023-03-07; NACTDT 2022-11-01;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-09-14 PD",
        {"PD": "Y 2022-09-14", "BOR": "PD", "RSP": "N", "DCR": "N", "PFS24": "N", "LSTAC": "PD 2022-09-14", "MDIS": "Y", "DEATH": "Y 2022-09-06"},
        {
            "PFS": "2022-03-30 2022-09-06 161 E death",
            "TTP": "2022-03-30 2022-09-14 169 E progression",
            "OS": "2022-03-30 2022-09-06 161 E death",
            "TTR": "2022-03-30 2022-09-14 169 C no response",
        },
    ),
    Case(
        "416-005",
        "partial response, confirmed, then progression over the nadir",
        # Nadir 36 at weeks 48 and 60; 48 at week 96 is +33% and +12 mm.  The contact of 13-MAY-2024 is written "alive".
        "injection 1387, 1411; response 450-457; lesion 321-322; subsequent_therapy 33; end_of_treatment 74; end_of_study 87;"
        " survival_followup 176; disease_history 87; enrolment 87",
        adsl(
            "TRTSDT 2022-03-22; TRTEDT 2024-01-26; PRIMGR HINDGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2024-05-13; NACTDT 2024-04-12;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-06-13 SD, 2022-09-06 PR, 2022-11-25 PR, 2023-02-17 PR, 2023-05-11 PR, 2023-07-31 PR, 2023-10-27 PR, 2024-01-24 PD",
        {
            "PD": "Y 2024-01-24",
            "BOR": "PR 2022-09-06",
            "RSP": "Y 2022-09-06",
            "DCR": "Y",
            "PFS24": "N",
            "LSTAC": "PD 2024-01-24",
            "MDIS": "Y",
            "DEATH": "N",
        },
        {
            "PFS": "2022-03-22 2024-01-24 674 E progression",
            "TTP": "2022-03-22 2024-01-24 674 E progression",
            "OS": "2022-03-22 2024-05-13 784 C alive",
            "DOR": "2022-09-06 2024-01-24 506 E progression",
            "TTR": "2022-03-22 2022-09-06 169 E response",
        },
    ),
    Case(
        "412-007",
        "partial response that lasts, one assessment not evaluable in it, merged lesions, no event",
        # The scans of week 108 fall on 11 and 12 January; the response is dated 12-JAN-2024.
        "injection 665, 690; response 211-219; lesion 160-165; lesion_change 2; end_of_treatment 39; end_of_study 47;"
        " survival_followup 112; disease_history 47; enrolment 47",
        adsl(
            "TRTSDT 2021-12-17; TRTEDT 2023-11-17; PRIMGR FOREGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2024-02-12; NACTDT -;"
            " EOT Completed; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-03-07 SD, 2022-05-31 PR, 2022-08-25 PR, 2022-11-17 PR, 2023-02-09 PR, 2023-05-03 NE, 2023-07-25 PR, 2023-10-13 PR,"
        " 2024-01-12 PR",
        {
            "PD": "N",
            "BOR": "PR 2022-05-31",
            "RSP": "Y 2022-05-31",
            "DCR": "Y",
            "PFS24": "Y",
            "LSTAC": "PR 2024-01-12",
            "MDIS": "Y",
            "DEATH": "N",
        },
        {
            "PFS": "2021-12-17 2024-01-12 757 C no event",
            "TTP": "2021-12-17 2024-01-12 757 C no event",
            "OS": "2021-12-17 2024-02-12 788 C alive",
            "DOR": "2022-05-31 2024-01-12 592 C no event",
            "TTR": "2021-12-17 2022-05-31 166 E response",
        },
    ),
    Case(
        "413-008",
        "partial response at the last assessment only, never confirmed",
        # 75 against 108 at screening (-30.6%).  One date is written 2023.07.10.
        "injection 979, 1004; response 314-322; lesion 215-220; end_of_treatment 53; end_of_study 62; survival_followup 132;"
        " disease_history 62; enrolment 62",
        adsl(
            "TRTSDT 2022-08-12; TRTEDT 2024-07-12; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2024-10-08; NACTDT -;"
            " EOT Completed; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-10-31 SD, 2023-01-30 SD, 2023-04-18 SD, 2023-07-10 SD, 2023-10-02 SD, 2023-12-25 SD, 2024-03-18 SD, 2024-06-14 SD,"
        " 2024-09-02 PR",
        {
            "PD": "N",
            "BOR": "PR 2024-09-02",
            "RSP": "Y 2024-09-02",
            "DCR": "Y",
            "PFS24": "Y",
            "LSTAC": "PR 2024-09-02",
            "MDIS": "Y",
            "DEATH": "N",
        },
        {
            "PFS": "2022-08-12 2024-09-02 753 C no event",
            "TTP": "2022-08-12 2024-09-02 753 C no event",
            "OS": "2022-08-12 2024-10-08 789 C alive",
            "DOR": "2024-09-02 2024-09-02 1 C no event",
            "TTR": "2022-08-12 2024-09-02 753 E response",
        },
    ),
    Case(
        "417-008",
        "one partial response reported against its own measurements (49 mm of 51 mm), then stable; weeks 12 and 60 missed",
        # A reported response is never rewritten: line 505 counts as PR, unconfirmed.
        "injection 1553, 1578; response 505-511; lesion 374-375; target_measurement 1563-1566; end_of_treatment 86; end_of_study 100;"
        " survival_followup 213; disease_history 100; enrolment 100",
        adsl(
            "TRTSDT 2022-07-13; TRTEDT 2024-06-11; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2024-09-02; NACTDT -;"
            " EOT Completed; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL N"
        ),
        "2022-12-27 PR, 2023-03-20 SD, 2023-06-15 SD, 2023-11-27 SD, 2024-02-16 SD, 2024-05-14 SD, 2024-08-12 SD",
        {
            "PD": "N",
            "BOR": "PR 2022-12-27",
            "RSP": "Y 2022-12-27",
            "DCR": "Y",
            "PFS24": "Y",
            "LSTAC": "SD 2024-08-12",
            "MDIS": "Y",
            "DEATH": "N",
        },
        {
            "PFS": "2022-07-13 2024-08-12 762 C no event",
            "TTP": "2022-07-13 2024-08-12 762 C no event",
            "OS": "2022-07-13 2024-09-02 783 C alive",
            "DOR": "2022-12-27 2024-08-12 595 C no event",
            "TTR": "2022-07-13 2022-12-27 168 E response",
        },
    ),
    Case(
        "416-004",
        "progression by target and new lesion, death with its day unknown, an injection dated after the end of treatment",
        # Injection of week 20 dated 26-AUG-2022 (line 1386), visit and end of treatment say 28-JUL-2022: as collected, it is the last
        # sign of life.  Death UN-AUG-2022: not before the day after it, 27-AUG-2022.
        "injection 1381, 1386; visit 1587; response 448-449; new_lesion 10; lesion 317-320; end_of_treatment 73; end_of_study 86;"
        " survival_followup 175; death 3; disease_history 86; enrolment 86",
        adsl(
            "TRTSDT 2022-03-08; TRTEDT 2022-08-26; PRIMGR HINDGUT; WHOGRADE G1; DTHDT 2022-08-27; LSTALVDT 2022-08-26; NACTDT -;"
            " EOT Death; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-05-30 SD, 2022-08-22 PD",
        {"PD": "Y 2022-08-22", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2022-08-22", "MDIS": "Y", "DEATH": "Y 2022-08-27"},
        {
            "PFS": "2022-03-08 2022-08-22 168 E progression",
            "TTP": "2022-03-08 2022-08-22 168 E progression",
            "OS": "2022-03-08 2022-08-27 173 E death",
            "TTR": "2022-03-08 2022-08-22 168 C no response",
        },
    ),
    Case(
        "418-006",
        "new lesion equivocal at week 12, unequivocal at week 24; death nine months later",
        # The reported response stays SD at week 12, 81 days after the first dose.
        "injection 1650, 1656; response 534-535; new_lesion 14-15; lesion 393; subsequent_therapy 43; end_of_treatment 91;"
        " end_of_study 106; survival_followup 228-231; death 6; disease_history 106; enrolment 106",
        adsl(
            "TRTSDT 2022-04-25; TRTEDT 2022-10-06; PRIMGR FOREGUT; WHOGRADE G1; DTHDT 2023-07-04; LSTALVDT 2023-06-26; NACTDT 2022-10-28;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-07-15 SD, 2022-10-03 PD",
        {"PD": "Y 2022-10-03", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2022-10-03", "MDIS": "Y", "DEATH": "Y 2023-07-04"},
        {
            "PFS": "2022-04-25 2022-10-03 162 E progression",
            "TTP": "2022-04-25 2022-10-03 162 E progression",
            "OS": "2022-04-25 2023-07-04 436 E death",
            "TTR": "2022-04-25 2022-10-03 162 C no response",
        },
    ),
    Case(
        "410-002",
        "non-target disease only, no event, last scan before the window of 24 months",
        # Last adequate assessment on day 670, below 731 - 14 = 717: not evaluable at 24 months.
        "injection 15, 40; response 6-13; new_lesion 2; lesion 5; end_of_treatment 3; end_of_study 3; survival_followup 7;"
        " disease_history 3; enrolment 3",
        adsl(
            "TRTSDT 2021-05-21; TRTEDT 2023-04-24; PRIMGR FOREGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2023-07-13; NACTDT -;"
            " EOT Completed; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL N; CGAFL N"
        ),
        "2021-08-13 NON-CR/NON-PD, 2021-11-04 NON-CR/NON-PD, 2022-01-28 NON-CR/NON-PD, 2022-04-12 NON-CR/NON-PD,"
        " 2022-07-18 NON-CR/NON-PD, 2022-10-10 NON-CR/NON-PD, 2022-12-28 NON-CR/NON-PD, 2023-03-21 NON-CR/NON-PD",
        {
            "PD": "N",
            "BOR": "NON-CR/NON-PD",
            "RSP": "N",
            "DCR": "Y",
            "PFS24": "NE",
            "LSTAC": "NON-CR/NON-PD 2023-03-21",
            "MDIS": "N",
            "DEATH": "N",
        },
        {
            "PFS": "2021-05-21 2023-03-21 670 C no event",
            "TTP": "2021-05-21 2023-03-21 670 C no event",
            "OS": "2021-05-21 2023-07-13 784 C alive",
            "TTR": "2021-05-21 2023-03-21 670 C no response",
        },
    ),
    Case(
        "415-007",
        "last assessment not evaluable: it is no censoring date and does not count at 24 months",
        # Week 108 (26-JAN-2024) is NE, so week 96 on day 678 is the last adequate.
        "injection 1251, 1276; response 404-412; lesion 295-301; end_of_treatment 68; end_of_study 79; survival_followup 170;"
        " disease_history 79; enrolment 79",
        adsl(
            "TRTSDT 2022-01-06; TRTEDT 2023-12-11; PRIMGR MIDGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2024-02-27; NACTDT -;"
            " EOT Completed; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-03-29 SD, 2022-06-22 SD, 2022-09-12 SD, 2022-12-05 SD, 2023-02-28 SD, 2023-05-19 SD, 2023-08-15 SD, 2023-11-14 SD,"
        " 2024-01-26 NE",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "NE", "LSTAC": "SD 2023-11-14", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-01-06 2023-11-14 678 C no event",
            "TTP": "2022-01-06 2023-11-14 678 C no event",
            "OS": "2022-01-06 2024-02-27 783 C alive",
            "TTR": "2022-01-06 2023-11-14 678 C no response",
        },
    ),
    Case(
        "420-005",
        "treatment stopped for clinical progression ten days after progression by the target lesion (measured in cm)",
        "injection 1856, 1868; response 599-602; lesion 450; target_measurement 1828-1832; subsequent_therapy 48; end_of_treatment 103;"
        " end_of_study 119; survival_followup 267-271; disease_history 119; enrolment 119",
        adsl(
            "TRTSDT 2022-06-02; TRTEDT 2023-05-02; PRIMGR FOREGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2024-07-29; NACTDT 2023-06-05;"
            " EOT Clinical progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL N"
        ),
        "2022-08-22 SD, 2022-11-10 SD, 2023-02-06 SD, 2023-04-28 PD",
        {"PD": "Y 2023-04-28", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2023-04-28", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-06-02 2023-04-28 331 E progression",
            "TTP": "2022-06-02 2023-04-28 331 E progression",
            "OS": "2022-06-02 2024-07-29 789 C alive",
            "TTR": "2022-06-02 2023-04-28 331 C no response",
        },
    ),
    Case(
        "410-019",
        "week 12 missed, week 24 not evaluable, stable at week 36, then lost to follow-up",
        "injection 336, 345; response 105-106; lesion 60-64; end_of_treatment 20; end_of_study 20; survival_followup 51;"
        " disease_history 20; enrolment 20",
        adsl(
            "TRTSDT 2022-05-27; TRTEDT 2023-02-01; PRIMGR UNKNOWN; WHOGRADE G1; DTHDT -; LSTALVDT 2023-02-01; NACTDT -;"
            " EOT Lost to follow-up; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL N"
        ),
        "2022-11-10 NE, 2023-01-31 SD",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "NE", "LSTAC": "SD 2023-01-31", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-05-27 2023-01-31 250 C no event",
            "TTP": "2022-05-27 2023-01-31 250 C no event",
            "OS": "2022-05-27 2023-02-01 251 C alive",
            "TTR": "2022-05-27 2023-01-31 250 C no response",
        },
    ),
    Case(
        "415-001",
        "withdrawal of consent after three stable assessments",
        "injection 1170, 1180; visit 1350; response 379-381; lesion 263-266; end_of_treatment 62; end_of_study 73; disease_history 73;"
        " enrolment 73",
        adsl(
            "TRTSDT 2021-03-17; TRTEDT 2021-12-20; PRIMGR UNKNOWN; WHOGRADE G1; DTHDT -; LSTALVDT 2021-12-31; NACTDT -;"
            " EOT Withdrawal by subject; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2021-06-09 SD, 2021-08-27 SD, 2021-11-24 SD",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "NE", "LSTAC": "SD 2021-11-24", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-03-17 2021-11-24 253 C no event",
            "TTP": "2021-03-17 2021-11-24 253 C no event",
            "OS": "2021-03-17 2021-12-31 290 C alive",
            "TTR": "2021-03-17 2021-11-24 253 C no response",
        },
    ),
    Case(
        "410-006",
        "progression after one missed assessment (161 days): still an event; later therapy with its day unknown",
        # 16-SEP-2022 to 24-FEB-2023 is 161 days, not beyond 2 x 84 + 2 x 7 = 182.  Nobody among the 120 misses two before an event.
        "injection 119, 140; response 41-46; lesion 9-10; subsequent_therapy 4-5; end_of_treatment 7; end_of_study 7;"
        " survival_followup 11-12; disease_history 7; enrolment 7",
        adsl(
            "TRTSDT 2021-07-22; TRTEDT 2023-02-27; PRIMGR FOREGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2023-09-11; NACTDT 2023-04-01;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2021-10-11 SD, 2022-01-10 SD, 2022-03-28 SD, 2022-06-20 SD, 2022-09-16 SD, 2023-02-24 PD",
        {"PD": "Y 2023-02-24", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2023-02-24", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-07-22 2023-02-24 583 E progression",
            "TTP": "2021-07-22 2023-02-24 583 E progression",
            "OS": "2021-07-22 2023-09-11 782 C alive",
            "TTR": "2021-07-22 2023-02-24 583 C no response",
        },
    ),
    Case(
        "420-001",
        "progression after 24 months (day 755) with week 96 missed: an event, but not evaluable at 24 months",
        # The event lies beyond day 731, so not N; the last assessment without progression is day 587, so not Y.
        "injection 1797, 1822; response 581-588; lesion 428-435; end_of_treatment 100; end_of_study 115; survival_followup 262;"
        " disease_history 115; enrolment 115",
        adsl(
            "TRTSDT 2021-06-04; TRTEDT 2023-05-05; PRIMGR FOREGUT; WHOGRADE G1; DTHDT -; LSTALVDT 2023-07-31; NACTDT -;"
            " EOT Completed; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2021-08-27 SD, 2021-11-17 SD, 2022-02-11 NE, 2022-05-03 SD, 2022-08-01 SD, 2022-10-14 SD, 2023-01-11 SD, 2023-06-28 PD",
        {"PD": "Y 2023-06-28", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "NE", "LSTAC": "PD 2023-06-28", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-06-04 2023-06-28 755 E progression",
            "TTP": "2021-06-04 2023-06-28 755 E progression",
            "OS": "2021-06-04 2023-07-31 788 C alive",
            "TTR": "2021-06-04 2023-06-28 755 C no response",
        },
    ),
    Case(
        "416-009",
        "progression by target and by non-target lesions, consent withdrawn in follow-up",
        "injection 1457, 1463; response 476-477; lesion 343-349; end_of_treatment 78; end_of_study 91; survival_followup 182;"
        " disease_history 91; enrolment 91",
        adsl(
            "TRTSDT 2022-09-08; TRTEDT 2023-02-23; PRIMGR MIDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2023-06-05; NACTDT -;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-11-28 SD, 2023-02-21 PD",
        {"PD": "Y 2023-02-21", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2023-02-21", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-09-08 2023-02-21 167 E progression",
            "TTP": "2022-09-08 2023-02-21 167 E progression",
            "OS": "2022-09-08 2023-06-05 271 C alive",
            "TTR": "2022-09-08 2023-02-21 167 C no response",
        },
    ),
    Case(
        "412-013",
        "one assessment not evaluable on the way to progression by target lesions",
        # 135 at week 72 against the nadir 112 or 114 before (reported): PD.
        "injection 804, 821; response 257-262; lesion 187-191; end_of_treatment 45; end_of_study 53; survival_followup 123-125;"
        " disease_history 53; enrolment 53",
        adsl(
            "TRTSDT 2022-07-18; TRTEDT 2023-11-10; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2024-09-04; NACTDT -;"
            " EOT Radiological progression; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2022-10-07 SD, 2023-01-03 SD, 2023-03-27 NE, 2023-06-16 SD, 2023-09-11 SD, 2023-12-04 PD",
        {"PD": "Y 2023-12-04", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "N", "LSTAC": "PD 2023-12-04", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2022-07-18 2023-12-04 505 E progression",
            "TTP": "2022-07-18 2023-12-04 505 E progression",
            "OS": "2022-07-18 2024-09-04 780 C alive",
            "TTR": "2022-07-18 2023-12-04 505 C no response",
        },
    ),
    Case(
        "413-001",
        "stable until lost to follow-up after week 48",
        "injection 848, 860; response 272-275; lesion 195-196; end_of_treatment 47; end_of_study 55; survival_followup 127;"
        " disease_history 55; enrolment 55",
        adsl(
            "TRTSDT 2021-07-23; TRTEDT 2022-06-24; PRIMGR HINDGUT; WHOGRADE G2; DTHDT -; LSTALVDT 2022-06-24; NACTDT -;"
            " EOT Lost to follow-up; ENRLFL Y; SAFFL Y; FASFL Y; RESPFL Y; CGAFL Y"
        ),
        "2021-10-14 SD, 2021-12-31 SD, 2022-03-28 SD, 2022-06-24 SD",
        {"PD": "N", "BOR": "SD", "RSP": "N", "DCR": "Y", "PFS24": "NE", "LSTAC": "SD 2022-06-24", "MDIS": "Y", "DEATH": "N"},
        {
            "PFS": "2021-07-23 2022-06-24 337 C no event",
            "TTP": "2021-07-23 2022-06-24 337 C no event",
            "OS": "2021-07-23 2022-06-24 337 C alive",
            "TTR": "2021-07-23 2022-06-24 337 C no response",
        },
    ),
    Case(
        "410-020",
        "screening failure: no treatment, no response, no time to event",
        "enrolment 21; disease_history 21; end_of_study 21; visit 391",
        adsl(
            "TRTSDT -; TRTEDT -; PRIMGR FOREGUT; WHOGRADE G1; DTHDT -; NACTDT -; EOT -; ENRLFL N; SAFFL N; FASFL N; RESPFL N; CGAFL N"
        ),
        "",
        {},
        {},
    ),
    Case(
        "416-010",
        "consent withdrawn before enrolment",
        "enrolment 92; disease_history 92; end_of_study 92; visit 1679",
        adsl(
            "TRTSDT -; TRTEDT -; PRIMGR UNKNOWN; WHOGRADE G1; DTHDT -; NACTDT -; EOT -; ENRLFL N; SAFFL N; FASFL N; RESPFL N; CGAFL N"
        ),
        "",
        {},
        {},
    ),
]
