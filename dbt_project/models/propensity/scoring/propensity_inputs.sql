-- What is scored: every row of tonight and of the period that judges as it is, and a sample of tonight's with one important
-- feature replaced by each value of a grid, for the partial dependence.
with feature_values as (
    select
        feature_values.*,
        spec_features.kind,
        spec_features.position
    from {{ ref('propensity_feature_values') }} as feature_values
    inner join {{ ref('propensity_spec_features') }} as spec_features using (dataset, feature)
    where feature_values.periods_ago <= 1
),

champions as (
    select * from {{ ref('propensity_models') }}
    where is_champion
),

importances as (
    {{ unnested(ref('fit_propensity_families'), 'importance') }}
),

important_features as (
    select
        importances.dataset,
        importances.feature
    from importances
    inner join champions using (dataset, model_family)
    qualify row_number() over (
        partition by importances.dataset order by {{ rounded('importances.importance') }} desc, importances.feature asc
    ) <= {{ var('propensity_partial_dependence_features') }}
),

listed as (
    select
        dataset,
        entity_id,
        periods_ago,
        {{ ordered_list('number_value', 'position', "kind != 'category'") }} as numbers,
        {{ ordered_list('text_value', 'position', "kind = 'category'") }} as categories
    from feature_values
    group by dataset, entity_id, periods_ago
),

important_values as (
    select feature_values.*
    from feature_values
    inner join important_features using (dataset, feature)
    where feature_values.periods_ago = 0 and feature_values.feature_value is not null
),

deciles as (
    select
        dataset,
        feature,
        kind,
        position,
        {{ elements_of(deciles('number_value')) }} as number_value
    from important_values
    where kind = 'number'
    group by dataset, feature, kind, position
),

grid as (
    select distinct
        dataset,
        feature,
        kind,
        position,
        {{ double_as_text('number_value') }} as feature_value,
        number_value
    from deciles
    union all
    select distinct
        dataset,
        feature,
        kind,
        position,
        feature_value,
        number_value
    from important_values
    where kind != 'number'
),

sampled as (
    select * from listed
    where periods_ago = 0
    qualify row_number() over (
        partition by dataset order by {{ md5_share("entity_id || ' partial dependence'") }}, entity_id
    ) <= {{ var('propensity_partial_dependence_rows') }}
),

inputs as (
    select
        dataset,
        entity_id,
        periods_ago,
        null as grid_feature,
        null as grid_value,
        numbers,
        categories
    from listed
    union all
    select
        sampled.dataset,
        sampled.entity_id,
        sampled.periods_ago,
        grid.feature as grid_feature,
        grid.feature_value as grid_value,
        case
            when grid.kind = 'category' then sampled.numbers
            else {{ with_element('sampled.numbers', 'grid.position', 'grid.number_value') }}
        end as numbers,
        case
            when grid.kind = 'category' then {{ with_element('sampled.categories', 'grid.position', 'grid.feature_value') }}
            else sampled.categories
        end as categories
    from sampled
    inner join grid using (dataset)
)

select
    {{ any_number() }} as input_id,
    *
from inputs
