{{ config(schema='models') }}

-- Of the training part; of rows of periods those of tonight, with which they are compared.
with feature_values as (
    select * from {{ ref('propensity_feature_values') }}
),

rows as (
    select rows.*
    from {{ ref('propensity_rows') }} as rows
    inner join {{ ref('propensity_specs') }} as specs using (dataset)
    where rows.periods_ago = 0 and (rows.split = 'train' or specs.training_period > 0)
),

numeric_features as (
    select * from {{ ref('propensity_spec_features') }}
    where kind = 'number'
)

select
    feature_values.dataset,
    feature_values.feature,
    quantile_disc(feature_values.number_value, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) as deciles
from feature_values
inner join rows using (dataset, entity_id, periods_ago)
inner join numeric_features using (dataset, feature)
where feature_values.number_value is not null
group by feature_values.dataset, feature_values.feature
