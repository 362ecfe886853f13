{#- What the scorers need and engines spell differently. -#}

{# The encoded vector of an input: each element a number, its logarithm, or whether a category is the one of its position, then centred
   and scaled. #}
{% macro encoded_vector(elements, numbers, categories) -%}
    {{ return(adapter.dispatch('encoded_vector', 'customer_analytics')(elements, numbers, categories)) }}
{%- endmacro %}

{% macro duckdb__encoded_vector(elements, numbers, categories) -%}
    list_transform({{ elements }}, lambda element: (case
        when element.category is not null then coalesce({{ categories }}[element.position] = element.category, false)::double
        when element.is_log then ln(1 + greatest(coalesce({{ numbers }}[element.position], element.impute_value), 0))
        else coalesce({{ numbers }}[element.position], element.impute_value)
    end - element.mean) / element.scale)
{%- endmacro %}


{% macro dot_product(vector, other_vector) -%}
    {{ return(adapter.dispatch('dot_product', 'customer_analytics')(vector, other_vector)) }}
{%- endmacro %}

{% macro duckdb__dot_product(vector, other_vector) -%}
    list_dot_product({{ vector }}, {{ other_vector }})
{%- endmacro %}


{# How many numbers of a sorted list are at most a value. #}
{% macro count_up_to(numbers, value) -%}
    {{ return(adapter.dispatch('count_up_to', 'customer_analytics')(numbers, value)) }}
{%- endmacro %}

{% macro duckdb__count_up_to(numbers, value) -%}
    len(list_filter({{ numbers }}, lambda number: number <= {{ value }}))
{%- endmacro %}


{# How many numbers of a list are below a value. #}
{% macro count_below(numbers, value) -%}
    {{ return(adapter.dispatch('count_below', 'customer_analytics')(numbers, value)) }}
{%- endmacro %}

{% macro duckdb__count_below(numbers, value) -%}
    len(list_filter({{ numbers }}, lambda number: number < {{ value }}))
{%- endmacro %}


{# A list with another element at a position. #}
{% macro with_element(elements, position, element) -%}
    {{ return(adapter.dispatch('with_element', 'customer_analytics')(elements, position, element)) }}
{%- endmacro %}

{% macro duckdb__with_element(elements, position, element) -%}
    {{ elements }}[1:{{ position }} - 1] || [{{ element }}] || {{ elements }}[{{ position }} + 1:len({{ elements }})]
{%- endmacro %}


{# The fifth of all entities that one is in, from 1, by its key alone. As `fifths` in models_py/propensity/calibration.py. #}
{% macro fifth_of(entity_id) -%}
    (1 + floor(5 * {{ md5_share(entity_id) }}))::integer
{%- endmacro %}


{# No finite number of rows proves a certainty: [1/(2n), 1 - 1/(2n)]. #}
{% macro clipped_probability(probability, n_rows) -%}
    greatest(1 / (2 * {{ n_rows }}), least(1 - 1 / (2 * {{ n_rows }}), {{ probability }}))
{%- endmacro %}
