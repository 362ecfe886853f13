"""What each page and the report say first: which generation this is, and how last night went."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd

from dashboard.published import NothingToShowError, Published
from dashboard.words import counted, plain

# A night and half a day: from then on a build has failed or did not run.
OLD = timedelta(hours=36)


def healths(published: Published, rows: Callable[..., pd.DataFrame] = Published.frame) -> tuple:
    """Say when this was built and what needs a look.

    Parameters
    ----------
    published : Published
        What is read.
    rows : callable
        What asks a query of it.

    Returns
    -------
    built : str
        When, from which generation, and what is carried over.
    problems : list of str
        Empty where last night was healthy.

    Raises
    ------
    NothingToShowError
        If the file holds no generation that this code knows.
    """
    try:
        generation = rows(published, "status/generation").iloc[0]
        found = [_sentence(problem) for problem in rows(published, "status/health").itertuples()]
    except NothingToShowError as reason:
        raise NothingToShowError(
            "The published file is of an older version, or no file of this warehouse: the next"
            " `make build` brings it up to date."
        ) from reason
    if pd.isna(generation["built_at"]):
        raise NothingToShowError("The published file holds no generation yet: run `make build`.")
    built_at = generation["built_at"].to_pydatetime().replace(tzinfo=UTC)
    built = f"Built {built_at:%Y-%m-%d %H:%M} UTC, generation {generation['generation_id']}."
    if generation["carried_over_sources"]:
        built += f" As last published: {plain(generation['carried_over_sources'])}."
    age = datetime.now(UTC) - built_at
    if age > OLD:
        days = counted(round(age / timedelta(days=1)), "day")
        found.insert(0, f"this is {days} old: a nightly build failed or did not run")
    return built, found


def _sentence(problem) -> str:
    subject, detail = plain(problem.subject), plain(problem.detail, 200)
    return {
        "drift": f"{counted(problem.how_many, 'feature')} of {subject} drifted ({detail})",
        "volume": f"{subject} has {detail} against the night before",
        "fit": f"no new model for {subject} ({detail})",
    }[problem.kind]
