{% set families = ['logistic_regression', 'decision_tree', 'random_forest', 'gradient_boosting'] %}

with baselines as (
    select * from {{ ref('lead_baseline_scores') }}
)

{% for family in families %}
select
    model_family,
    lead_id,
    raw_score,
    conversion_probability
from ({{ score_leads(ref('lead_features'), family) }}) -- noqa: PRS
union all
{% endfor %}
select
    model_family,
    lead_id,
    probability as raw_score,
    probability as conversion_probability
from baselines
