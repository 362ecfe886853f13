-- Is the analyst's rule good enough? The rule as it is against the champion with the same number of calls, on the holdout.
with scores as (
    select
        *,
        probability = max(probability) over (partition by dataset, model_family) as meets_rule,
        row_number() over (partition by dataset, model_family order by raw_score desc, entity_id asc) as place
    from propensity.propensity_evaluation_scores
    where evaluated_on = 'holdout'
),

rules as (
    select
        dataset,
        count_if(is_converted) as all_customers,
        count_if(meets_rule) as calls,
        count_if(meets_rule and is_converted) as customers_by_rule
    from scores
    where model_family = 'analyst_rule'
    group by dataset
),

champions as (
    select
        scores.dataset,
        count_if(scores.is_converted) as customers_by_champion
    from scores
    inner join rules on scores.dataset = rules.dataset and scores.place <= rules.calls
    semi join propensity.propensity_model_candidates as candidates
        on scores.dataset = candidates.dataset and scores.model_family = candidates.model_family and candidates.is_champion
    group by scores.dataset
)

select
    dataset,
    rules.calls,
    rules.customers_by_rule,
    champions.customers_by_champion,
    round(rules.customers_by_rule / rules.calls, 3) as precision_of_rule,
    round(champions.customers_by_champion / rules.calls, 3) as precision_of_champion,
    round(rules.customers_by_rule / rules.all_customers, 3) as recall_of_rule,
    round(champions.customers_by_champion / rules.all_customers, 3) as recall_of_champion
from rules
inner join champions using (dataset)
order by dataset
