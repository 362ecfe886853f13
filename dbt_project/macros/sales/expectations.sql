{#
    Gauss's hypergeometric series 2F1(a, b; c; z) for 0 <= z < 1, from its last term to its first one:
    1 + a b / (c 1) z (1 + (a + 1) (b + 1) / ((c + 1) 2) z (1 + ...)). It converges as the powers of z do:
    after so many terms that z to their number is below exp(-60), nothing is left where a, b and c are bounded as
    models_py/sales/purchases.py does.
#}
{% macro hypergeometric(a, b, c, z) %}{{ return(adapter.dispatch('hypergeometric', 'customer_analytics')(a, b, c, z)) }}{% endmacro %}

{% macro duckdb__hypergeometric(a, b, c, z) -%}
    list_reduce(
        range(ceil(-60 / ln({{ z }}))::bigint, 0, -1),
        lambda total, term: 1 + total * ({{ a }} + term - 1) * ({{ b }} + term - 1) / (({{ c }} + term - 1) * term) * {{ z }},
        1::double
    )
{%- endmacro %}


{# The sum of coefficient * ln(1 + value) over features by their places in a list of values; below 0 counts as 0. #}
{% macro log_linear_sum(coefficients, places, values) %}{{ return(adapter.dispatch('log_linear_sum', 'customer_analytics')(coefficients, places, values)) }}{% endmacro %}

{% macro duckdb__log_linear_sum(coefficients, places, values) -%}
    list_inner_product({{ coefficients }}, list_transform({{ places }}, lambda place: ln(1 + greatest({{ values }}[place], 0))))
{%- endmacro %}
