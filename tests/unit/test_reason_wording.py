"""Words of reasons: one and none are told in words of their own wherever things are counted."""

import re
from pathlib import Path

import pandas as pd
import pytest

SEEDS = sorted((Path(__file__).parents[2] / "seeds" / "reference").glob("*/*_reason_wording.csv"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_what_is_counted_has_words_for_none_and_one(path):
    words = pd.read_csv(path, dtype=str, keep_default_na=False)
    by_value = words.groupby("feature")["feature_value"].agg(set)
    counted = words[words["phrase"].str.contains(r"\{value\} (?:small )?[a-z]+s\b")]
    assert not counted.empty
    for feature in counted["feature"]:
        assert by_value[feature] >= {"0", "1"}, feature
    shown = words["phrase"].str.contains("{value}", regex=False)
    assert ((words["divisor"] != "") == shown).all()
    for column in ("above", "below"):
        used = words.loc[words[column] != "", column]
        assert used.str.contains(r"^[a-z ]+ than \{tenths\} of 10 [a-z]+$").all()
    assert all(re.match(r"[A-Z]", phrase) for phrase in words["phrase"])
