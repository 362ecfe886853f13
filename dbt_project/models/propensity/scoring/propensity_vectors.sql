{{ config(materialized='view') }}

-- Each input as the encoded vector of each family that scores it: all of them a row as it is, the champion those of the grid.
with inputs as (
    select * from {{ ref('propensity_inputs') }}
),

encodings as (
    select * from {{ ref('propensity_encodings') }}
),

spec_features as (
    select * from {{ ref('propensity_spec_features') }}
),

models as (
    select * from {{ ref('propensity_models') }}
),

encoders as (
    select
        models.dataset,
        models.model_family,
        models.model_number,
        models.is_champion,
        models.is_single_precision,
        {{ ordered_list(
            struct_of({
                'position': 'spec_features.position',
                'category': 'encodings.category',
                'impute_value': 'encodings.impute_value',
                'is_log': 'coalesce(encodings.is_log, false)',
                'mean': 'encodings.mean',
                'scale': 'encodings.scale'
            }),
            'encodings.position'
        ) }} as elements,
        {{ ordered_list('coalesce(encodings.coefficient, 0)', 'encodings.position') }} as coefficients,
        count(encodings.coefficient) > 0 as is_linear
    from encodings
    inner join models using (dataset, model_family)
    left join spec_features using (dataset, feature)
    group by models.dataset, models.model_family, models.model_number, models.is_champion, models.is_single_precision
),

encoded as (
    select /*+ broadcast(encoders) */
        inputs.input_id,
        encoders.*,
        {{ encoded_vector('encoders.elements', 'inputs.numbers', 'inputs.categories') }} as vector
    from inputs
    inner join encoders on inputs.dataset = encoders.dataset and (inputs.grid_feature is null or encoders.is_champion)
)

-- Without the hint, Spark computes a vector again for every tree that it is joined with; it also shares the rows out evenly.
select /*+ repartition */
    input_id,
    dataset,
    model_family,
    model_number,
    case when is_single_precision then vector::{{ engine_type('float[]') }}::{{ engine_type('double[]') }} else vector end as vector,
    case when is_linear then {{ dot_product('vector', 'coefficients') }} else 0 end as linear_score
from encoded
