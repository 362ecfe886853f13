-- As published: the fits that serve, and those of data sets that are switched off.
with fits as (
    select * from {{ ref('fit_segments') }}
),

stored as (
    select * from {{ source('previous_models', 'segmentation_fits') }}
)

select * from fits

union all by name

select stored.*
from stored
anti join fits using (dataset)
