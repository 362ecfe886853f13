with fits as (
    select * from {{ ref('fit_segments') }}
),

features as (
    select * from {{ ref('segmentation_features') }}
),

components as (
    select
        dataset,
        {{ fields_of('components') }}
    from fits
)

select
    components.dataset,
    components.component,
    features.feature,
    {{ element('components.loadings', 'features.position') }} as loading,
    components.explained_variance
from components
inner join features using (dataset)
order by components.dataset, components.component, features.position
