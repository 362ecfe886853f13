"""What each page says first: when this was built, from what, and whether last night was healthy."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from dashboard.published import NothingToShowError, Published
from dashboard.view import rows
from dashboard.words import counted, plain

# A night and half a day: from then on a build has failed or did not run.
OLD = timedelta(hours=36)


def show(published: Published) -> None:
    """Say which generation this is and how last night was.

    Raises
    ------
    NothingToShowError
        If the file holds no generation that these pages know.
    """
    try:
        generation = rows(published, "status/generation").iloc[0]
    except NothingToShowError as reason:
        raise NothingToShowError(
            "The published file is of an older version, or no file of this warehouse: the next"
            " `make build` brings it up to date."
        ) from reason
    if pd.isna(generation["built_at"]):
        raise NothingToShowError("The published file holds no generation yet: run `make build`.")
    built_at = generation["built_at"].to_pydatetime().replace(tzinfo=UTC)
    said = [f"Built {built_at:%Y-%m-%d %H:%M} UTC, generation {generation['generation_id']}."]
    if generation["carried_over_sources"]:
        said.append(f"As last published: {plain(generation['carried_over_sources'])}.")
    problems = rows(published, "status/health")
    if problems.empty:
        said.append("Last night was healthy.")
    st.caption(" ".join(said))
    if datetime.now(UTC) - built_at > OLD:
        days = round((datetime.now(UTC) - built_at) / timedelta(days=1))
        st.warning(f"This is {counted(days, 'day')} old: a nightly build failed or did not run.")
    if not problems.empty:
        st.warning("Last night needs a look: " + "; ".join(map(sentence, problems.itertuples())))


def sentence(problem) -> str:
    """Return a row of `status/health` in words."""
    subject, detail = plain(problem.subject), plain(problem.detail, 200)
    return {
        "drift": f"{counted(problem.how_many, 'feature')} of {subject} drifted ({detail})",
        "volume": f"{subject} has {detail} against the night before",
        "fit": f"no new model for {subject} ({detail})",
    }[problem.kind]
