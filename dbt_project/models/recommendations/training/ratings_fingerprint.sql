-- One row that identifies the kept ratings, whatever the order of their rows.
with ratings as (
    select * from {{ ref('kept_ratings') }}
)

select
    count(*) as n_rows,
    bit_xor(md5_number(concat_ws('|', user_id, product_id, rating, rated_at, split)))::varchar as content
from ratings
