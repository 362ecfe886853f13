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


{# The values of named features in the order of a list of names; null for a name that there is not. #}
{% macro values_of(names, features) %}{{ return(adapter.dispatch('values_of', 'customer_analytics')(names, features)) }}{% endmacro %}

{% macro duckdb__values_of(names, features) -%}
    list_transform({{ names }}, lambda name: {{ features }}[name])
{%- endmacro %}
