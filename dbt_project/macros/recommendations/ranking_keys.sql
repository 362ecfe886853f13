{#
    What engines spell differently of a ranking. A key is one whole number that orders by the score,
    rounded to nine digits, and then by the lower number: the largest of them are found several times
    faster than the largest of structs. Scores below 8,000 and numbers below 1,048,576 fit.
#}
{% macro ranking_key(score, number) -%}
    {{ return(adapter.dispatch('ranking_key', 'customer_analytics')(score, number)) }}
{%- endmacro %}


{% macro duckdb__ranking_key(score, number) -%}
    round(({{ score }}) * 1e9)::bigint * 1048576 + 1048575 - {{ number }}
{%- endmacro %}


{% macro number_of_key(key) -%}
    {{ return(adapter.dispatch('number_of_key', 'customer_analytics')(key)) }}
{%- endmacro %}


{% macro duckdb__number_of_key(key) -%}
    1048575 - ({{ key }} & 1048575)
{%- endmacro %}


{% macro score_of_key(key) -%}
    {{ return(adapter.dispatch('score_of_key', 'customer_analytics')(key)) }}
{%- endmacro %}


{% macro duckdb__score_of_key(key) -%}
    (({{ key }} - ({{ key }} & 1048575)) // 1048576) / 1e9
{%- endmacro %}


{# Root of the sum of the squared scores above 0 of the first n of a list of keys. #}
{% macro norm_of_keys(keys, n) -%}
    {{ return(adapter.dispatch('norm_of_keys', 'customer_analytics')(keys, n)) }}
{%- endmacro %}


{% macro duckdb__norm_of_keys(keys, n) -%}
    sqrt(list_sum(list_transform({{ keys }}[1:{{ n }}], lambda ranked: power(greatest({{ score_of_key('ranked') }}, 0), 2))))
{%- endmacro %}


{# The n largest of a group as a list, the largest first. #}
{% macro largest(expression, n, condition='true') -%}
    {{ return(adapter.dispatch('largest', 'customer_analytics')(expression, n, condition)) }}
{%- endmacro %}


{% macro duckdb__largest(expression, n, condition) -%}
    max({{ expression }}, {{ n }}) {%- if condition != 'true' %} filter (where {{ condition }}){% endif %}
{%- endmacro %}


{% macro inner_product(left, right) -%}
    {{ return(adapter.dispatch('inner_product', 'customer_analytics')(left, right)) }}
{%- endmacro %}


{% macro duckdb__inner_product(left, right) -%}
    list_inner_product({{ left }}, {{ right }})
{%- endmacro %}


{# A score after the steps on variety: less for a product that all lists share, or that is like those above it. Below 0 too. #}
{% macro varied(score, times_the_mean, diversity, likeness, likeness_power) -%}
    ({{ score }}) * power(
        power(1 + {{ times_the_mean }}, {{ diversity }}) * power(1 + {{ likeness }}, {{ likeness_power }}), -sign({{ score }})
    )
{%- endmacro %}


{# A weight in whole numbers of 1e-12, and the sum of such. Weights below 9,000,000 fit. #}
{% macro vote(weight) -%}
    round(({{ weight }}) * 1e12)::bigint
{%- endmacro %}


{% macro sum_of_votes(vote) -%}
    sum({{ vote }}) / 1e12
{%- endmacro %}
