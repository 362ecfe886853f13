"""What each page and the report say first: which generation this is, and how last night went."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd

from dashboard.published import NothingToShowError, Published
from dashboard.words import counted

# A night and half a day: from then on a build has failed or did not run.
OLD = timedelta(hours=36)


def status(
    published: Published, rows: Callable[..., pd.DataFrame] = Published.frame
) -> tuple[str, list[str]]:
    """Return when this was built from which generation, and what needs a look.

    Raises
    ------
    NothingToShowError
        If the file holds no generation that this code knows.
    """
    try:
        generation = rows(published, "status/generation").iloc[0]
        problems = rows(published, "status/health")["problem"].tolist()
    except NothingToShowError as reason:
        raise NothingToShowError(
            "The published file is of an older version, or no file of this warehouse: the next"
            " `make build` brings it up to date."
        ) from reason
    if pd.isna(generation["built_at"]):
        raise NothingToShowError("The published file holds no generation yet: run `make build`.")
    age = datetime.now(UTC) - generation["built_at"].tz_localize(UTC)
    if age > OLD:
        days = counted(round(age / timedelta(days=1)), "day")
        problems.insert(0, f"this is {days} old: a nightly build failed or did not run")
    return generation["said"], problems
