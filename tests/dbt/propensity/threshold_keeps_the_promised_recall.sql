-- Promised out of fold only, where the policy of the data set is recall, and not of a rule of thumb, which has no threshold to choose.
{{ config(enabled=area_enabled('propensity')) }}

select metrics.*
from {{ ref('propensity_model_metrics') }} as metrics
inner join {{ ref('propensity_specs') }} as specs using (dataset)
where
    specs.threshold_policy = 'recall'
    and metrics.model_family != 'analyst_rule'
    and metrics.evaluated_on = 'out_of_fold'
    and metrics.metric = 'recall'
    and metrics.value < specs.min_recall
