{{ config(materialized='view') }}

-- The segments that lists of products are made for: today's to serve; to judge, those at the beginning of the month in which
-- the judged days begin, so that nothing is known of these.
with folds as (
    select * from {{ ref('recommendation_folds') }}
),

assignments as (
    select * from {{ ref('segment_assignments') }}
),

earlier_assignments as (
    select * from {{ ref('segment_assignments_over_time') }}
)

select
    folds.dataset,
    folds.fold,
    assignments.customer_id as user_id,
    assignments.segment_id
from folds
inner join assignments using (dataset)
where folds.part = 'serving'

union all

select
    folds.dataset,
    folds.fold,
    earlier.customer_id as user_id,
    earlier.segment_id
from folds
inner join earlier_assignments as earlier
    on
        folds.dataset = earlier.dataset
        and date_trunc('month', folds.starts_on) = earlier.as_of_date
where folds.part != 'serving'
