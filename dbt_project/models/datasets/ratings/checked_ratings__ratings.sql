{{ config(post_hook=["{{ warn_if_ratings_look_filtered(this) }}", "{{ warn_if_ratings_leave_their_scale(this) }}"]) }}

with typed as materialized (
    {{ typed_rows('ratings', source('ratings', 'ratings_Electronics')) }}
),

judged as (
    {{ judged_rows('typed', key=['user_id', 'product_id'], latest='rated_at') }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
