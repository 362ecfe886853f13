-- The best unseen products by every scorer, on their own and as parts of blends. A product scores, for a user, either
-- the sum of its weights for the products that the user rated (item weights), or of the weights of the
-- user's neighbours who rated it (user weights), or the product of both vectors of factors. What sells more than it
-- used to comes first, by powers that were chosen with the model. By weights only positive scores recommend. Products that nobody had
-- lately are not shown. Rules on products hold where they are served.
-- Votes take many times more memory than their inputs, so the lists are made in batches, one after the other.
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

products as (
    select
        *,
        (row_number() over (partition by dataset order by product_id))::integer as product_number
    from {{ ref('kept_products') }}
),

-- Not kept, because a batch reads the ratings of its users alone.
ratings as {{ not_materialized() }} (
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

all_models as (
    select
        scored.dataset,
        scored.fold,
        scored.algorithm,
        powers.recent_power,
        powers.popularity_penalty,
        (row_number() over (order by scored.dataset, scored.fold, scored.algorithm))::integer as model_number
    from scored
    inner join powers using (dataset, algorithm)
    group by scored.dataset, scored.fold, scored.algorithm, powers.recent_power, powers.popularity_penalty
),

all_lists as (
    select
        scored.*,
        all_models.model_number,
        case when scored.is_part then {{ list_depth() }} else {{ judged_depth() }} end as depth,
        (row_number() over (order by all_models.model_number, scored.user_id))::integer as list_number,
        count(*) over () as n_lists
    from scored
    inner join all_models using (dataset, fold, algorithm)
),

lists as (
    select * from all_lists
    where {{ is_in_batch('(list_number - 1) / n_lists') }}
),

models as (
    select all_models.*
    from all_models
    semi join lists using (model_number)
),

shown as (
    select
        models.dataset,
        models.fold,
        models.algorithm,
        models.model_number,
        products.product_id,
        products.product_number,
        case when models.fold = 'serving' then products.factor else 1 end
        * case when models.recent_power = 0 then 1 else power(popularity.recent_ratings, models.recent_power) end
        / power(greatest(popularity.ratings, 1), models.popularity_penalty) as factor
    from models
    inner join popularity using (dataset, fold)
    inner join products using (dataset, product_id)
    where models.fold != 'serving' or not products.is_excluded
),

histories as (
    select
        ratings.dataset,
        ratings.fold,
        ratings.user_id,
        {{ list_of_group('products.product_number') }} as product_numbers
    from ratings
    semi join lists using (dataset, fold, user_id)
    inner join products using (dataset, product_id)
    group by ratings.dataset, ratings.fold, ratings.user_id
),

list_histories as (
    select
        lists.*,
        histories.product_numbers
    from lists
    inner join histories using (dataset, fold, user_id)
),

-- What each rated product speaks for. Lists are unnested one after the other, so that the votes of a list meet
-- in the sums below: in any other order these take several times the memory. DuckDB keeps this order where it knows that the
-- supporters are few, for which they are grouped by columns of the table of weights.
supporters as (
    select
        any_value(shown.model_number) as model_number,
        any_value(neighbours.product_number) as rated_number,
        {{ list_of_group('shown.product_number') }} as product_numbers,
        {{ list_of_group(vote('weights.weight * shown.factor')) }} as votes
    from item_weights as weights
    inner join shown using (dataset, fold, algorithm, product_id)
    inner join products as neighbours
        on
            weights.dataset = neighbours.dataset
            and weights.neighbour_id = neighbours.product_id
    group by weights.dataset, weights.fold, weights.algorithm, weights.neighbour_id
),

-- What the users who are somebody's neighbours rated.
raters as (
    select
        shown.model_number,
        ratings.user_id,
        {{ list_of_group('shown.product_number') }} as product_numbers,
        {{ list_of_group('shown.factor') }} as factors
    from ratings
    inner join shown using (dataset, fold, product_id)
    semi join user_weights using (dataset, fold, algorithm)
    group by shown.model_number, ratings.user_id
),

rated as (
    select
        list_number,
        model_number,
        {{ elements_of('product_numbers') }} as rated_number
    from list_histories
),

item_votes as (
    select
        rated.list_number,
        {{ paired_elements('supporters.product_numbers', 'product_number', 'supporters.votes', 'vote') }}
    from rated
    inner join supporters using (model_number, rated_number)
),

user_votes as (
    select
        lists.list_number,
        weights.weight,
        {{ paired_elements('raters.product_numbers', 'product_number', 'raters.factors', 'factor') }}
    from lists
    inner join user_weights as weights using (dataset, fold, algorithm, user_id)
    inner join raters
        on
            lists.model_number = raters.model_number
            and weights.neighbour_id = raters.user_id
),

-- What the user rated is voted out, which is much cheaper than an anti join on every score. Votes are whole numbers, so that
-- their sum is the same in whatever order they come.
votes as (
    select
        list_number,
        product_number,
        vote
    from item_votes

    union all

    select
        list_number,
        product_number,
        {{ vote('weight * factor') }} as vote
    from user_votes

    union all

    select
        list_number,
        rated_number as product_number,
        {{ vote('-1e6') }} as vote
    from rated
),

scores as (
    select
        list_number,
        product_number,
        {{ rounded(sum_of_votes('vote')) }} as score
    from votes
    group by list_number, product_number
),

best_by_weights as (
    select
        list_number,
        {{ largest(ranking_key('score', 'product_number'), list_depth()) }} as best
    from scores
    where score > 0
    group by list_number
),

list_vectors as (
    select
        lists.list_number,
        lists.model_number,
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
        shown.model_number,
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
    inner join product_vectors as products on {{ is_of_model('lists.model_number', 'products.model_number') }}
    group by lists.list_number
),

best as (
    select * from best_by_weights
    union all
    select * from best_by_factors
),

-- Lists of different algorithms are comparable once they are divided by their norm.
normed as (
    select
        lists.*,
        best.best,
        {{ norm_of_keys('best.best', 'lists.depth') }} as norm
    from best
    inner join lists using (list_number)
),

keys as (
    select
        *,
        {{ numbered_elements('best', 'rank', 'ranking_key') }}
    from normed
)

select
    keys.dataset,
    keys.fold,
    keys.algorithm,
    keys.user_id,
    keys.is_part_only,
    keys.rank::integer as rank,
    products.product_id,
    {{ score_of_key('keys.ranking_key') }} as score,
    keys.norm
from keys
inner join products
    on
        keys.dataset = products.dataset
        and {{ number_of_key('keys.ranking_key') }} = products.product_number
where keys.rank <= keys.depth
