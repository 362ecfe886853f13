{% set shrinkage = var('segment_products_shrinkage') %}
-- Products for each segment, to serve and to judge: what everybody bought lately, relative to its past, and the segment more
-- than others. How late it is comes from everybody, for a segment of customers who stay away buys nothing lately. Beside
-- them, to be judged only, what sells best.
with histories as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history' and fold in ('holdout', 'serving')
),

segments as (
    select * from {{ ref('fold_segments') }}
),

products as (
    select * from {{ ref('kept_products') }}
    where not is_excluded
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

popularity as (
    select
        histories.dataset,
        histories.fold,
        histories.product_id,
        count(*) as buyers,
        count(*) filter (where specs.recent_days is null or histories.age_in_days <= specs.recent_days) as recent_buyers,
        any_value(specs.active_days) is null or min(histories.age_in_days) <= any_value(specs.active_days) as is_active
    from histories
    inner join specs using (dataset)
    group by histories.dataset, histories.fold, histories.product_id
),

totals as (
    select
        dataset,
        fold,
        sum(buyers) as purchases
    from popularity
    group by dataset, fold
),

bought as (
    select
        segments.dataset,
        segments.fold,
        segments.segment_id,
        histories.product_id,
        count(*) as buyers
    from segments
    inner join histories using (dataset, fold, user_id)
    group by segments.dataset, segments.fold, segments.segment_id, histories.product_id
),

segment_totals as (
    select
        dataset,
        fold,
        segment_id,
        sum(buyers) as purchases
    from bought
    group by dataset, fold, segment_id
),

-- As if the segment had so many buyers more, and as many more were expected.
lifted as (
    select
        segment_totals.dataset,
        segment_totals.fold,
        segment_totals.segment_id,
        popularity.product_id,
        popularity.buyers as all_buyers,
        popularity.recent_buyers,
        popularity.is_active,
        coalesce(bought.buyers, 0) as buyers,
        {{ rounded(
            "(coalesce(bought.buyers, 0) + " ~ shrinkage ~ ")"
            " / (segment_totals.purchases * popularity.buyers / totals.purchases + " ~ shrinkage ~ ")"
        ) }} as lift
    from segment_totals
    inner join totals using (dataset, fold)
    inner join popularity using (dataset, fold)
    semi join products
        on
            popularity.dataset = products.dataset
            and popularity.product_id = products.product_id
    left join bought
        on
            segment_totals.dataset = bought.dataset
            and segment_totals.fold = bought.fold
            and segment_totals.segment_id = bought.segment_id
            and popularity.product_id = bought.product_id
),

scored as (
    select
        *,
        unnest(['segment_products', 'popular_overall', 'popular_lately']) as method,
        unnest([
            case
                when
                    is_active
                    and buyers >= {{ var('segment_products_min_buyers') }}
                    and lift >= {{ var('segment_products_min_lift') }}
                    then
                        recent_buyers
                        / all_buyers ** {{ var('segment_products_popularity_penalty') }}
                        * lift ** {{ var('segment_products_lift_power') }}
                else 0
            end,
            all_buyers,
            recent_buyers
        ]::double[]) as score
    from lifted
)

select
    dataset,
    fold,
    method,
    segment_id,
    product_id,
    buyers,
    recent_buyers,
    lift,
    {{ rounded('score') }} as score,
    row_number() over (
        partition by dataset, fold, method, segment_id
        order by {{ rounded('score') }} desc, all_buyers desc, product_id asc
    ) as rank
from scored
where score > 0 and (fold != 'serving' or method = 'segment_products')
qualify rank <= {{ var('products_per_segment') }}
