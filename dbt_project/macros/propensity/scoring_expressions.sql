{#- What the scorers need and engines spell differently. -#}

{# The encoded vector of an input: each element a number, or whether a category is the one of its position, then centred and scaled. #}
{% macro encoded_vector(elements, numbers, categories) -%}
    {{ return(adapter.dispatch('encoded_vector', 'customer_analytics')(elements, numbers, categories)) }}
{%- endmacro %}

{% macro duckdb__encoded_vector(elements, numbers, categories) -%}
    list_transform({{ elements }}, lambda element: (case
        when element.category is null then coalesce({{ numbers }}[element.position], element.impute_value)
        else coalesce({{ categories }}[element.position] = element.category, false)::double
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


{# No finite number of rows proves a certainty: [1/(2n), 1 - 1/(2n)]. #}
{% macro clipped_probability(probability, n_rows) -%}
    greatest(1 / (2 * {{ n_rows }}), least(1 - 1 / (2 * {{ n_rows }}), {{ probability }}))
{%- endmacro %}
