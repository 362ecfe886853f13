-- In which of tonight's segments a customer was on earlier days, where a data set has its features of those days. One that
-- has no such column for a feature that is clustered has no rows.
with feature_values as (
    {%- for dataset in datasets_over_time() %}
    {%- set model = model_read_by('over_time', dataset, none) %}
    select
        '{{ dataset }}' as dataset,
        customer_id,
        as_of_date,
        {{ fields_of(feature_numbers(model)) }}
    from {{ ref(model) }}
    union all
    {%- endfor %}
    select
        null::string as dataset,
        null::string as customer_id,
        null::date as as_of_date,
        null::string as feature,
        null::double as number_value
    where false
),

models as (
    select
        dataset,
        features,
        centroids
    from {{ ref('fit_segments') }}
),

features as (
    select
        dataset,
        {{ fields_of('features') }}
    from models
),

scaled as (
    select
        feature_values.dataset,
        feature_values.customer_id,
        feature_values.as_of_date,
        features.position,
        {{ scaled_value('feature_values.number_value', 'features') }} as scaled_value
    from feature_values
    inner join features using (dataset, feature)
),

vectors as (
    select
        dataset,
        customer_id,
        as_of_date,
        {{ scaled_vector('scaled_value', 'position') }} as vector
    from scaled
    group by dataset, customer_id, as_of_date
)

select
    vectors.dataset,
    vectors.customer_id,
    vectors.as_of_date,
    {{ element(nearest_centroids('vectors.vector', 'models.centroids'), 1) }}.segment_id as segment_id
from vectors
inner join models
    on
        vectors.dataset = models.dataset
        and {{ length_of('vectors.vector') }} = {{ length_of('models.features') }}
