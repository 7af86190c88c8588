"""Parquet copies of datasets."""

from pathlib import Path

import numpy as np
import pandas as pd

from trialmill.io.parquet import read_parquet, write_parquet


def frame(order: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Categorical(["b", "a", "b"], categories=order),
            "AVALC": pd.Series(["x", None, "y"], dtype="str"),
            "AVAL": [1.5, np.nan, -0.0],
            "ASEQ": np.array([1, 2, 3], dtype=np.int64),
            "FLAG": [True, False, True],
        }
    )


def test_a_frame_is_read_back_with_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "adtr.parquet"
    write_parquet(path, frame(["a", "b"]), {"AVAL": "Analysis Value é"}, "Tumour analysis")
    read = read_parquet(path)
    assert [str(t) for t in read.dtypes] == ["category", "category", "float64", "int64", "bool"]
    assert read["USUBJID"].tolist() == ["b", "a", "b"]
    assert (read["USUBJID"].cat.categories.tolist(), read["USUBJID"].cat.codes.tolist()) == (
        ["a", "b"],
        [1, 0, 1],
    )
    assert read["AVALC"].cat.codes.tolist() == [0, -1, 1]
    assert read["AVAL"].isna().tolist() == [False, True, False]
    assert np.signbit(read["AVAL"].iloc[2])
    assert (read["ASEQ"].tolist(), read["FLAG"].tolist()) == ([1, 2, 3], [True, False, True])
    assert read.attrs == {"label": "Tumour analysis", "labels": {"AVAL": "Analysis Value é"}}


def test_the_same_values_give_the_same_bytes_whatever_their_categories(tmp_path: Path) -> None:
    first, second = tmp_path / "a.parquet", tmp_path / "b.parquet"
    write_parquet(first, frame(["a", "b"]), {"AVAL": "x"})
    write_parquet(second, frame(["c", "b", "a"]).set_index(np.array([7, 8, 9])), {"AVAL": "x"})
    assert first.read_bytes() == second.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_a_frame_without_records_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, frame(["a", "b"]).iloc[:0], {})
    read = read_parquet(path)
    assert (list(read), len(read)) == (["USUBJID", "AVALC", "AVAL", "ASEQ", "FLAG"], 0)
    assert str(read["USUBJID"].dtype) == "category"
