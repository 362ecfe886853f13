-- A warning: a feature with one value in all training rows cannot help, and most often a column was lost on the way.
{{ config(enabled=area_enabled('propensity'), severity='warn') }}

select
    feature_values.dataset,
    feature_values.feature
from {{ ref('propensity_feature_values') }} as feature_values
inner join {{ ref('propensity_rows') }} as rows using (dataset, entity_id, periods_ago)
where rows.split = 'train'
group by feature_values.dataset, feature_values.feature
having count(distinct coalesce(feature_values.feature_value, 'missing')) = 1
