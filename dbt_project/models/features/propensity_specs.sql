{{ config(materialized='view') }}

-- What the YAML of each features model declares, as rows that SQL and Python read.
with declared as (
    select
        unnest(from_json({{ literal(propensity_declarations()) }}::json, '[{
            "dataset": "varchar",
            "outcome": "varchar",
            "key": "varchar",
            "label": "varchar",
            "raw_label": "varchar",
            "numeric": ["varchar"],
            "flags": ["varchar"],
            "log_features": ["varchar"],
            "categorical": ["varchar"],
            "slices": ["varchar"],
            "topics": [{"topic": "varchar", "features": ["varchar"]}],
            "period": "varchar",
            "is_required": "boolean",
            "holdout_share": "double",
            "threshold_policy": "varchar",
            "min_recall": "double",
            "capacity": "bigint",
            "cost_of_missed": "double",
            "cost_of_call": "double",
            "hot_probability": "double"
        }]'), recursive := true)
)

select
    dataset,
    outcome,
    key,
    regexp_replace(key, '_id$', '') || 's' as entities,
    label,
    coalesce(raw_label, label) as raw_label,
    coalesce(numeric, []) as numeric,
    coalesce(flags, []) as flags,
    coalesce(log_features, []) as log_features,
    coalesce(categorical, []) as categorical,
    coalesce(slices, []) as slices,
    coalesce(topics, []) as topics,
    -- Rows of periods are scored as of tonight, judged on the last period and fitted on the one before it.
    case when period is null then 0 else 1 end as judged_period,
    case when period is null then 0 else 2 end as training_period,
    coalesce(is_required, true) as is_required,
    coalesce(holdout_share, {{ var('propensity_holdout_share') }})::double as holdout_share,
    coalesce(threshold_policy, '{{ var('propensity_threshold_policy') }}') as threshold_policy,
    coalesce(min_recall, {{ var('propensity_min_recall') }})::double as min_recall,
    coalesce(capacity, {{ var('propensity_capacity') }})::bigint as capacity,
    coalesce(cost_of_missed, {{ var('propensity_cost_of_missed') }})::double as cost_of_missed,
    coalesce(cost_of_call, {{ var('propensity_cost_of_call') }})::double as cost_of_call,
    coalesce(hot_probability, {{ var('propensity_hot_probability') }})::double as hot_probability
from declared
