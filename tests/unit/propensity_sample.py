import numpy as np
import pandas as pd

from models_py.propensity.spec import PropensitySpec

NUMBERS = ("age", "website_visits", "time_spent_on_website", "page_views_per_visit")
FLAGS = (
    "has_seen_print_media_type1",
    "has_seen_print_media_type2",
    "has_seen_digital_media",
    "has_heard_from_educational_channels",
    "has_referral",
)
LEADS = PropensitySpec(
    dataset="leads",
    entities="leads",
    raw_label="status",
    numeric=(*NUMBERS, *FLAGS),
    flags=FLAGS,
    categorical=("current_occupation", "first_interaction", "profile_completed", "last_activity"),
)


def make_leads() -> pd.DataFrame:
    """400 leads whose conversion depends on time, channel and profile, and 20 without outcome."""
    random = np.random.default_rng(3)
    n = 420
    frame = pd.DataFrame(
        {
            "entity_id": [f"lead-{number:03}" for number in range(n)],
            "periods_ago": 0,
            "fold_group": [f"lead-{number:03}" for number in range(n)],
            "age": random.integers(18, 65, n),
            "website_visits": random.poisson(3, n),
            "time_spent_on_website": random.integers(0, 2500, n),
            "page_views_per_visit": random.gamma(2, 1.5, n).round(3),
            "current_occupation": random.choice(["Professional", "Student", "Unemployed"], n),
            "first_interaction": random.choice(["Website", "Mobile App"], n),
            "profile_completed": random.choice(["High", "Medium", "Low"], n),
            "last_activity": random.choice(["Email Activity", "Phone Activity"], n),
            **{flag: random.random(n) < 0.2 for flag in FLAGS},
        }
    )
    log_odds = (
        frame["time_spent_on_website"] / 700
        + 2 * (frame["first_interaction"] == "Website")
        + (frame["profile_completed"] == "High")
        - 4
    )
    frame["has_outcome"] = random.random(n) < 1 / (1 + np.exp(-log_odds))
    nullable = {"age": "Int64", "has_outcome": "boolean", "has_referral": "boolean"}
    frame = frame.astype(nullable)
    frame["split"] = ["train"] * 300 + ["holdout"] * 100 + ["new"] * 20
    frame.loc[frame["split"] == "new", "has_outcome"] = pd.NA
    frame.loc[400, "current_occupation"] = "Astronaut"  # unseen
    frame.loc[401, "current_occupation"] = None
    frame.loc[401, ["age", "has_referral"]] = pd.NA
    frame.loc[402, "page_views_per_visit"] = np.nan
    return frame
