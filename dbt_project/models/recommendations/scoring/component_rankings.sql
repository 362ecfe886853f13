-- The best unseen products by every scorer, on their own and as parts of blends. A product scores, for a user, either
-- the sum of its weights for the products that the user rated (item weights), or of the weights of the
-- user's neighbours who rated it (user weights), or the product of both vectors of factors. What sells more than it
-- used to comes first, by powers that were chosen with the model. By weights only positive scores recommend. Products that nobody had
-- lately are not shown. Rules on products hold where they are served.
with wanted as (
    select * from {{ ref('ranked_users') }}
    where algorithm is not null
),

blends as (
    select * from {{ ref('recommender_blends') }}
),

-- The list of a blend is made of one by each of its parts.
scored as (
    select
        wanted.dataset,
        wanted.fold,
        coalesce(blends.part, wanted.algorithm) as algorithm,
        wanted.user_id,
        bool_or(blends.part is not null) as is_part,
        bool_and(blends.part is not null) as is_part_only
    from wanted
    left join blends using (dataset, algorithm)
    group by all
),

lists as (
    select
        *,
        (row_number() over (order by dataset, fold, algorithm, user_id))::integer as list_number
    from scored
),

products as (
    select
        *,
        (row_number() over (partition by dataset order by product_id))::integer as product_number
    from {{ ref('kept_products') }}
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history'
),

fitted_weights as (
    select * from {{ ref('fitted_weights') }}
    where fold != 'serving'
),

item_weights as (
    select
        dataset,
        fold,
        algorithm,
        entity_id as product_id,
        neighbour_id,
        weight
    from fitted_weights
    where scorer = 'item_weights'

    union all

    select
        dataset,
        'serving' as fold,
        algorithm,
        product_id,
        neighbour_id,
        weight
    from {{ ref('recommender_item_weights') }}
),

user_weights as (
    select
        dataset,
        fold,
        algorithm,
        entity_id as user_id,
        neighbour_id,
        weight
    from fitted_weights
    where scorer = 'user_weights'

    union all

    select
        dataset,
        'serving' as fold,
        algorithm,
        user_id,
        neighbour_id,
        weight
    from {{ ref('recommender_user_weights') }}
),

vectors as (
    select
        dataset,
        fold,
        algorithm,
        entity,
        entity_id,
        factors
    from {{ ref('fitted_factors') }}
    where fold != 'serving'

    union all

    select
        dataset,
        'serving' as fold,
        algorithm,
        entity,
        entity_id,
        factors
    from {{ ref('recommender_factors') }}
),

popularity as (
    select * from {{ ref('product_popularity') }}
    where is_active
),

powers as (
    select
        dataset,
        model_name as algorithm,
        coalesce({{ json_text('params', 'recent_power') }}::double, 0) as recent_power,
        coalesce({{ json_text('params', 'popularity_penalty') }}::double, 0) as popularity_penalty
    from {{ ref('recommendations_model_runs') }}
),

folds as (
    select distinct
        dataset,
        fold
    from lists
),

ranked_algorithms as (
    select distinct
        lists.dataset,
        lists.fold,
        lists.algorithm,
        powers.recent_power,
        powers.popularity_penalty
    from lists
    inner join powers using (dataset, algorithm)
),

shown as (
    select
        ranked.dataset,
        ranked.fold,
        ranked.algorithm,
        products.product_id,
        products.product_number,
        case when ranked.fold = 'serving' then products.factor else 1 end
        * case when ranked.recent_power = 0 then 1 else power(popularity.recent_ratings, ranked.recent_power) end
        / power(greatest(popularity.ratings, 1), ranked.popularity_penalty) as factor
    from ranked_algorithms as ranked
    inner join popularity using (dataset, fold)
    inner join products using (dataset, product_id)
    where ranked.fold != 'serving' or not products.is_excluded
),

histories as (
    select
        ratings.dataset,
        ratings.fold,
        ratings.user_id,
        {{ list_of_group('products.product_number') }} as product_numbers
    from ratings
    inner join products using (dataset, product_id)
    semi join folds on ratings.dataset = folds.dataset and ratings.fold = folds.fold
    group by ratings.dataset, ratings.fold, ratings.user_id
),

list_histories as (
    select
        lists.list_number,
        lists.dataset,
        lists.fold,
        lists.algorithm,
        lists.user_id,
        histories.product_numbers
    from lists
    inner join histories using (dataset, fold, user_id)
),

-- What each rated product speaks for. Lists are unnested one after the other, so that the votes of a list meet
-- in the sums below: in any other order these take several times the memory.
supporters as (
    select
        weights.dataset,
        weights.fold,
        weights.algorithm,
        neighbours.product_number as rated_number,
        {{ list_of_group('shown.product_number') }} as product_numbers,
        {{ list_of_group('weights.weight * shown.factor') }} as weights
    from item_weights as weights
    inner join shown using (dataset, fold, algorithm, product_id)
    inner join products as neighbours
        on
            weights.dataset = neighbours.dataset
            and weights.neighbour_id = neighbours.product_id
    group by weights.dataset, weights.fold, weights.algorithm, neighbours.product_number
),

-- What the users who are somebody's neighbours rated.
raters as (
    select
        ratings.dataset,
        ratings.fold,
        shown.algorithm,
        ratings.user_id,
        {{ list_of_group('shown.product_number') }} as product_numbers,
        {{ list_of_group('shown.factor') }} as factors
    from ratings
    inner join shown using (dataset, fold, product_id)
    semi join user_weights using (dataset, fold, algorithm)
    group by ratings.dataset, ratings.fold, shown.algorithm, ratings.user_id
),

rated as (
    select
        list_number,
        dataset,
        fold,
        algorithm,
        {{ elements_of('product_numbers') }} as rated_number
    from list_histories
),

-- What the user rated is voted out, which is much cheaper than an anti join on every score.
bars as (
    select
        list_number,
        {{ elements_of('product_numbers') }} as product_number,
        -1e9::double as weight
    from list_histories
),

item_votes as (
    select
        rated.list_number,
        {{ paired_elements('supporters.product_numbers', 'product_number', 'supporters.weights', 'weight') }}
    from rated
    inner join supporters using (dataset, fold, algorithm, rated_number)

    union all

    select * from bars
),

neighbour_votes as (
    select
        lists.list_number,
        weights.weight,
        {{ paired_elements('raters.product_numbers', 'product_number', 'raters.factors', 'factor') }}
    from lists
    inner join user_weights as weights using (dataset, fold, algorithm, user_id)
    inner join raters
        on
            weights.dataset = raters.dataset
            and weights.fold = raters.fold
            and weights.algorithm = raters.algorithm
            and weights.neighbour_id = raters.user_id
),

user_votes as (
    select
        list_number,
        product_number,
        weight * factor as weight
    from neighbour_votes

    union all

    select * from bars
),

item_scores as (
    select
        list_number,
        product_number,
        {{ rounded('sum(weight)') }} as score
    from item_votes
    group by list_number, product_number
    having {{ rounded('sum(weight)') }} > 0
),

user_scores as (
    select
        list_number,
        product_number,
        {{ rounded('sum(weight)') }} as score
    from user_votes
    group by list_number, product_number
    having {{ rounded('sum(weight)') }} > 0
),

scores as (
    select * from item_scores
    union all
    select * from user_scores
),

best_by_weights as (
    select
        list_number,
        {{ largest(ranking_key('score', 'product_number'), list_depth()) }} as best
    from scores
    group by list_number
),

list_vectors as (
    select
        lists.list_number,
        lists.dataset,
        lists.fold,
        lists.algorithm,
        lists.product_numbers as seen_numbers,
        vectors.factors
    from list_histories as lists
    inner join vectors
        on
            lists.dataset = vectors.dataset
            and lists.fold = vectors.fold
            and lists.algorithm = vectors.algorithm
            and lists.user_id = vectors.entity_id
            and vectors.entity = 'user'
),

product_vectors as (
    select
        vectors.dataset,
        vectors.fold,
        vectors.algorithm,
        shown.product_number,
        shown.factor,
        vectors.factors
    from vectors
    inner join shown
        on
            vectors.dataset = shown.dataset
            and vectors.fold = shown.fold
            and vectors.algorithm = shown.algorithm
            and vectors.entity_id = shown.product_id
            and vectors.entity = 'product'
),

best_by_factors as (
    select
        lists.list_number,
        {{ largest(
            ranking_key(inner_product('lists.factors', 'products.factors') ~ ' * products.factor', 'products.product_number'),
            list_depth(),
            'not array_contains(lists.seen_numbers, products.product_number)'
        ) }} as best
    from list_vectors as lists
    inner join product_vectors as products using (dataset, fold, algorithm)
    group by lists.list_number
),

best as (
    select * from best_by_weights
    union all
    select * from best_by_factors
),

keys as (
    select
        list_number,
        {{ numbered_elements('best', 'rank', 'ranking_key') }}
    from best
),

places as (
    select
        list_number,
        rank,
        {{ number_of_key('ranking_key') }} as product_number,
        {{ score_of_key('ranking_key') }} as score
    from keys
)

select
    lists.dataset,
    lists.fold,
    lists.algorithm,
    lists.user_id,
    lists.is_part_only,
    places.rank::integer as rank,
    products.product_id,
    places.score,
    -- Lists of different algorithms are comparable once they are divided by it.
    sqrt(sum(case when places.score > 0 then places.score * places.score end) over (
        partition by places.list_number order by places.rank
        rows between unbounded preceding and unbounded following
    )) as norm
from places
inner join lists using (list_number)
inner join products
    on
        lists.dataset = products.dataset
        and places.product_number = products.product_number
where lists.is_part or places.rank <= {{ judged_depth() }}
