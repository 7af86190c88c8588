"""Verbs that map raw records to SDTM: each a signature in `sdtm.signatures` and a function beside it."""
