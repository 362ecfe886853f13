"""What is asked of a data set and from which features, as its YAML declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class PropensitySpec:
    """The question of one data set and the features that answer it.

    Attributes
    ----------
    dataset : str
        Name of the data set, for instance 'leads'.
    entities : str
        What its rows are, in the plural, for instance 'leads'.
    raw_label : str
        Name of the label in the raw file, for messages.
    numeric : tuple of str
        Numeric features in the order of the matrix; flags are 0 and 1.
    flags : tuple of str
        Those of `numeric` that are booleans.
    log_features : tuple of str
        Those of `numeric` of which a linear model takes the logarithm.
    categorical : tuple of str
        Categorical features; they follow the numeric ones in the matrix.
    judged_period : int
        1 where the rows are of periods: fitted on one, judged on the next, scored as of tonight.
        0 where they are not.
    is_required : bool
        Whether the build stops where no model can be fitted and none is stored.
    """

    dataset: str
    entities: str
    raw_label: str
    numeric: tuple[str, ...]
    flags: tuple[str, ...]
    categorical: tuple[str, ...]
    log_features: tuple[str, ...] = ()
    judged_period: int = 0
    is_required: bool = True

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> PropensitySpec:
        """Return the spec of a row of `propensity_specs`; other columns are left out."""
        values = {field.name: row[field.name] for field in fields(cls)}
        names = ("numeric", "flags", "log_features", "categorical")
        lists = {name: tuple(values[name]) for name in names}
        return cls(**{**values, **lists, "is_required": bool(values["is_required"])})

    @property
    def features(self) -> tuple[str, ...]:
        """All features in the order of the matrix."""
        return (*self.numeric, *self.categorical)
