import numpy as np
import pandas as pd
import pytest
from propensity_sample import LEADS, make_leads
from sklearn.feature_selection import f_classif

from models_py.propensity.families import (
    FAMILIES,
    IMBALANCES,
    as_matrix,
    build_pipeline,
    category_levels,
    export_encoder,
    raw_scores,
)

QUICK = {
    "logistic_regression": {"n_columns": 8},
    "random_forest": {"n_estimators": 5, "max_depth": 4},
    "gradient_boosting": {"max_iter": 5},
}


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return make_leads()


@pytest.fixture(scope="module")
def trained(leads):
    train = leads[leads["split"] == "train"]
    levels = category_levels(train, LEADS)
    return as_matrix(train, LEADS, levels), train["has_outcome"].astype(int).to_numpy(), levels


def test_null_and_unseen_categories_have_no_code(leads, trained):
    matrix = as_matrix(leads, LEADS, trained[2])
    occupation = LEADS.features.index("current_occupation")
    assert matrix[400, occupation] == matrix[401, occupation] == -1
    assert set(matrix[:400, occupation]) == {0, 1, 2}
    assert np.isnan(
        matrix[401, [LEADS.features.index("age"), LEADS.features.index("has_referral")]]
    ).all()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("imbalance", IMBALANCES)
def test_encoder_rows_encode_as_the_pipeline_does(leads, trained, family, imbalance):
    matrix, converted, levels = trained
    pipeline = build_pipeline(family, QUICK.get(family, {}), LEADS, levels, imbalance)
    pipeline.fit(matrix, converted)
    encoder = export_encoder(pipeline, LEADS, levels)
    assert [row["position"] for row in encoder] == list(range(1, len(encoder) + 1))

    def element(lead, row):
        value = lead[row["feature"]]
        missing = value is None or value != value
        if row["category"] is not None:
            number = float(not missing and value == row["category"])
        elif missing:
            number = row["impute_value"]
        else:
            number = float(value)
        return (number - row["mean"]) / row["scale"]

    few = leads.iloc[395:410]
    ours = [[element(lead, row) for row in encoder] for lead in few.to_dict("records")]
    transformers = [step for name, step in pipeline.steps[:-1] if name != "smote"]
    expected = as_matrix(few, LEADS, levels)
    for transformer in transformers:
        expected = transformer.transform(expected)
    np.testing.assert_allclose(np.array(ours), expected.astype(float), atol=1e-12)


def test_the_columns_with_the_largest_f_statistic_are_kept(trained):
    matrix, converted, levels = trained
    every = build_pipeline("decision_tree", {}, LEADS, levels).fit(matrix, converted)
    three = build_pipeline("decision_tree", {"n_columns": 3}, LEADS, levels).fit(matrix, converted)
    encoded = every[:-1].transform(matrix)
    strongest = np.sort(np.argsort(f_classif(encoded, converted)[0])[-3:])
    columns = export_encoder(every, LEADS, levels)
    expected = [(columns[index]["feature"], columns[index]["category"]) for index in strongest]
    kept = export_encoder(three, LEADS, levels)
    assert [(row["feature"], row["category"]) for row in kept] == expected
    assert [row["position"] for row in kept] == [1, 2, 3]


def test_raw_scores_are_log_odds_or_shares(trained):
    matrix, converted, levels = trained
    boosting = build_pipeline("gradient_boosting", {"max_iter": 5}, LEADS, levels).fit(
        matrix, converted
    )
    probability = boosting.predict_proba(matrix)[:, 1]
    log_odds = np.log(probability / (1 - probability))
    np.testing.assert_allclose(raw_scores(boosting, matrix), log_odds)
    tree = build_pipeline("decision_tree", {"max_depth": 3}, LEADS, levels).fit(matrix, converted)
    np.testing.assert_array_equal(raw_scores(tree, matrix), tree.predict_proba(matrix)[:, 1])


def test_smote_resamples_training_rows_only(trained):
    matrix, converted, levels = trained
    pipeline = build_pipeline("decision_tree", {"max_depth": 3}, LEADS, levels, "smote")
    pipeline.fit(matrix, converted)
    root_share = pipeline[-1].tree_.value[0, 0, 1]
    assert root_share == pytest.approx(0.5)
    assert converted.mean() != pytest.approx(0.5, abs=0.02)
    assert len(pipeline.predict(matrix)) == len(matrix)


def test_every_known_category_has_a_column(leads, trained):
    matrix, converted, levels = trained
    pipeline = build_pipeline("logistic_regression", {}, LEADS, levels).fit(matrix, converted)
    encoder = export_encoder(pipeline, LEADS, levels)
    named = {(row["feature"], row["category"]) for row in encoder if row["category"]}
    train = leads[leads["split"] == "train"]
    assert named == {(name, value) for name in LEADS.categorical for value in train[name].unique()}
