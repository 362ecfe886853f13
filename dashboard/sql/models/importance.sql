-- finding: "What moves scores most: {feature}"
-- reading: How much ROC AUC is lost on the holdout when the feature is shuffled.
-- nothing: No feature matters by itself.
-- chart: bars
-- name: feature
-- value: importance
-- unit: loss of ROC AUC
-- form: .3f
select
    replace(importance.feature, '_', ' ') as feature,
    importance.importance,
    importance.rank
from propensity.propensity_feature_importance as importance
inner join propensity.propensity_model_candidates as candidates using (dataset, model_family)
where importance.dataset = $dataset and candidates.is_champion and importance.importance >= .0005
order by importance.rank
limit 12
