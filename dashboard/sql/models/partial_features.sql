-- Features of which it is known how the mean probability follows them, the most important first.
select
    partial.feature,
    bool_and(partial.feature_number is not null) as is_number
from propensity.propensity_partial_dependence as partial
left join propensity.propensity_model_candidates as candidates on partial.dataset = candidates.dataset and candidates.is_champion
left join propensity.propensity_feature_importance as importance
    on
        candidates.dataset = importance.dataset
        and candidates.model_family = importance.model_family
        and partial.feature = importance.feature
where partial.dataset = $dataset
group by partial.feature
order by min(importance.rank) nulls last, partial.feature
