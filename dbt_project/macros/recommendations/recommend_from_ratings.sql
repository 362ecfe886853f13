{#
    The best unseen products for anybody, from what they rated and the stored item weights alone:
    for a new user, or a rating newer than the last refresh.
    ratings: user_id, product_id; item_weights: as model recommender_item_weights.
#}
{% macro recommend_from_ratings(ratings, item_weights, n) %}
    select
        ratings.user_id,
        row_number() over (
            partition by ratings.user_id
            order by {{ rounded('sum(weights.weight)') }} desc, weights.product_id asc
        ) as rank,
        weights.product_id,
        {{ rounded('sum(weights.weight)') }} as score
    from {{ ratings }} as ratings
    inner join {{ item_weights }} as weights on ratings.product_id = weights.neighbour_id
    anti join {{ ratings }} as known
        on
            ratings.user_id = known.user_id
            and weights.product_id = known.product_id
    group by ratings.user_id, weights.product_id
    having {{ rounded('sum(weights.weight)') }} > 0
    qualify rank <= {{ n }}
    order by ratings.user_id asc, rank asc
{% endmacro %}
