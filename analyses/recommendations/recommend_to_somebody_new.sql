-- What would somebody be shown who has the three best sellers, or other products that you name?
-- As the build ranks for whom it hardly knows, before the step for variety. No row where no product goes with them.
with known as (
    -- Others: select 'ecommerce' as dataset, unnest(['22423', '85123A']) as product_id
    select
        dataset,
        product_id
    from recommendations.popular_products
    where rank <= 3
),

algorithms as (
    select
        champions.dataset,
        champions.item_algorithm as algorithm,
        coalesce((runs.params ->> 'recent_power')::double, 0) as recent_power,
        coalesce((runs.params ->> 'popularity_penalty')::double, 0) as popularity_penalty
    from models.recommender_champion as champions
    inner join monitoring.model_runs as runs
        on champions.dataset = runs.dataset and champions.item_algorithm = runs.model_name and runs.is_served
),

-- What sells more than it used to comes first.
shown as (
    select
        products.dataset,
        products.product_id,
        products.product_name,
        algorithms.algorithm,
        products.boost
        * case when algorithms.recent_power = 0 then 1 else products.recent_ratings ** algorithms.recent_power end
        / products.ratings ** algorithms.popularity_penalty as factor
    from recommendations.products as products
    inner join algorithms using (dataset)
    where products.is_shown
)

select
    known.dataset,
    row_number() over (
        partition by known.dataset
        order by round(sum(weights.weight * shown.factor), 9) desc, shown.product_id asc
    ) as rank,
    shown.product_id,
    any_value(shown.product_name) as product_name,
    round(sum(weights.weight * shown.factor), 9) as score,
    arg_max(coalesce(names.product_name, known.product_id), (weights.weight, known.product_id)) as because_of
from known
inner join models.recommender_item_weights as weights
    on known.dataset = weights.dataset and known.product_id = weights.neighbour_id
inner join shown
    on
        weights.dataset = shown.dataset
        and weights.algorithm = shown.algorithm
        and weights.product_id = shown.product_id
inner join recommendations.products as names on known.dataset = names.dataset and known.product_id = names.product_id
where (shown.dataset, shown.product_id) not in (select (had.dataset, had.product_id) from known as had)
group by known.dataset, shown.product_id
having score > 0
qualify rank <= 10
order by known.dataset, rank
