{#
    The three scorers. A list is what one algorithm, fitted for one fold, ranks for one user; the
    scorers read what it learned and return list_number, product_number, score. By weights only
    positive scores recommend.
#}

{#
    score(list, product) = sum of the product's weights for the products that the user rated.
    histories: list_number, fold, algorithm, product_number; weights: as model item_weights.
    Weights are gathered in lists first: the sum then meets its groups in order, twice as fast.
#}
{% macro item_weight_scores(histories, weights) %}
    with supported as (
        select
            fold,
            algorithm,
            neighbour_number,
            list(product_number) as product_numbers,
            list(weight) as weights
        from {{ weights }}
        group by fold, algorithm, neighbour_number
    ),

    votes as (
        select
            histories.list_number,
            unnest(supported.product_numbers) as product_number,
            unnest(supported.weights) as weight
        from {{ histories }} as histories
        inner join supported
            on
                histories.fold = supported.fold
                and histories.algorithm = supported.algorithm
                and histories.product_number = supported.neighbour_number
    )

    {{ summed_votes() }}
{% endmacro %}


{#
    score(list, product) = sum of the weights of the user's neighbours who rated the product.
    lists: list_number, fold, algorithm, user_number; weights: as model user_weights.
#}
{% macro user_weight_scores(lists, weights, ratings) %}
    with raters as (
        select
            fold,
            user_number,
            list(product_number) as product_numbers
        from {{ ratings }}
        group by fold, user_number
    ),

    votes as (
        select
            lists.list_number,
            unnest(raters.product_numbers) as product_number,
            weights.weight
        from {{ lists }} as lists
        inner join {{ weights }} as weights
            on
                lists.fold = weights.fold
                and lists.algorithm = weights.algorithm
                and lists.user_number = weights.user_number
        inner join raters
            on
                weights.fold = raters.fold
                and weights.neighbour_number = raters.user_number
    )

    {{ summed_votes() }}
{% endmacro %}


{% macro summed_votes() -%}
    select
        list_number,
        product_number,
        {{ rounded('sum(weight)') }} as score
    from votes
    group by list_number, product_number
    having {{ rounded('sum(weight)') }} > 0
{%- endmacro %}


{#
    score(list, product) = inner product of the user's and the product's factors; returns the best n
    products that are not among the list's `rated_numbers`, as list_number and `best`.
#}
{% macro factor_best(lists, products, n) %}
    select
        lists.list_number,
        {{ best_of(inner_product('lists.factors', 'products.factors'), 'products.product_number', n) }}
            filter (where not list_contains(lists.rated_numbers, products.product_number)) as best
    from {{ lists }} as lists
    inner join {{ products }} as products
        on
            lists.fold = products.fold
            and lists.algorithm = products.algorithm
    group by lists.list_number
{% endmacro %}


{#
    The n largest scores as a list of keys, best first, ties by the lower number. A key is one
    integer that orders by the rounded score and then by the number, which is several times faster
    than a list of structs; scores below 8,000 and numbers below 1,048,576 fit.
#}
{% macro best_of(score, number, n) -%}
    {{ return(adapter.dispatch('best_of')(score, number, n)) }}
{%- endmacro %}


{% macro default__best_of(score, number, n) -%}
    max(round({{ score }} * 1e9)::bigint * 1048576 + 1048575 - {{ number }}, {{ n }})
{%- endmacro %}


{# One row per place of the lists that `best_of` made in column `best` of a relation. #}
{% macro unnested_best(relation, key, number='product_number', score='score') -%}
    {{ return(adapter.dispatch('unnested_best')(relation, key, number, score)) }}
{%- endmacro %}


{% macro default__unnested_best(relation, key, number, score) -%}
    select
        {{ key }},
        generate_subscripts(best, 1)::integer as rank,
        (1048575 - (unnest(best) & 1048575))::integer as {{ number }},
        ((unnest(best) - (unnest(best) & 1048575)) // 1048576) / 1e9 as {{ score }}
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
