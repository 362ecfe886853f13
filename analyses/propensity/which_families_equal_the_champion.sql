-- Which families are as good as the champion? Within two standard errors of the paired folds there is no telling.
select
    dataset,
    model_family,
    round(cv_roc_auc, 4) as cv_roc_auc,
    round(cv_roc_auc_difference, 4) as difference_to_champion,
    round(cv_roc_auc_difference_se, 4) as standard_error,
    coalesce(cv_roc_auc_difference >= -2 * cv_roc_auc_difference_se, false) as is_equal_to_champion
from propensity.propensity_model_candidates
order by dataset asc, cv_roc_auc desc, model_family asc
