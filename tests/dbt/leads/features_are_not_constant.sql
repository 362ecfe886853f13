-- A warning: a feature with one value in all training leads cannot help, and most often a column was lost on the way.
{{ config(enabled=source_enabled('leads'), severity='warn', tags=['leads']) }}

select feature_values.feature
from {{ ref('lead_feature_values') }} as feature_values
inner join {{ ref('lead_features') }} as features using (lead_id)
where features.split = 'train'
group by feature_values.feature
having count(distinct coalesce(feature_values.feature_value, 'missing')) = 1
