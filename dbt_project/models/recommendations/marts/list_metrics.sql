{% set has_segments = datasets_of('segmentation') | select('in', datasets_of('recommendations')) | list %}
-- Every figure with its 95 % interval over users, and how much better the list is that is served, user by user.
with cases as (
    select
        dataset,
        'buy_again' as list_name,
        method,
        user_id,
        null::bigint as relevant,
        places
    from {{ ref('buy_again_hits') }}
    {% if has_segments %}
    union all

    select
        dataset,
        'segment_products' as list_name,
        method,
        user_id,
        relevant,
        places
    from {{ ref('segment_list_hits') }}
    {% endif %}
),

-- The gain of each place, and of an ideal list of that length.
gains as (
    select
        place,
        1 / log2(place + 1) as gain,
        sum(1 / log2(place + 1)) over (order by place) as ideal_gain
    from unnest(range(1, {{ ranking_depth() }} + 1)) as places (place)
),

depths as (
    select unnest({{ var('recommender_ranking_depths') }}) as k
),

hits as (
    select
        dataset,
        list_name,
        method,
        user_id,
        unnest(places) as place
    from cases
),

found as (
    select
        hits.dataset,
        hits.list_name,
        hits.method,
        hits.user_id,
        depths.k,
        count(*) as hits,
        sum(gains.gain) as gain
    from hits
    inner join gains using (place)
    inner join depths on hits.place <= depths.k
    group by hits.dataset, hits.list_name, hits.method, hits.user_id, depths.k
),

figures as (
    select
        cases.dataset,
        cases.list_name,
        cases.method,
        cases.user_id,
        depths.k,
        unnest(['hit_rate', 'precision', 'ndcg']) as metric,
        unnest([
            (found.hits is not null)::integer,
            coalesce(found.hits, 0) / depths.k,
            case when ideal.ideal_gain is not null then coalesce(found.gain, 0) / ideal.ideal_gain end
        ]) as figure
    from cases
    cross join depths
    left join found using (dataset, list_name, method, user_id, k)
    left join gains as ideal
        on
            cases.relevant is not null
            and least(cases.relevant, depths.k) = ideal.place
),

-- The list that is served is the method of its name.
served as (
    select * from figures
    where method = list_name
),

compared as (
    select
        figures.*,
        served.figure - figures.figure as difference
    from figures
    inner join served using (dataset, list_name, user_id, k, metric)
    where figures.figure is not null
),

-- Half of a 95 % interval of a mean over users is taken as normal, and is 0 for a single one.
means as (
    select
        dataset,
        list_name,
        method,
        metric,
        k,
        count(*) as users,
        {{ exact_avg('figure') }} as value,
        coalesce(1.96 * stddev_samp(figure order by user_id) / sqrt(count(*)), 0) as half_width,
        {{ exact_avg('difference') }} as difference,
        coalesce(1.96 * stddev_samp(difference order by user_id) / sqrt(count(*)), 0) as difference_half_width
    from compared
    group by dataset, list_name, method, metric, k
)

select
    dataset,
    list_name,
    method,
    'holdout' as evaluated_on,
    metric,
    k::integer as k,
    users,
    {{ rounded('value') }} as value,
    {{ rounded('value - half_width') }} as ci_low,
    {{ rounded('value + half_width') }} as ci_high,
    {{ rounded('difference') }} as served_is_better_by,
    {{ rounded('difference - difference_half_width') }} as better_by_low,
    {{ rounded('difference + difference_half_width') }} as better_by_high,
    method = list_name as is_served
from means
order by all
