"""EdTech leads: three in ten convert, for entangled reasons; the latest are open."""

import numpy as np
import pandas as pd

N_LEADS = 4612
FIRST_ID = 5001
N_TWINS = 5  # rows equal to another apart from ID, beside those that are so by chance
N_SILENT = 174  # leads without a visit and without time on the site
SHARE_OPEN = 0.08  # the latest leads, of whom nobody knows yet whether they convert

# occupation: share, age from, age to, share of ages drawn near the upper end
OCCUPATIONS = {
    "Professional": (0.567, 25, 60, 0.6),
    "Student": (0.120, 18, 25, 0.0),
    "Unemployed": (0.313, 32, 63, 0.6),
}
FIRST_INTERACTIONS = {"Mobile App": 0.449, "Website": 0.551}
PROFILES = {"High": 0.491, "Low": 0.023, "Medium": 0.486}
LAST_ACTIVITIES = {"Email Activity": 0.494, "Phone Activity": 0.268, "Website Activity": 0.238}
FLAGS = {
    "print_media_type1": 0.108,
    "print_media_type2": 0.051,
    "digital_media": 0.114,
    "educational_channels": 0.153,
    "referral": 0.020,
}
SHARE_ENGAGED = 0.46
ENGAGED_SECONDS = 400
MAX_SECONDS = 2537

# Log-odds of conversion by way of first contact, completeness of profile and whether the lead
# stayed on the site: what staying is worth depends on the other two.
LOG_ODDS = {
    ("Website", "High"): (1.2, 3.5),
    ("Website", "Medium"): (-4.5, 1.8),
    ("Website", "Low"): (-4.0, -4.0),
    ("Mobile App", "High"): (-6.0, -1.3),
    ("Mobile App", "Medium"): (-6.0, -1.5),
    ("Mobile App", "Low"): (-6.0, -6.0),
}
REFERRAL = 2.5
STUDENT_BY_PHONE = -4.0
STUDENT_OTHERWISE = -2.0
WEBSITE_THEN_PHONE = -2.0
APP_THEN_WEBSITE = 2.2
UNEMPLOYED_BEFORE_45 = -2.5
FEW_PAGES_A_VISIT = -2.0  # on the website, below one
MANY_VISITS = -1.0  # more than six


def _pick(rng: np.random.Generator, shares: dict[str, float], n: int) -> np.ndarray:
    weights = np.array(list(shares.values()))
    return rng.choice(np.array(list(shares), dtype=object), n, p=weights / weights.sum())


def _ages(rng: np.random.Generator, occupation: np.ndarray) -> np.ndarray:
    _, low, high, near_top = np.array([OCCUPATIONS[name] for name in occupation]).T
    wide = low + rng.random(len(occupation)) * (high - low)
    top = high - np.minimum(rng.gamma(2.0, 2.2, len(occupation)), 12)
    chosen = np.where(rng.random(len(occupation)) < near_top, top, wide)
    return np.clip(np.rint(chosen), low, high).astype(int)


def _page_views(rng: np.random.Generator, n: int) -> np.ndarray:
    usual = rng.lognormal(np.log(2.9), 0.32, n)
    kind = rng.random(n)
    views = np.where(kind < 0.12, rng.random(n) * 0.6, np.where(kind < 0.94, usual, usual * 2.2))
    return np.round(np.minimum(views, 18.434), 3)


def _log_odds(frame: pd.DataFrame) -> np.ndarray:
    engaged = frame["time_spent_on_website"] > ENGAGED_SECONDS
    contact = zip(frame["first_interaction"], frame["profile_completed"], strict=True)
    brief, longer = np.array([LOG_ODDS[key] for key in contact]).T
    student = frame["current_occupation"] == "Student"
    by_phone = frame["last_activity"] == "Phone Activity"
    on_website = frame["first_interaction"] == "Website"
    unemployed = frame["current_occupation"] == "Unemployed"
    effects = (
        (REFERRAL, frame["referral"] == "Yes"),
        (STUDENT_BY_PHONE, student & by_phone),
        (STUDENT_OTHERWISE, student & ~by_phone),
        (WEBSITE_THEN_PHONE, on_website & by_phone & ~student),
        (APP_THEN_WEBSITE, ~on_website & (frame["last_activity"] == "Website Activity")),
        (UNEMPLOYED_BEFORE_45, unemployed & (frame["age"] < 45)),
        (FEW_PAGES_A_VISIT, on_website & (frame["page_views_per_visit"] < 1)),
        (MANY_VISITS, frame["website_visits"] > 6),
    )
    return np.where(engaged, longer, brief) + sum(
        size * holds.to_numpy() for size, holds in effects
    )


def leads(rng: np.random.Generator, n: int = N_LEADS) -> pd.DataFrame:
    """Draw leads, of whom the latest are open: their status is blank.

    Planted: about 30 % convert. The log-odds hang on the way of first contact, the profile and a
    threshold of time on the site jointly (`LOG_ODDS`), and on occupation jointly with channel and
    age, so that boosted trees reach a ROC AUC of about .92 and a linear model clearly less. The
    media flags say nothing.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.
    n : int
        Number of leads; the counts of quirks grow with it.

    Returns
    -------
    pandas.DataFrame
        One row per lead in the columns of the real file; time in seconds, status 1 = converted and
        missing = open.
    """
    occupation = _pick(rng, {name: row[0] for name, row in OCCUPATIONS.items()}, n)
    engaged = rng.random(n) < SHARE_ENGAGED
    brief = 20 + rng.beta(1.3, 1.1, n) * (ENGAGED_SECONDS - 20)
    longer = ENGAGED_SECONDS + rng.beta(0.7, 0.7, n) * (MAX_SECONDS - ENGAGED_SECONDS)
    frame = pd.DataFrame(
        {
            "age": _ages(rng, occupation),
            "current_occupation": occupation,
            "first_interaction": _pick(rng, FIRST_INTERACTIONS, n),
            "profile_completed": _pick(rng, PROFILES, n),
            "website_visits": np.minimum(1 + rng.negative_binomial(1.5, 0.36, n), 30),
            "time_spent_on_website": np.rint(np.where(engaged, longer, brief)).astype(int),
            "page_views_per_visit": _page_views(rng, n),
            "last_activity": _pick(rng, LAST_ACTIVITIES, n),
        }
    )
    for flag, share in FLAGS.items():
        frame[flag] = np.where(rng.random(n) < share, "Yes", "No")

    silent = rng.choice(n, round(N_SILENT * n / N_LEADS), replace=False)
    frame.loc[silent, ["website_visits", "time_spent_on_website", "page_views_per_visit"]] = 0

    frame["status"] = (rng.random(n) < 1 / (1 + np.exp(-_log_odds(frame)))).astype(int)

    twins = round(N_TWINS * n / N_LEADS)
    active = np.setdiff1d(np.arange(n), silent)
    rows = rng.choice(active, 2 * twins, replace=False)
    frame.iloc[rows[:twins]] = frame.iloc[rows[twins:]].to_numpy()

    frame["status"] = frame["status"].astype("Int64")
    frame.loc[n - round(SHARE_OPEN * n) :, "status"] = pd.NA

    # The real file writes 0 and 2.5, not 0.0 and 2.500.
    frame["page_views_per_visit"] = frame["page_views_per_visit"].map("{:g}".format)
    frame.insert(0, "ID", [f"EXT{number:03d}" for number in range(FIRST_ID, FIRST_ID + n)])
    return frame
