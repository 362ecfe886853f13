{{ config(materialized='view') }}

-- One row per data set that identifies its kept ratings, whatever the order of their rows.
with ratings as (
    select * from {{ ref('kept_ratings') }}
)

select
    dataset,
    count(*) as n_rows,
    bit_xor(md5_number(concat_ws('|', user_id, product_id, rating, rated_at, split)))::varchar as content
from ratings
group by dataset
