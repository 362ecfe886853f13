{#
    The three scorers. A list is what one algorithm, fitted for one fold, ranks for one user; the
    scorers read what it learned and return list_number, product_number, score. By weights only
    positive scores recommend.
#}

{#
    score(list, product) = sum of the product's weights for the products that the user rated.
    histories: list_number, fold, algorithm, product_number; weights: as model item_weights.
#}
{% macro item_weight_scores(histories, weights) %}
    select
        histories.list_number,
        weights.product_number,
        {{ rounded('sum(weights.weight)') }} as score
    from {{ histories }} as histories
    inner join {{ weights }} as weights
        on
            histories.fold = weights.fold
            and histories.algorithm = weights.algorithm
            and histories.product_number = weights.neighbour_number
    group by histories.list_number, weights.product_number
    having {{ rounded('sum(weights.weight)') }} > 0
{% endmacro %}


{#
    score(list, product) = sum of the weights of the user's neighbours who rated the product.
    lists: list_number, fold, algorithm, user_number; weights: as model user_weights.
#}
{% macro user_weight_scores(lists, weights, ratings) %}
    select
        lists.list_number,
        ratings.product_number,
        {{ rounded('sum(weights.weight)') }} as score
    from {{ lists }} as lists
    inner join {{ weights }} as weights
        on
            lists.fold = weights.fold
            and lists.algorithm = weights.algorithm
            and lists.user_number = weights.user_number
    inner join {{ ratings }} as ratings
        on
            weights.fold = ratings.fold
            and weights.neighbour_number = ratings.user_number
    group by lists.list_number, ratings.product_number
    having {{ rounded('sum(weights.weight)') }} > 0
{% endmacro %}


{#
    score(list, product) = inner product of the user's and the product's factors; returns the best n
    products that are not among the list's `rated_numbers`, as list_number and `best`.
#}
{% macro factor_best(lists, products, n) %}
    select
        lists.list_number,
        {{ best_of(rounded(inner_product('lists.factors', 'products.factors')), 'products.product_number', n) }}
            filter (where not list_contains(lists.rated_numbers, products.product_number)) as best
    from {{ lists }} as lists
    inner join {{ products }} as products
        on
            lists.fold = products.fold
            and lists.algorithm = products.algorithm
    group by lists.list_number
{% endmacro %}


{# The n largest scores as a list of (score, tie), best first, ties by the lower number. #}
{% macro best_of(score, number, n) -%}
    {{ return(adapter.dispatch('best_of')(score, number, n)) }}
{%- endmacro %}


{% macro default__best_of(score, number, n) -%}
    max({'score': {{ score }}, 'tie': -{{ number }}}, {{ n }})
{%- endmacro %}


{# One row per place of the lists that `best_of` made in column `best` of a relation. #}
{% macro unnested_best(relation, key) -%}
    select
        {{ key }},
        generate_subscripts(best, 1)::integer as rank,
        -unnest(best).tie as product_number,
        unnest(best).score as score
    from {{ relation }}
{%- endmacro %}


{# A vector, each of its numbers times a factor. #}
{% macro scaled(vector, factor) -%}
    {{ return(adapter.dispatch('scaled')(vector, factor)) }}
{%- endmacro %}


{% macro default__scaled(vector, factor) -%}
    list_transform({{ vector }}, lambda f: f * {{ factor }})
{%- endmacro %}


{% macro inner_product(left, right) -%}
    {{ return(adapter.dispatch('inner_product')(left, right)) }}
{%- endmacro %}


{% macro default__inner_product(left, right) -%}
    list_inner_product({{ left }}, {{ right }})
{%- endmacro %}
