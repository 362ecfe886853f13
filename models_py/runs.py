"""Identity of a fitted model: what it was fitted on, with which parameters, code and libraries."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

LIBRARIES = (
    "imbalanced-learn",
    "implicit",
    "numpy",
    "pandas",
    "scikit-learn",
    "scikit-surprise",
    "scipy",
)


def data_fingerprint(frame: pd.DataFrame) -> str:
    """Return the md5 of a frame's content, whatever the order of its rows and columns.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Columns of text, numbers, booleans or timestamps.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    columns = sorted(frame.columns)
    text = frame[columns].to_csv(index=False, header=False, lineterminator="\n")
    lines = sorted(text.splitlines())
    return _md5("\n".join([*columns, *lines]))


def code_version(package: Path = Path(__file__).parent) -> str:
    """Return the md5 over the source of every module of a package, in order of name."""
    sources = sorted(package.rglob("*.py"))
    return _md5("\n".join(path.read_text(encoding="utf-8") for path in sources))


def training_version() -> str:
    """Return the md5 of what fits models: the code of this package and the libraries."""
    return _md5(code_version() + json.dumps(library_versions(), sort_keys=True))


def library_versions(libraries: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Return the installed versions of the libraries that a fit depends on."""
    return {name: metadata.version(name) for name in libraries}


def describe_run(
    area: str,
    dataset: str,
    model_name: str,
    frame: pd.DataFrame,
    params: Mapping[str, Any],
    libraries: Sequence[str] = LIBRARIES,
) -> dict[str, Any]:
    """Return the columns that identify one fitted model in `monitoring.model_runs`.

    Parameters
    ----------
    area, dataset, model_name : str
        For instance 'segmentation', 'retail', 'kmeans'.
    frame : DataFrame of shape (n_rows, n_columns)
        Exactly the rows and columns that the model was fitted on.
    params : mapping
        Everything that was chosen before or during the fit; must be JSON-serialisable.
    libraries : sequence of str
        Packages that the fit depends on.

    Returns
    -------
    dict
        `model_run_id` (md5 over all the rest), `area`, `dataset`, `model_name`,
        `data_fingerprint`, `n_rows`, and `params` and `library_versions` as JSON text with
        sorted keys.
    """
    run = {
        "area": area,
        "dataset": dataset,
        "model_name": model_name,
        "data_fingerprint": data_fingerprint(frame),
        "n_rows": len(frame),
        "params": json.dumps(params, sort_keys=True),
        "library_versions": json.dumps(library_versions(libraries), sort_keys=True),
    }
    identity = json.dumps({**run, "code_version": code_version()}, sort_keys=True)
    return {"model_run_id": _md5(identity), **run}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
