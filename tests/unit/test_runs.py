"""What identifies a fitted model: another text under a digest would refit all stored models."""

import hashlib
from importlib import metadata

import pandas as pd
import pytest

from models_py import runs

FRAME = pd.DataFrame({"b": [2, 1], "a": ["x", "y"]})
FRAME_TEXT = "a\nb\nx,2\ny,1"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_a_fingerprint_is_the_digest_of_sorted_columns_and_lines():
    assert runs.data_fingerprint(FRAME) == md5(FRAME_TEXT)


def test_a_fingerprint_has_no_order_and_notices_each_value_and_name():
    shuffled = FRAME.iloc[::-1][["a", "b"]].set_axis([7, 3])
    assert runs.data_fingerprint(shuffled) == runs.data_fingerprint(FRAME)
    others = [FRAME.assign(b=[2, 3]), FRAME.rename(columns={"b": "c"}), FRAME.head(1)]
    assert len({runs.data_fingerprint(each) for each in [FRAME, *others]}) == 4
    assert runs.data_fingerprint(pd.DataFrame({"a": ["é"]})) == md5("a\né")


def test_the_version_of_code_covers_every_module_by_name(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "z.py").write_text("last = 'é'", encoding="utf-8")
    (tmp_path / "part" / "a.py").write_text("first", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not code", encoding="utf-8")
    assert runs.code_version(tmp_path) == md5("first\nlast = 'é'")


def test_the_version_of_training_follows_code_and_libraries(monkeypatch):
    monkeypatch.setattr(runs, "code_version", lambda: "code")
    monkeypatch.setattr(runs, "library_versions", lambda *_: {"scipy": "1", "numpy": "2"})
    assert runs.training_version() == md5('code{"numpy": "2", "scipy": "1"}')


def test_the_libraries_that_fit_are_named_with_their_versions():
    found = runs.library_versions()
    assert found.keys() == set(runs.LIBRARIES)
    assert found["scikit-learn"] == metadata.version("scikit-learn")


@pytest.fixture
def described(monkeypatch):
    monkeypatch.setattr(runs, "code_version", lambda: "code")
    monkeypatch.setattr(runs, "library_versions", lambda *_: {"scipy": "1", "numpy": "2"})

    def describe(area="segmentation", dataset="shop", model="kmeans", frame=FRAME, **params):
        return runs.describe_run(area, dataset, model, frame, params or {"k": 3, "digits": 9})

    return describe


def test_a_run_is_described_by_what_it_was_fitted_on(described):
    identity = (
        '{"area": "segmentation", "code_version": "code",'
        f' "data_fingerprint": "{md5(FRAME_TEXT)}", "dataset": "shop",'
        ' "library_versions": "{\\"numpy\\": \\"2\\", \\"scipy\\": \\"1\\"}",'
        ' "model_name": "kmeans", "n_rows": 2, "params": "{\\"digits\\": 9, \\"k\\": 3}"}'
    )
    assert described() == {
        "model_run_id": md5(identity),
        "area": "segmentation",
        "dataset": "shop",
        "model_name": "kmeans",
        "data_fingerprint": md5(FRAME_TEXT),
        "n_rows": 2,
        "params": '{"digits": 9, "k": 3}',
        "library_versions": '{"numpy": "2", "scipy": "1"}',
    }


def test_whatever_differs_gives_a_run_another_id(described, monkeypatch):
    found = [
        described(),
        described(area="propensity"),
        described(dataset="mall"),
        described(model="ward"),
        described(frame=FRAME.head(1)),
        described(k=4, digits=9),
    ]
    monkeypatch.setattr(runs, "library_versions", lambda *_: {"scipy": "2", "numpy": "2"})
    found.append(described())
    monkeypatch.setattr(runs, "code_version", lambda: "other code")
    found.append(described())
    assert len({each["model_run_id"] for each in found}) == 8
    assert described(k=3, digits=9) == described(digits=9, k=3)
