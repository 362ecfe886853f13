{{ config(schema='models') }}

-- How the rows that each model was fitted on spread; kept with the model until another replaces it.
with outcomes as (
    select
        *,
        outcome in ('first', 'replaced') as is_fitted
    from {{ ref('fit_outcomes') }}
),

previous as (
    select * from {{ ref('previous_feature_baselines') }}
),

present as (
    {%- for dataset in modelled_datasets() %}
    {%- set inputs, outputs = drift_inputs(dataset), drift_outputs(dataset) %}
    select * from ({{ feature_baseline(inputs.fitted_on, inputs.figures, inputs.texts, dataset) }})
    {% if outputs %}
    union all
    select * from ({{ feature_baseline(outputs.relation, outputs.figures, outputs.texts, dataset) }})
    {% endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select present.*
from present
inner join outcomes using (dataset)
where outcomes.is_fitted

union all

select previous.*
from previous
inner join outcomes using (dataset)
where not outcomes.is_fitted
order by dataset, feature, bin
