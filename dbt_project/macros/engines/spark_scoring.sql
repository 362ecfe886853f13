{#- Spark's spelling of what macros of the areas dispatch. Their DuckDB spelling, and what each means, stands where they are. -#}

{% macro spark__md5_share(text) -%}
    conv(left(md5({{ text }}), 8), 16, 10)::bigint / 4294967296
{%- endmacro %}


{# ---- shared/expressions.sql: as DuckDB does it, where Spark's own would take the digits of the figure's text. #}
{% macro spark__rounded(expression) -%}
    (round(({{ expression }})::double * 1e{{ var('published_digits') }}) / 1e{{ var('published_digits') }})
{%- endmacro %}


{# ---- segmentation/scoring.sql #}
{% macro spark__scaled_vector(value, position) -%}
    {{ ordered_list(value, position) }}
{%- endmacro %}


{% macro spark__nearest_centroids(vector, centroids) -%}
    array_sort(transform({{ centroids }}, c -> named_struct(
        'distance', {{ rounded('sqrt(aggregate(zip_with(' ~ vector ~ ', c.vector, (x, y) -> (x - y) * (x - y)), 0::double, (total, d) -> total + d))') }},
        'segment_id', c.segment_id
    )))
{%- endmacro %}


{% macro spark__projected(vector, component) -%}
    {{ rounded(
        spark__dot_product(vector, component ~ '.loadings') ~ ' - ' ~ spark__dot_product(component ~ '.mean', component ~ '.loadings')
    ) }}
{%- endmacro %}


{# ---- propensity/scoring_expressions.sql #}
{% macro spark__encoded_vector(elements, numbers, categories) -%}
    transform({{ elements }}, element -> (case
        when element.category is not null
            then coalesce(try_element_at({{ categories }}, element.position::int) = element.category, false)::int::double
        when element.is_log
            then ln(1 + greatest(coalesce(try_element_at({{ numbers }}, element.position::int), element.impute_value), 0))
        else coalesce(try_element_at({{ numbers }}, element.position::int), element.impute_value)
    end - element.mean) / element.scale)
{%- endmacro %}


{% macro spark__dot_product(vector, other_vector) -%}
    aggregate(zip_with({{ vector }}, {{ other_vector }}, (x, y) -> x * y), 0::double, (total, product) -> total + product)
{%- endmacro %}


{% macro spark__count_up_to(numbers, value) -%}
    array_size(filter({{ numbers }}, number -> number <= {{ value }}))
{%- endmacro %}


{% macro spark__count_below(numbers, value) -%}
    array_size(filter({{ numbers }}, number -> number < {{ value }}))
{%- endmacro %}


{% macro spark__with_element(elements, position, element) -%}
    transform({{ elements }}, (old, place) -> if(place = {{ position }} - 1, {{ element }}, old))
{%- endmacro %}


{# ---- propensity/tree_leaf.sql #}
{% macro spark__tree_leaf(vector) -%}
    aggregate(array_repeat(0, depth::int), 1L, (node, level) -> case
        when element_at(feature, node::int) is null then node
        when coalesce(
            element_at({{ vector }}, element_at(feature, node::int)::int) <= element_at(threshold, node::int),
            element_at(missing_go_left, node::int)
        ) then element_at(left_child, node::int)
        else element_at(right_child, node::int)
    end)
{%- endmacro %}


{# Digits as DuckDB's decimals have them, in whole numbers: Spark makes a decimal of a double by way of its text. #}
{% macro spark__sum_of_leaves(expression) -%}
    sum(rint(({{ expression }}) * 1e15)::bigint) / 1e15
{%- endmacro %}


{# ---- sales/returns.sql #}
{% macro spark__returns_of_line(returns, units_up_to, quantity) -%}
    filter(
        transform({{ returns }}, r -> named_struct(
            'returned_at', r.returned_at,
            'quantity', (
                least({{ units_up_to }}, r.units_before + r.quantity) - greatest({{ units_up_to }} - {{ quantity }}, r.units_before)
            )::bigint
        )),
        r -> r.quantity > 0
    )
{%- endmacro %}


{% macro spark__dated_returns(returns, dataset) -%}
    transform({{ returns }}, r -> named_struct('returned_on', ({{ local_time(dataset, 'r.returned_at') }})::date, 'quantity', r.quantity))
{%- endmacro %}


{% macro spark__returned_units(returns) -%}
    aggregate({{ returns }}, 0L, (total, r) -> total + r.quantity)
{%- endmacro %}


{# ---- recommendations/ranking_keys.sql #}
{% macro spark__ranking_key(score, number) -%}
    round(({{ score }}) * 1e9)::bigint * 1048576 + 1048575 - {{ number }}
{%- endmacro %}


{% macro spark__number_of_key(key) -%}
    1048575 - ({{ key }} & 1048575)
{%- endmacro %}


{% macro spark__score_of_key(key) -%}
    (({{ key }} - ({{ key }} & 1048575)) div 1048576) / 1e9
{%- endmacro %}


{% macro spark__norm_of_keys(keys, n) -%}
    sqrt(aggregate(slice({{ keys }}, 1, {{ n }}), 0::double, (total, ranked) -> total + power(greatest({{ score_of_key('ranked') }}, 0), 2)))
{%- endmacro %}


{% macro spark__largest(expression, n, condition) -%}
    slice(sort_array(collect_list({{ expression }}) {%- if condition != 'true' %} filter (where {{ condition }}){% endif %}, false), 1, {{ n }})
{%- endmacro %}


{% macro spark__inner_product(left, right) -%}
    {{ spark__dot_product(left, right) }}
{%- endmacro %}


{# ---- sales/expectations.sql #}
{% macro spark__hypergeometric(a, b, c, z) -%}
    aggregate(
        sequence(greatest(ceil(-60 / ln({{ z }})), 1)::bigint, 1L, -1L),
        1::double,
        (total, term) -> 1 + total * ({{ a }} + term - 1) * ({{ b }} + term - 1) / (({{ c }} + term - 1) * term) * {{ z }}
    )
{%- endmacro %}


{% macro spark__log_linear_sum(coefficients, places, values) -%}
    {{ spark__dot_product(
        coefficients, 'transform(' ~ places ~ ', place -> ln(1 + greatest(try_element_at(' ~ values ~ ', place::int), 0)))'
    ) }}
{%- endmacro %}
