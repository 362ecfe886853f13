-- What moves scores at all? How far the champion's ROC AUC falls when a feature is shuffled.
select
    importance.dataset,
    importance.rank,
    importance.feature,
    round(importance.importance, 4) as fall_of_roc_auc,
    round(importance.importance_std, 4) as standard_deviation
from propensity.propensity_feature_importance as importance
inner join propensity.propensity_model_candidates as candidates using (dataset, model_family)
where candidates.is_champion and importance.rank <= 6
order by importance.dataset, importance.rank
